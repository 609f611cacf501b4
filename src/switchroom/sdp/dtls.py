"""What a description says of DTLS-SRTP: fingerprints and who begins (RFC 5763, RFC 8122)."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from switchroom.sdp.errors import NotAcceptableError

#: Hash functions that prove a certificate, the strongest first, with their length in octets.
HASHES = {"sha-512": 64, "sha-384": 48, "sha-256": 32}
WEAK_HASHES = {"sha-1": 20}  #: of old phones; counts where the configuration names it


class Setup(StrEnum):
    """Who begins the handshake (RFC 4145 §4)."""

    ACTIVE = "active"
    PASSIVE = "passive"
    ACTPASS = "actpass"  #: an offer's: the other side chooses
    HOLDCONN = "holdconn"  #: nobody, for now


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The hash of a certificate."""

    algorithm: str  #: lower case
    digest: bytes

    def line(self) -> str:
        """As an attribute."""
        return f"a=fingerprint:{self.algorithm} {self.digest.hex(':').upper()}"


@dataclass(frozen=True, slots=True)
class DtlsTerms:
    """What one side says: how it will shake hands, and by what it is known."""

    setup: Setup
    fingerprints: tuple[Fingerprint, ...]


def parse_fingerprint(value: str) -> Fingerprint | None:
    """Read what stands behind ``a=fingerprint:``; None for what we cannot compare."""
    algorithm, _, text = value.strip().partition(" ")
    algorithm = algorithm.lower()
    try:
        digest = binascii.unhexlify(text.strip().replace(":", ""))
    except (binascii.Error, ValueError):
        return None
    length = HASHES.get(algorithm) or WEAK_HASHES.get(algorithm)
    return Fingerprint(algorithm, digest) if len(digest) == length else None


def read_terms(
    fingerprints: Sequence[str], setup: str, *, allows_weak: bool = False
) -> DtlsTerms | None:
    """What a media section says of DTLS.

    Args:
        fingerprints: The values of its ``a=fingerprint`` lines, or else of the session's.
        setup: Of ``a=setup``; empty: none, which is as good as ``active`` (RFC 4145 §4).
        allows_weak: Whether SHA-1 counts.

    Returns:
        None where nothing can be compared; otherwise with those of the strongest hash alone, of
        which any may be that of the certificate (RFC 8122 §5).
    """
    found = [each for value in fingerprints if (each := parse_fingerprint(value)) is not None]
    for algorithm in (*HASHES, *(WEAK_HASHES if allows_weak else ())):
        strongest = tuple(each for each in found if each.algorithm == algorithm)
        if strongest:
            return DtlsTerms(_setup(setup), strongest)
    return None


def _setup(value: str) -> Setup:
    try:
        return Setup(value.lower() or Setup.ACTIVE)
    except ValueError:
        raise NotAcceptableError(f"No such setup: {value}") from None


def answer_setup(theirs: Setup, wanted: Setup, before: Setup | None = None) -> Setup:
    """Who we are in the answer to an offer (RFC 5763 §5).

    Args:
        theirs: What they offer.
        wanted: What is configured; counts where they leave it to us.
        before: Who we are in the handshake that was; it goes on where they leave it to us.

    Raises:
        NotAcceptableError: They want no connection now.
    """
    match theirs:
        case Setup.ACTIVE:
            return Setup.PASSIVE
        case Setup.PASSIVE:
            return Setup.ACTIVE
        case Setup.ACTPASS:
            return before or (Setup.PASSIVE if wanted is Setup.PASSIVE else Setup.ACTIVE)
        case Setup.HOLDCONN:
            raise NotAcceptableError("No DTLS connection is wanted")


def answered_setup(ours: Setup, theirs: Setup) -> Setup:
    """Who we are when our offer was answered.

    Some phones answer ``active`` to whatever was offered, and do as the offer says: where that
    left no choice, it counts.

    Raises:
        NotAcceptableError: They do not settle it, or want no connection now.
    """
    role = {Setup.ACTIVE: Setup.PASSIVE, Setup.PASSIVE: Setup.ACTIVE}.get(theirs)
    if theirs is Setup.HOLDCONN or (role is None and ours is Setup.ACTPASS):
        raise NotAcceptableError(f"a=setup:{theirs} is no answer to a=setup:{ours}")
    return ours if role is None or ours is not Setup.ACTPASS else role
