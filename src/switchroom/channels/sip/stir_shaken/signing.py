"""ES256: signatures of PASSporTs, and the private keys that make them (RFC 7518 §3.4)."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from switchroom.base.errors import SwitchroomError

_HALF = 32  #: octets of each of both numbers of a signature
_ES256 = ec.ECDSA(hashes.SHA256())


class KeyFileError(SwitchroomError):
    """A private key that cannot be used."""


def load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read a private key.

    Raises:
        KeyFileError: It cannot be read, or is none for ES256.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{path}: no private key as PEM without a password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyFileError(f"{path}: the key must be of the curve P-256")
    return key


def sign(key: ec.EllipticCurvePrivateKey, octets: bytes) -> bytes:
    """The signature of octets: 64 octets."""
    first, second = decode_dss_signature(key.sign(octets, _ES256))
    return first.to_bytes(_HALF) + second.to_bytes(_HALF)


def is_signed(key: ec.EllipticCurvePublicKey, signature: bytes, octets: bytes) -> bool:
    """Whether a signature is good."""
    if len(signature) != 2 * _HALF:
        return False
    first, second = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        key.verify(encode_dss_signature(first, second), octets, _ES256)
    except InvalidSignature:
        return False
    return True
