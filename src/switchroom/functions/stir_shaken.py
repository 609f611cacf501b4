"""STIR_SHAKEN and its kin: whether a caller's number is proven.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.stir_shaken.results import CallerProofs
from switchroom.channels.sip.stir_shaken.stir_shaken import Suppression
from switchroom.config.language.values import is_true
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("STIR_SHAKEN")
def stir_shaken(channel: Channel, index: str, value: str = "") -> str:
    """What the signatures of a caller's number came to (STIR/SHAKEN).

    A call without any counts as one, whose result is ``no_identity_hdr``; one of an endpoint that
    is not looked at has none.

    Args:
        channel: The channel that called in.
        index: ``count``: how many signatures were looked at; or the number of one, from 0.
        value: ``identity``: the number that it is for; ``attestation``: ``A``, ``B`` or ``C``;
            ``verify_result``: ``success``, or why it is not good.

    Examples:
        Set(PROVEN=$["${STIR_SHAKEN(0,verify_result)}" = "success"])
        Set(LEVEL=${STIR_SHAKEN(0,attestation)})
        NoOp(${STIR_SHAKEN(count)})
    """
    proofs = channel.datastore(CallerProofs).proofs
    if index.strip().lower() == "count":
        return str(len(proofs))
    number = leading_int(index)
    if number is None or not 0 <= number < len(proofs):
        raise DialplanError(f"STIR_SHAKEN: there is no signature {index!r}")
    proof = proofs[number]
    match value.strip().lower():
        case "identity":
            return proof.identity
        case "attestation":
            return proof.attestation
        case "verify_result":
            return str(proof.result)
        case other:
            raise DialplanError(f"STIR_SHAKEN: there is no {other!r} of a signature")


@function("STIR_SHAKEN_ATTESTATION", write=True)
def set_stir_shaken_attestation(channel: Channel, value: str, field: str) -> None:
    """Have one call go out unsigned: set it in a pre-dial routine.

    Args:
        channel: The channel that calls out.
        value: ``yes``: it is not signed.
        field: ``suppress``.

    Examples:
        Set(STIR_SHAKEN_ATTESTATION(suppress)=yes)
    """
    if field.strip().lower() != "suppress":
        raise DialplanError(f"STIR_SHAKEN_ATTESTATION: there is no {field!r}")
    if not isinstance(channel.driver, SipChannelDriver):
        raise DialplanError(f"STIR_SHAKEN_ATTESTATION: {channel.name} is no SIP channel")
    channel.datastore(Suppression).is_on = is_true(value)
