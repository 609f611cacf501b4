"""Looking at the Identity headers of a call (RFC 8224 §6.2, RFC 8588)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from urllib.parse import urlsplit
from uuid import UUID

from switchroom.base.text import telephone_digits
from switchroom.channels.sip.stir_shaken.certificates import Certificates
from switchroom.channels.sip.stir_shaken.results import Proof, Result, UnprovenError
from switchroom.channels.sip.stir_shaken.signing import is_signed
from switchroom.config.stir_shaken import LEVELS, Verification
from switchroom.net.fetching import FetchError, parse_place
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.identity import IdentityHeader, parse_identity
from switchroom.sip.message import Request
from switchroom.sip.passport import SHAKEN, MediaKeys, Passport, media_keys_of, parse_passport
from switchroom.sip.uri import parse_uri

logger = logging.getLogger(__name__)

MAX_IDENTITIES = 8  #: of one call, that are looked at
PORTS = frozenset({443, 8443})  #: that a certificate may be fetched from (ATIS-1000074)


@dataclass(frozen=True, slots=True)
class Said:
    """What an INVITE says in the clear, which its PASSporT must say too."""

    caller: str  #: digits
    called: frozenset[str]  #: digits, of To and of the request's URI
    date: str  #: the Date header
    media_keys: MediaKeys


def said_of(request: Request, caller: str, sdp: str) -> Said:
    """What an INVITE says.

    Args:
        request: The INVITE.
        caller: The number that the dialplan will see.
        sdp: Its offer.
    """
    called = {telephone_digits(_user_of(uri)) for uri in (request.uri, _to(request))}
    return Said(
        telephone_digits(caller),
        frozenset(called - {""}),
        request.get("date"),
        media_keys_of(sdp),
    )


async def look_at(
    request: Request, said: Said, settings: Verification, certificates: Certificates, *, now: float
) -> tuple[Proof, ...]:
    """What the Identity headers of an INVITE come to, in their order.

    PASSporTs of other extensions than SHAKEN are passed over (RFC 8224 §6.2).

    Args:
        request: The INVITE.
        said: What it says in the clear.
        settings: How it is looked at.
        certificates: Where those of callers are.
        now: Seconds since the epoch.
    """
    proofs: list[Proof] = []
    for value in request.fields.get("identity", [])[:MAX_IDENTITIES]:
        try:
            header = parse_identity(value)
            passport = parse_passport(header.token)
        except RemoteSipError as error:
            logger.debug("%s", error)
            proofs.append(Proof(Result.INVALID_HEADER))
            continue
        if passport.extension == SHAKEN or header.extension == SHAKEN:
            proofs.append(await _prove(header, passport, said, settings, certificates, now))
    return tuple(proofs)


async def _prove(
    header: IdentityHeader,
    passport: Passport,
    said: Said,
    settings: Verification,
    certificates: Certificates,
    now: float,
) -> Proof:
    result = Result.SUCCESS
    try:
        # What costs nothing comes first: nobody is asked for the certificate of a stale token.
        _check_kind(header, passport)
        _check_url(header, passport.certificate_url, settings)
        _check_times(passport, said.date, settings, now)
        _check_claims(passport, said)
        await _check_signature(passport, certificates)
    except UnprovenError as error:
        logger.info("the number %s is not proven: %s", said.caller, error)
        result = error.result
    return Proof(result, passport.caller, passport.attestation, passport.compact)


async def _check_signature(passport: Passport, certificates: Certificates) -> None:
    chain = await certificates.of(passport.certificate_url)
    key = (await certificates.trust()).check_number(chain, passport.caller)
    if not is_signed(key, passport.signature, passport.signed):
        raise UnprovenError(Result.SIGNATURE)


def _check_kind(header: IdentityHeader, passport: Passport) -> None:
    if passport.algorithm != "ES256" or header.algorithm not in {"", "ES256"}:
        raise UnprovenError(Result.ALGORITHM, passport.algorithm[:20])
    if passport.extension != SHAKEN or header.extension not in {"", SHAKEN}:
        raise UnprovenError(Result.EXTENSION, passport.extension[:20])
    if passport.kind != "passport":
        raise UnprovenError(Result.KIND, passport.kind[:20])


def _check_url(header: IdentityHeader, url: str, settings: Verification) -> None:
    """The two places that name it agree, and it is one that certificates may have."""
    try:
        place = parse_place(url)
    except FetchError as error:
        raise UnprovenError(Result.CERTIFICATE_URL, str(error)) from error
    parts = urlsplit(url)
    extras = parts.query or parts.fragment or parts.username or parts.password or ";" in parts.path
    is_odd = not (place.is_secure and place.port in PORTS)
    if header.info != url or (is_odd and not settings.allows_any_port):
        raise UnprovenError(Result.CERTIFICATE_URL, url[:200])
    if extras and not settings.allows_any_path:
        raise UnprovenError(Result.CERTIFICATE_URL, url[:200])


def _check_times(passport: Passport, date: str, settings: Verification, now: float) -> None:
    """It is fresh; a clock that is ahead of ours is let off as one behind is."""
    if passport.issued_at is None:
        raise UnprovenError(Result.NO_ISSUED_AT)
    if abs(now - passport.issued_at) > settings.token_age:
        raise UnprovenError(Result.OLD_ISSUED_AT, f"{now - passport.issued_at:.0f} s old")
    if not settings.needs_date:
        return
    if not date:
        raise UnprovenError(Result.NO_DATE)
    try:
        moment = parsedate_to_datetime(date)
        sent_at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise UnprovenError(Result.UNREADABLE_DATE, date[:80]) from error
    if max(abs(now - sent_at), abs(passport.issued_at - sent_at)) > settings.date_age:
        raise UnprovenError(Result.OLD_DATE, date[:80])


def _check_claims(passport: Passport, said: Said) -> None:
    has_origin_id = _is_uuid(passport.origin_id)
    checks: Mapping[Result, bool] = MappingProxyType(
        {
            Result.ATTESTATION: passport.attestation in LEVELS,
            Result.NO_ORIGIN_ID: has_origin_id,
            Result.NO_CALLER: bool(passport.caller),
            Result.OTHER_CALLER: passport.caller == said.caller,
            Result.NO_CALLED: bool(passport.called),
            Result.OTHER_CALLED: not said.called.isdisjoint(passport.called),
            Result.OTHER_MEDIA_KEYS: passport.media_keys in {None, said.media_keys},
        }
    )
    for result, holds in checks.items():
        if not holds:
            raise UnprovenError(result)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _to(request: Request) -> str:
    try:
        return request.to.uri
    except RemoteSipError:
        return ""


def _user_of(uri: str) -> str:
    if uri.lower().startswith("tel:"):
        return uri[4:].partition(";")[0]
    try:
        return parse_uri(uri).user.partition(";")[0]
    except RemoteSipError:
        return ""
