"""Dialogs (RFC 3261 §12): plain data, so that one can be written down and taken up elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from switchroom.sip.headers.name_addr import NameAddr, parse_name_addrs
from switchroom.sip.message import Header, Message, Request, Response


@dataclass(slots=True)
class Dialog:
    """A peer-to-peer relationship between two user agents."""

    call_id: str
    local_tag: str
    remote_tag: str
    local: NameAddr  #: From of our requests, tag included
    remote: NameAddr  #: To of our requests, tag included once known
    remote_target: str  #: URI where our requests go
    local_cseq: int = 0
    remote_cseq: int = 0
    routes: list[str] = field(default_factory=list)  #: Route values, in the order we send them

    def headers(self, method: str, *, cseq: int | None = None) -> list[Header]:
        """From, To, Call-ID, CSeq and Route of the next request; counts CSeq up.

        Args:
            method: For CSeq.
            cseq: The number to use instead, for ACK and CANCEL.
        """
        if cseq is None:
            self.local_cseq += 1
            cseq = self.local_cseq
        return [
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
            *(("Route", route) for route in self.routes),
        ]

    def refresh_target(self, message: Message) -> None:
        """Take the Contact of a target refresh (RFC 3261 §12.2)."""
        if contact := message.get("contact"):
            self.remote_target = parse_name_addrs([contact])[0].uri


def dialog_of_invite(request: Request, *, local_tag: str) -> Dialog:
    """The dialog that answering ``request`` makes (RFC 3261 §12.1.1).

    Raises:
        RemoteSipError: From, To, Contact or Record-Route cannot be read.
    """
    remote, local = request.from_, request.to
    parameters = {**local.parameters, "tag": local_tag}
    contacts = parse_name_addrs(request.fields.get("contact", []))
    return Dialog(
        call_id=request.call_id,
        local_tag=local_tag,
        remote_tag=remote.tag,
        local=NameAddr(local.uri, local.name, parameters),
        remote=remote,
        remote_target=contacts[0].uri if contacts else remote.uri,
        remote_cseq=request.cseq[0],
        routes=[str(route) for route in parse_name_addrs(request.fields.get("record-route", []))],
    )


def establish(dialog: Dialog, response: Response) -> None:
    """Complete a dialog that we asked for from its 1xx or 2xx (RFC 3261 §12.1.2).

    Raises:
        RemoteSipError: To, Contact or Record-Route cannot be read.
    """
    dialog.remote = response.to
    dialog.remote_tag = dialog.remote.tag
    dialog.refresh_target(response)
    # Without a Record-Route there is no route, even where the request took one (§12.1.2).
    routes = parse_name_addrs(response.fields.get("record-route", []))
    dialog.routes = [str(route) for route in reversed(routes)]
