"""AES_ENCRYPT and AES_DECRYPT: AES-128 in blocks of 16 octets, as base64.

Family: Texts
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

KEY_OCTETS = 16
BLOCK = 16


def _cipher(key: str) -> Cipher[modes.ECB]:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # at first use

    octets = key.encode("utf-8", "surrogateescape")
    if len(octets) != KEY_OCTETS:
        raise DialplanError(f"AES: the key has {len(octets)} characters, not {KEY_OCTETS}")
    # The blocks stand for themselves: what the original wrote must be readable here.
    return Cipher(algorithms.AES(octets), modes.ECB())  # the recorded format


@function("AES_ENCRYPT")
def aes_encrypt(channel: Channel, key: str, text: Rest = "") -> str:
    """Encrypt a text; the result is base64.

    Args:
        channel: The channel.
        key: 16 characters.
        text: Filled up with zero octets to whole blocks.

    Examples:
        Set(key=0123456789abcdef)
        Set(x=${AES_ENCRYPT(${key},1234)})  ; => 2KgV766IsY0+Vy0TlsAtmw==
    """
    encryptor = _cipher(key).encryptor()
    octets = text.encode("utf-8", "surrogateescape")
    octets += bytes(-len(octets) % BLOCK)
    return base64.b64encode(encryptor.update(octets) + encryptor.finalize()).decode()


@function("AES_DECRYPT")
def aes_decrypt(channel: Channel, key: str, text: Rest = "") -> str:
    """Decrypt what AES_ENCRYPT made.

    Args:
        channel: The channel.
        key: 16 characters.
        text: Base64; what is not a whole block at the end is passed over.

    Examples:
        Set(key=0123456789abcdef)
        Set(secret=${AES_ENCRYPT(${key},1234)})
        Set(x=${AES_DECRYPT(${key},${secret})})  ; => 1234
    """
    decryptor = _cipher(key).decryptor()
    try:
        octets = base64.b64decode(text)
    except ValueError as error:
        raise DialplanError(f"AES_DECRYPT: {text[:40]!r} is not base64") from error
    octets = octets[: len(octets) // BLOCK * BLOCK]
    plain = decryptor.update(octets) + decryptor.finalize()
    return plain.partition(b"\0")[0].decode("utf-8", "surrogateescape")
