"""REFER: where to, and what is told of how it went (RFC 3515)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import parse_name_addr
from switchroom.sip.message import REASONS, Header, Request
from switchroom.sip.replaces import Replaces, parse_replaces
from switchroom.sip.uri import SipUri, parse_uri


@dataclass(frozen=True, slots=True)
class Refer:
    """What a REFER asks for."""

    target: SipUri
    replaces: Replaces | None
    wants_notify: bool
    referred_by: str = ""  #: the header as it was received


def parse_refer(request: Request) -> Refer:
    """Read a REFER.

    Raises:
        RemoteSipError: It has no Refer-To, several, or one that cannot be read.
    """
    values = request.fields.get("refer-to", [])
    if len(values) != 1:
        raise RemoteSipError("Needs one Refer-To")
    target = parse_uri(parse_name_addr(values[0]).uri)
    replaces = None
    for pair in target.headers.split("&"):
        name, _, value = pair.partition("=")
        if name.lower() == "replaces":
            replaces = parse_replaces(unquote(value))
    wants_notify = request.get("refer-sub").strip().lower() != "false"
    plain = SipUri(target.scheme, target.user, target.host, target.port, target.parameters)
    return Refer(plain, replaces, wants_notify, request.get("referred-by"))


def notify_headers(refer_cseq: int, *, is_over: bool) -> tuple[Header, ...]:
    """The headers of a NOTIFY that tells how a REFER went."""
    state = "terminated;reason=noresource" if is_over else "active;expires=60"
    return (
        ("Event", f"refer;id={refer_cseq}"),
        ("Subscription-State", state),
        ("Content-Type", "message/sipfrag;version=2.0"),
    )


def status_fragment(status: int) -> bytes:
    """The body of such a NOTIFY."""
    return f"SIP/2.0 {status} {REASONS.get(status, 'Unknown')}\r\n".encode()
