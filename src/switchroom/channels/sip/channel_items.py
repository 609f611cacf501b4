"""What ``CHANNEL(…)`` tells of a SIP call: where its media go, and how well they arrive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.channels.sip.media.quality_texts import statistic
from switchroom.media.api import Address, Stream
from switchroom.sip.flow import host_for_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver


def channel_item(driver: SipChannelDriver, name: str, further: str) -> str | None:
    """An item of the technology; None: there is no such item, or no such media.

    Args:
        driver: The call.
        name: ``rtp``, ``rtcp``, ``pjsip`` or ``endpoint``.
        further: What of it, and of which media: ``src``, ``dest,audio``, ``all_jitter``.
    """
    what, _, media = (word.strip().lower() for word in further.partition(","))
    if name == "pjsip":
        read = _PJSIP.get(what)
        return read(driver) if read is not None else None
    if name == "endpoint":
        return driver.endpoint.name
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
            return driver.direct.address
        case "secure":
            return str(int(driver.is_protected))
        case "hold":
            return str(int(driver.is_held))
        case _:
            return None


_PJSIP: Mapping[str, Callable[[SipChannelDriver], str | None]] = MappingProxyType(
    {
        "t38state": lambda driver: driver.fax.state.value,
        "local_addr": lambda driver: _written(driver.flow.local),
        "remote_addr": lambda driver: _written(driver.flow.remote),
        "secure": lambda driver: str(int(driver.flow.protocol in {"tls", "wss"})),
        "call-id": lambda driver: driver.session.call_id if driver.session else None,
        "local_tag": lambda driver: driver.session.dialog.local_tag if driver.session else None,
        "remote_tag": lambda driver: driver.session.dialog.remote_tag if driver.session else None,
    }
)


def _written(address: Address | None) -> str:
    return f"{host_for_uri(address[0])}:{address[1]}" if address is not None else ""
