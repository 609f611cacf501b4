"""Refusing new calls for next to nothing, while there is more to do than can be done.

A 503 costs a tenth of what a call does only if nothing is parsed for it that it does not repeat.
"""

from __future__ import annotations

import re

from switchroom.sip.flow import Address
from switchroom.sip.headers.via import MAGIC_COOKIE
from switchroom.sip.server import TransactionKey

RETRY_AFTER = 5  #: seconds that an overloaded server asks for
TAG = "full"  #: starts the To tag of these refusals, so that their ACKs are known

_TAG = f";tag={TAG}".encode()
_TO_TAG = re.compile(rb";\s*tag\s*=", re.IGNORECASE)
_RPORT = re.compile(rb";\s*rport\s*(?=;|$)", re.IGNORECASE)
_VIA = re.compile(
    # Possessive: a name that goes on for ever is read once, not once from each of its letters.
    rb"\s*SIP/2\.0/\w++\s++(?P<sent_by>[^;,\s]++)[^,]*?;branch=(?P<branch>[^;,\s]+)",
    re.IGNORECASE,
)
_NAMES = {
    b"via": b"Via", b"v": b"Via", b"from": b"From", b"f": b"From", b"to": b"To", b"t": b"To",
    b"call-id": b"Call-ID", b"i": b"Call-ID", b"cseq": b"CSeq",
}  # fmt: skip
_ONCE = ("From", "To", "Call-ID", "CSeq")


class NewCall:
    """A datagram with the INVITE of a call that is not known yet, as far as it was looked at."""

    __slots__ = ("_fields", "_vias", "key")

    def __init__(self, key: TransactionKey, vias: list[bytes], fields: dict[bytes, bytes]) -> None:
        self.key = key  #: of its server transaction, if it has one
        self._vias = vias
        self._fields = fields

    def refusal(self, remote: Address, server: str, token: str) -> bytes:
        """A 503 that says when to come again (RFC 3261 §21.5.4, without a transaction: §8.2.7).

        Args:
            remote: Where the INVITE came from (RFC 3581).
            server: What we are called.
            token: The rest of a To tag.
        """
        first, *others = self._vias
        host, port = remote[0].encode(), remote[1]
        first = _RPORT.sub(b";rport=%d" % port, first)
        if host not in first.partition(b";")[0]:
            first += b";received=" + host
        lines = [b"SIP/2.0 503 Service Unavailable"]
        lines += [b"Via:" + via for via in (first, *others)]
        for name in (b"From", b"To", b"Call-ID", b"CSeq"):
            value = self._fields[name]
            lines.append(name + b":" + (value + _TAG + token.encode() if name == b"To" else value))
        end = f"Server: {server}\r\nRetry-After: {RETRY_AFTER}\r\nContent-Length: 0\r\n\r\n"
        return b"\r\n".join([*lines, end.encode()])


def new_call(data: bytes) -> NewCall | None:
    """Look at a datagram; None where it is anything but a plain INVITE outside of a dialog."""
    if not data.startswith(b"INVITE "):
        return None
    vias: list[bytes] = []
    fields: dict[bytes, bytes] = {}
    for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        written, _, value = line.partition(b":")
        name = _NAMES.get(written.rstrip().lower())
        if name == b"Via":
            vias.append(value)
        elif name is not None:
            if name in fields:
                return None
            fields[name] = value
        elif line[:1] in b" \t":
            return None  # folded: the parser's work
    if len(fields) != len(_ONCE) or not vias or _TO_TAG.search(fields[b"To"]):
        return None
    via = _VIA.match(vias[0])
    if via is None or not via["branch"].startswith(MAGIC_COOKIE.encode()):
        return None
    sent_by = via["sent_by"].decode("utf-8", "surrogateescape").lower()
    if sent_by.rpartition("]")[2].count(":") == 0:
        sent_by += ":5060"
    branch = via["branch"].decode("utf-8", "surrogateescape")
    return NewCall((branch, sent_by, "INVITE"), vias, fields)


def acknowledges_refusal(data: bytes) -> bool:
    """Whether a datagram is the ACK of such a 503: nothing waits for it."""
    return data.startswith(b"ACK ") and _TAG in data
