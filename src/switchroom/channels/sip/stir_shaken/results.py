"""What may become of looking at who calls, and how the caller is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import without_controls
from switchroom.sip.message import REASONS, Header


class Result(StrEnum):
    """The words that ``STIR_SHAKEN(…,verify_result)`` knows."""

    SUCCESS = "success"
    NO_IDENTITY = "no_identity_hdr"
    INVALID_HEADER = "invalid_header"
    NO_DATE = "no_date_hdr"
    UNREADABLE_DATE = "date_hdr_parse_failure"
    OLD_DATE = "date_hdr_expired"
    NO_ISSUED_AT = "no_iat"
    OLD_ISSUED_AT = "iat_expired"
    ALGORITHM = "invalid_or_no_alg"
    KIND = "invalid_or_no_typ"
    EXTENSION = "invalid_or_no_ppt"
    CERTIFICATE_URL = "invalid_or_no_x5u"
    ATTESTATION = "invalid_or_no_attest"
    NO_ORIGIN_ID = "no_origid"
    NO_CALLER = "no_orig_tn"
    OTHER_CALLER = "cid_orig_tn_mismatch"
    NO_CALLED = "no_dest_tn"
    OTHER_CALLED = "dest_tn_mismatch"
    OTHER_MEDIA_KEYS = "mky_mismatch"
    NOT_FETCHED = "cert_retrieval_failure"
    NO_CERTIFICATE = "cert_contents_invalid"
    NOT_TRUSTED = "cert_not_trusted"
    NOT_VALID_NOW = "cert_date_invalid"
    NOT_FOR_NUMBERS = "cert_no_tnauth_ext"
    NOT_FOR_NUMBER = "cert_tn_not_authorized"
    SIGNATURE = "signature_validation"


#: With which response of RFC 8224 §6.2.2 a call is refused; 438 for all others.
_STATUS: Mapping[Result, int] = MappingProxyType(
    {
        Result.NO_IDENTITY: 428,
        Result.NO_DATE: 403,
        Result.UNREADABLE_DATE: 403,
        Result.OLD_DATE: 403,
        Result.OLD_ISSUED_AT: 403,
        Result.CERTIFICATE_URL: 436,
        Result.NOT_FETCHED: 436,
        Result.NO_CERTIFICATE: 437,
        Result.NOT_TRUSTED: 437,
        Result.NOT_VALID_NOW: 437,
        Result.NOT_FOR_NUMBERS: 437,
        Result.NOT_FOR_NUMBER: 437,
    }
)
_PHRASES = MappingProxyType({403: "Stale Date"})  # RFC 8224 gives it another meaning


class UnprovenError(SwitchroomError):
    """A caller's number is not proven.

    Args:
        result: Why.
        detail: For the log.
    """

    def __init__(self, result: Result, detail: str = "") -> None:
        # What strangers write is in it: it stays one line of the log.
        super().__init__(f"{result}: {without_controls(detail)}" if detail else str(result))
        self.result = result


@dataclass(frozen=True, slots=True)
class Proof:
    """What one Identity header came to."""

    result: Result
    identity: str = ""  #: whose number it is said to be
    attestation: str = ""  #: ``A``, ``B``, ``C``
    compact: str = ""  #: the PASSporT, as responses name it

    @property
    def status(self) -> int:
        """Of SIP; 200 where it is proven."""
        return 200 if self.result is Result.SUCCESS else _STATUS.get(self.result, 438)

    @property
    def phrase(self) -> str:
        """The words of the status."""
        return _PHRASES.get(self.status) or REASONS[self.status]


class CallerProofs:
    """The proofs of one call that came in; kept as its channel's datastore."""

    def __init__(self) -> None:
        self.proofs: tuple[Proof, ...] = ()


def reasons_of(failed: tuple[Proof, ...], *, by_stir: bool) -> list[Header]:
    """The Reason headers that tell of failures.

    Args:
        failed: At least one.
        by_stir: One for each, with the PASSporT that it is of (RFC 9410); otherwise the first only.
    """
    if not by_stir:
        first = failed[0]
        return [("Reason", f'SIP;cause={first.status};text="{first.phrase}"')]
    return [
        (
            "Reason",
            f'STIR;cause={each.status};text="{each.phrase}"'
            + (f';ppi="{each.compact}"' if each.compact else ""),
        )
        for each in failed
    ]
