"""What ``CHANNEL(…)`` tells of a SIP call: where its media go, and how well they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.channels.sip.quality_texts import statistic
from switchroom.media.api import Address, Stream
from switchroom.sip.flow import host_for_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver


def channel_item(driver: SipChannelDriver, name: str, further: str) -> str | None:
    """An item of the technology; None: there is no such item, or no such media.

    Args:
        driver: The call.
        name: ``rtp`` or ``rtcp``.
        further: What of it, and of which media: ``src``, ``dest,audio``, ``all_jitter``.
    """
    what, _, media = (word.strip().lower() for word in further.partition(","))
    stream = driver.stream_of(media or "audio")
    if stream is None or name not in {"rtp", "rtcp"}:
        return None
    return statistic(stream, what) if name == "rtcp" else _rtp(driver, stream, what)


def _rtp(driver: SipChannelDriver, stream: Stream, what: str) -> str | None:
    match what:
        case "src":
            return _written(stream.local_address)
        case "dest":
            return _written(stream.remote_address)
        case "direct":
            return ""  # all media go through us
        case "secure":
            return str(int(driver.is_protected))
        case "hold":
            return str(int(driver.is_held))
        case _:
            return None


def _written(address: Address | None) -> str:
    return f"{host_for_uri(address[0])}:{address[1]}" if address is not None else ""
