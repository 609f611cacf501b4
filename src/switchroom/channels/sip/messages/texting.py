"""Texts within a call: MESSAGE in its dialog (RFC 3428)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from switchroom.pbx.texting import ChannelText, arrived
from switchroom.sip.client import OutgoingRequest
from switchroom.sip.errors import LocalSipError
from switchroom.sip.message import Response
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

MOST_OCTETS = 65_536  #: of a text


class _Outcome:
    """Waits for what a MESSAGE gets."""

    def __init__(self) -> None:
        self.taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status >= 200 and not self.taken.done():
            self.taken.set_result(response.status < 300)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if not self.taken.done():
            self.taken.set_result(False)


async def send_text(session: Session | None, text: ChannelText, driver: SipChannelDriver) -> bool:
    """Send a text to the party of an established session; returns whether it took it."""
    if session is None:
        return False
    outcome = _Outcome()
    now = asyncio.get_running_loop().time()
    body = text.body.encode("utf-8", "surrogateescape")[:MOST_OCTETS]
    try:
        headers = [("Content-Type", f"{text.content_type};charset=UTF-8")]
        session.request_within("MESSAGE", now=now, headers=headers, body=body, user=outcome)
    except LocalSipError:
        return False  # it is not answered yet, or over
    driver.pump()
    return await outcome.taken


def on_message(driver: SipChannelDriver, incoming: IncomingRequest, *, now: float) -> None:
    """The party sends a text."""
    request = incoming.request
    kind = request.get("content-type").partition(";")[0].strip().lower()
    if not kind.startswith("text/") or len(request.body) > MOST_OCTETS:
        incoming.respond(415, now=now, headers=(("Accept", "text/plain"),))
        return
    incoming.respond(200, now=now)
    arrived(driver.channel, ChannelText(request.body.decode("utf-8", "replace"), kind))
