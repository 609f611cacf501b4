"""INFO within a call: digits, and keys of phones that record (``one_touch_recording``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.config.features import code_of
from switchroom.pbx.features import features_for
from switchroom.sip.server import IncomingRequest

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver


def on_info(driver: SipChannelDriver, incoming: IncomingRequest, *, now: float) -> None:
    """Do what an INFO of a call's party says, and answer it."""
    request = incoming.request
    if "record" in request.fields:
        incoming.respond(_record(driver, request.get("record").strip().lower()), now=now)
        return
    body = request.body.decode("utf-8", "replace")
    understood = not body or driver.on_info(request.get("content-type"), body)
    incoming.respond(200 if understood else 415, now=now)


def _record(driver: SipChannelDriver, wanted: str) -> int:
    """A key of the phone asks for a recording: it is as if the feature's code had been keyed."""
    channel, features = driver.channel, driver.endpoint.manners.record_features
    if wanted not in {"on", "off"}:
        return 400
    code = code_of(features_for(channel), features[wanted == "off"]) if features else None
    if not code:
        return 403
    for digit in code:
        channel.on_digit(digit)
    return 200
