"""PASSporTs: signed statements of who calls whom (RFC 8225), with what SHAKEN adds (RFC 8588)."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchroom.base.text import telephone_digits
from switchroom.sip.errors import RemoteSipError

MAX_TOKEN = 8192  #: letters
MAX_SIGNATURE = 128  #: letters; ES256 takes 86
MAX_DESTINATIONS = 32
LAST_SECOND = 2**40  #: no clock says more
SHAKEN = "shaken"

MediaKeys = tuple[tuple[str, str], ...]  #: algorithm and fingerprint of each

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Passport:
    """One that came; nothing of it is proven. What is not there, or no such thing, is empty."""

    algorithm: str
    kind: str  #: ``passport``
    extension: str  #: ``shaken``
    certificate_url: str
    attestation: str
    caller: str  #: digits
    called: tuple[str, ...]  #: digits of each
    issued_at: int | None  #: seconds since the epoch
    origin_id: str
    media_keys: MediaKeys | None  #: None: they are not signed
    signed: bytes  #: what the signature is of
    signature: bytes
    compact: str  #: the signature alone, as RFC 8225 §7 writes it


@dataclass(frozen=True, slots=True)
class Claims:
    """What is to be stated."""

    attestation: str
    caller: str  #: digits
    called: str  #: digits
    issued_at: int  #: seconds since the epoch
    origin_id: str  #: a UUID
    media_keys: MediaKeys = ()


def parse_passport(token: str) -> Passport:
    """Read one in its full form.

    Raises:
        RemoteSipError: It is none, is too long, or is in its compact form, which SHAKEN has not.
    """
    parts = token.split(".")
    if len(token) > MAX_TOKEN or len(parts) != 3:
        raise RemoteSipError("no PASSporT in its full form")
    header, claims = _object(_decode(parts[0])), _object(_decode(parts[1]))
    origin, destination = _mapping(claims.get("orig")), _mapping(claims.get("dest"))
    numbers = destination.get("tn")
    return Passport(
        algorithm=_text(header.get("alg")),
        kind=_text(header.get("typ")),
        extension=_text(header.get("ppt")),
        certificate_url=_text(header.get("x5u")),
        attestation=_text(claims.get("attest")),
        caller=telephone_digits(_text(origin.get("tn"))),
        called=_numbers(numbers if isinstance(numbers, list) else [numbers]),
        issued_at=_second(claims.get("iat")),
        origin_id=_text(claims.get("origid")),
        media_keys=_media_keys(claims["mky"]) if "mky" in claims else None,
        signed=f"{parts[0]}.{parts[1]}".encode(),
        signature=_decode(parts[2]),
        compact=f"..{parts[2]}" if len(parts[2]) <= MAX_SIGNATURE else "",
    )


def make_passport(claims: Claims, certificate_url: str, sign: Callable[[bytes], bytes]) -> str:
    """Write one for SHAKEN.

    Args:
        claims: What it states.
        certificate_url: Where the certificate of the key is found.
        sign: Signs octets by ES256: 64 octets come out.
    """
    header = {"alg": "ES256", "ppt": SHAKEN, "typ": "passport", "x5u": certificate_url}
    stated: dict[str, Any] = {
        "attest": claims.attestation,
        "dest": {"tn": [claims.called]},
        "iat": claims.issued_at,
        "orig": {"tn": claims.caller},
        "origid": claims.origin_id,
    }
    if claims.media_keys:
        stated["mky"] = [{"alg": name, "dig": digest} for name, digest in claims.media_keys]
    signed = f"{_encode(_canonical(header))}.{_encode(_canonical(stated))}"
    return f"{signed}.{_encode(sign(signed.encode()))}"


def media_keys_of(sdp: str) -> MediaKeys:
    """The fingerprints of a description, as ``mky`` has them (RFC 8225 §5.2.2): each once."""
    found: set[tuple[str, str]] = set()
    for line in sdp.splitlines():
        if line.startswith("a=fingerprint:"):
            name, _, digest = line.removeprefix("a=fingerprint:").strip().partition(" ")
            found.add((name.lower(), digest.replace(":", "").strip().upper()))
    return tuple(sorted(found))


def _canonical(value: Mapping[str, Any]) -> bytes:
    """Without blanks, keys in their order (RFC 8225 §9)."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def _encode(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    if not _BASE64URL.fullmatch(text):
        raise RemoteSipError("a part of the PASSporT is no base64url")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise RemoteSipError("a part of the PASSporT is no base64url") from error


def _object(octets: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise RemoteSipError("a part of the PASSporT is no JSON") from error
    if not isinstance(found, dict):
        raise RemoteSipError("a part of the PASSporT is no object")
    return found


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _numbers(values: Sequence[object]) -> tuple[str, ...]:
    found = (telephone_digits(_text(value)) for value in values[:MAX_DESTINATIONS])
    return tuple(number for number in found if number)


def _second(value: object) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) and 0 <= value < LAST_SECOND else None


def _media_keys(value: object) -> MediaKeys:
    keys = value if isinstance(value, list) else []
    pairs = [
        (_text(_mapping(each).get("alg")).lower(), _text(_mapping(each).get("dig")).upper())
        for each in keys
    ]
    return tuple(sorted({(name, digest.replace(":", "")) for name, digest in pairs}))
