"""Asking a phone, outside of any call, to call somebody (REFER, RFC 3515)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.channels.sip.added_headers import HeaderError, checked
from switchroom.channels.sip.messages.messaging import Messages, Outcome, sender_of
from switchroom.channels.sip.reaching import OutsideRequest
from switchroom.pbx.transfers.referring import Referral, Referrers
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.flow import host_for_uri
from switchroom.sip.message import Header
from switchroom.sip.uri import parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService


class Referrals:
    """Sends REFERs.

    Args:
        service: Whose endpoints and core.
        messages: Finds where an endpoint is.
    """

    def __init__(self, service: SipService, messages: Messages) -> None:
        self._service = service
        self._messages = messages
        referrers = service.pbx.datastore(Referrers)
        referrers["pjsip"] = referrers["sip"] = self.send

    async def send(self, referral: Referral) -> bool:
        """Ask an endpoint or a URI to call somebody; returns whether there was a way."""
        endpoint, target, contact = self._messages.find(referral.to.strip())
        if target is None:
            return False
        flow = self._service.local_flow("udp", (target.host, target.port or 5060))
        host = host_for_uri(self._service.advertised(flow)[0]) if flow is not None else target.host
        wanted = _uri(referral, host)
        if wanted is None:
            return False
        # RFC 4488: nobody here wants to be told how it goes.
        headers: list[Header] = [("Refer-To", f"<{wanted}>"), ("Refer-Sub", "false")]
        for name, value in referral.headers.items():
            try:
                headers.append(checked(name, value))
            except HeaderError:
                return False
        what = OutsideRequest(
            "REFER",
            target,
            contact,
            tuple(headers),
            b"",
            lambda ours: sender_of(referral.sender, endpoint, ours),
        )
        return await self._service.reach.send(endpoint, what, Outcome(str(target)))


def _uri(referral: Referral, host: str) -> str | None:
    """Whom to call, as a URI; None: it is none."""
    text = referral.target.strip().strip("<>")
    if referral.to_self and "@" not in text:
        text = f"{text}@{host}"
    if not text.lower().startswith(("sip:", "sips:")):
        text = f"sip:{text}"
    try:
        return str(parse_uri(text))
    except RemoteSipError:
        return None
