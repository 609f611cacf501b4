"""Our own certificate, as others will find it: looked at before somebody is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.channels.sip.stir_shaken.certificates import ACCEPTED, MAX_DOCUMENT
from switchroom.channels.sip.stir_shaken.results import UnprovenError
from switchroom.channels.sip.stir_shaken.trust import Trust, read_chain
from switchroom.net.fetching import Fetcher, FetchError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from switchroom.config.stir_shaken import Attestation, Verification


async def fault_of(
    attestation: Attestation,
    number: str,
    key: EllipticCurvePrivateKey,
    fetcher: Fetcher,
    settings: Verification,
) -> str:
    """What is wrong with the certificate that calls of a number are signed for; empty: nothing.

    Args:
        attestation: Names the certificate.
        number: The digits; empty: any that is not configured, of which it need not speak.
        key: Signs.
        fetcher: Asks for it.
        settings: From where, and how long.
    """
    try:
        document = await fetcher.fetch(
            attestation.certificate_url,
            allows=settings.rules.allows,
            most=MAX_DOCUMENT,
            patience=settings.patience,
            accept=ACCEPTED,
        )
        chain = read_chain(document.body)
        numbers = Trust.numbers_of(chain)
    except (FetchError, UnprovenError) as error:
        return str(error)
    if chain[0].public_key() != key.public_key():
        return "it belongs to another private key"
    if number and not numbers.covers(number):
        return f"it is for {numbers}"
    return ""
