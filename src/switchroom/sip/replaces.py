"""Replaces: the dialog that a call takes the place of (RFC 3891)."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters
from switchroom.sip.message import Request

TAG = "replaces"  #: the option tag
NOT_FOUND = 481
ALREADY_ANSWERED = 486  #: of a call that is taken only while it rings


@dataclass(frozen=True, slots=True)
class Replaces:
    """The dialog that a call takes the place of, seen from whoever gets the call (RFC 3891 §3)."""

    call_id: str
    local_tag: str
    remote_tag: str
    early_only: bool = False  #: only while it is not answered

    def __str__(self) -> str:
        flag = ";early-only" if self.early_only else ""
        return f"{self.call_id};to-tag={self.local_tag};from-tag={self.remote_tag}{flag}"


def parse_replaces(value: str) -> Replaces:
    """Read a Replaces header.

    Raises:
        RemoteSipError: A tag is missing.
    """
    call_id, _, rest = value.partition(";")
    parameters = parse_parameters(rest)
    local, remote = parameters.get("to-tag", ""), parameters.get("from-tag", "")
    if not call_id.strip() or not local or not remote:
        raise RemoteSipError("Bad Replaces")
    return Replaces(call_id.strip(), local, remote, "early-only" in parameters)


def replaces_of(request: Request) -> Replaces | None:
    """What an INVITE wants to take the place of, if anything.

    Raises:
        RemoteSipError: It has several, or one that cannot be read (RFC 3891 §3: 400).
    """
    values = request.fields.get("replaces")
    if not values:
        return None
    if len(values) > 1:
        raise RemoteSipError("Needs one Replaces")
    return parse_replaces(values[0])
