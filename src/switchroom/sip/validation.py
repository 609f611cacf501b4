"""What every request must fulfil before anybody looks at what it wants (RFC 3261 §8.2)."""

from __future__ import annotations

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addrs
from switchroom.sip.message import Header, Request
from switchroom.sip.multipart import body_of_type, media_type
from switchroom.sip.uri import UnsupportedSchemeError, parse_uri

KNOWN_METHODS = frozenset(
    (
        *("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE", "PRACK"),
        *("SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "REFER"),
    )
)
"""Of the RFCs we know; one of them that is not allowed is answered 405, any other 501."""

_SINGLE = ("from", "to", "call-id", "cseq", "max-forwards")
_REQUIRED = ("via", "from", "to", "call-id", "cseq")


class RefusedRequestError(RemoteSipError):
    """A request that is answered at once.

    Args:
        message: The reason phrase.
        sip_status: The status.
        headers: Further headers of the answer.
    """

    def __init__(self, message: str, sip_status: int, headers: tuple[Header, ...] = ()) -> None:
        super().__init__(message, sip_status)
        self.headers = headers


def validate(request: Request, *, allowed: frozenset[str], extensions: frozenset[str]) -> None:
    """Check one request, cheapest and most telling first.

    Args:
        request: As parsed.
        allowed: Methods that are served.
        extensions: Option tags that Require may name.

    Raises:
        RemoteSipError: Wrong; ``sip_status`` and, for a RefusedRequestError, ``headers`` say how
            to answer.
    """
    _check_form(request)
    method = request.method
    if method not in allowed:
        known = method in KNOWN_METHODS
        allow = ("Allow", ", ".join(sorted(allowed)))
        reason = "Method Not Allowed" if known else "Not Implemented"
        raise RefusedRequestError(reason, 405 if known else 501, (allow,))
    if parse_uri(request.uri).headers:
        raise RemoteSipError("Headers in Request-URI")
    if "require" in request.fields and method not in {"ACK", "CANCEL"}:
        unsupported = [tag for tag in request.all("require") if tag.lower() not in extensions]
        if unsupported:
            header = ("Unsupported", ", ".join(unsupported))
            raise RefusedRequestError("Bad Extension", 420, (header,))
    if method in {"INVITE", "UPDATE"}:
        _check_offer(request)


def _check_form(request: Request) -> None:
    fields = request.fields
    for name in _REQUIRED:
        values = fields.get(name)
        if not values or not values[0]:
            raise RemoteSipError(f"Missing {name.title()}")
    for name in _SINGLE:
        values = fields.get(name)
        if values is not None and len(values) > 1:
            raise RemoteSipError(f"Several {name.title()}")
    if request.cseq[1] != request.method:
        raise RemoteSipError("CSeq is of another method")
    hops = request.get("max-forwards", "70")
    if not hops.isascii() or not hops.isdigit() or int(hops[:9]) > 255:
        raise RemoteSipError("Bad Max-Forwards")
    _check_address(request.from_, request.method)
    _check_address(request.to, request.method)
    parse_name_addrs([c for c in fields.get("contact", []) if c != "*"])


def _check_address(address: NameAddr, method: str) -> None:
    try:
        parse_uri(address.uri)
    except UnsupportedSchemeError:
        # A foreign scheme names somebody (RFC 3261 §20.20), but nobody can be registered there.
        if method == "REGISTER":
            raise RemoteSipError("Address of another scheme") from None


def _check_offer(request: Request) -> None:
    if request.body and not (
        media_type(request.get("content-type")) and body_of_type(request, "application/sdp")
    ):
        accept = ("Accept", "application/sdp")
        raise RefusedRequestError("Unsupported Media Type", 415, (accept,))
    if "accept" in request.fields:
        accepted = {media_type(each) for each in request.all("accept")}
        if not accepted & {"application/sdp", "application/*", "*/*", ""}:
            raise RefusedRequestError("Not Acceptable", 406)
