"""Signing the calls that we make (RFC 8224 §6.1, RFC 8588)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from uuid import uuid4

from switchroom.base.text import telephone_digits
from switchroom.config.stir_shaken import Attestation
from switchroom.sip.client import NewCall
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.identity import IdentityHeader
from switchroom.sip.headers.name_addr import parse_name_addr
from switchroom.sip.passport import SHAKEN, Claims, make_passport, media_keys_of
from switchroom.sip.uri import parse_uri


def parties_of(call: NewCall) -> tuple[str, str]:
    """The digits of who calls and who is called; empty where one is no number.

    Who calls is what the party is told, never more: a number that is withheld is not signed.
    """
    asserted = [value for name, value in call.headers if name.lower() == "p-asserted-identity"]
    try:
        caller = parse_name_addr(asserted[0]).uri if asserted else call.from_.uri
    except RemoteSipError:
        return "", ""
    return _digits(caller), _digits(call.to.uri if call.to is not None else call.target)


def signed(
    call: NewCall, attestation: Attestation, sign: Callable[[bytes], bytes], *, now: float
) -> NewCall:
    """The call with its Identity and its Date.

    Args:
        call: Both of its parties are numbers.
        attestation: What it is signed with; complete.
        sign: Signs octets by ES256.
        now: Seconds since the epoch.
    """
    caller, called = parties_of(call)
    claims = Claims(
        attestation.level,
        caller,
        called,
        int(now),
        str(uuid4()),
        media_keys_of(call.sdp) if attestation.sends_media_keys else (),
    )
    url = attestation.certificate_url
    header = IdentityHeader(make_passport(claims, url, sign), url, "ES256", SHAKEN)
    headers = [each for each in call.headers if each[0].lower() != "date"]
    added = (("Date", formatdate(int(now), usegmt=True)), ("Identity", str(header)))
    return replace(call, headers=(*headers, *added))


def _digits(uri: str) -> str:
    try:
        return telephone_digits(parse_uri(uri).user.partition(";")[0])
    except RemoteSipError:
        return ""
