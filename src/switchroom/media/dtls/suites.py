"""How packets are protected that have their keys of a handshake (RFC 5764 §4.1.2, RFC 7714)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One of them; lengths in octets."""

    suite: str  #: as :class:`~switchroom.media.api.Protection` names it
    openssl: str
    key: int
    salt: int


#: Best first. The one with hardware behind it on every server comes before the one all know.
PROFILES = (
    Profile("AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM", 16, 12),
    Profile("AES_CM_128_HMAC_SHA1_80", "SRTP_AES128_CM_SHA1_80", 16, 14),
    Profile("AES_CM_128_HMAC_SHA1_32", "SRTP_AES128_CM_SHA1_32", 16, 14),
)
