"""Our SRTP keys for a section besides audio, which has :class:`~.keys.CallKeys` or DTLS."""

from __future__ import annotations

import secrets

from switchroom.media.api import Protection
from switchroom.sdp.crypto import KEY_OCTETS, SUITES, Crypto
from switchroom.sdp.negotiation import Secrecy


class SectionKeys:
    """One key a suite, drawn when first needed and kept for the call.

    Args:
        secrecy: What the endpoint is configured for.
        short_tags: Whether the suite with tags of 32 bits is offered first.
    """

    def __init__(self, secrecy: Secrecy, *, short_tags: bool = False) -> None:
        self.secrecy = secrecy
        self._suites = SUITES[::-1] if short_tags else SUITES
        self._keys: dict[str, bytes] = {}

    def _key(self, suite: str) -> bytes:
        return self._keys.setdefault(suite, secrets.token_bytes(KEY_OCTETS))

    @property
    def protocol(self) -> str:
        """The profile of our offers."""
        return "RTP/SAVP" if self.secrecy is Secrecy.REQUIRED else "RTP/AVP"

    def offered(self) -> list[Crypto]:
        """Our lines of an offer."""
        if self.secrecy is Secrecy.NONE:
            return []
        return [Crypto(tag, suite, self._key(suite)) for tag, suite in enumerate(self._suites, 1)]

    def unanswered(self) -> Protection | None:
        """What the engine does to packets before there is an answer: it lets nothing through."""
        if self.secrecy is not Secrecy.REQUIRED:
            return None
        return Protection(self._suites[0], self._key(self._suites[0]))

    def agreed(self, theirs: Crypto | None) -> tuple[Crypto | None, Protection | None]:
        """Our line of an answer, and what the engine does to packets; None: nothing."""
        if theirs is None or self.secrecy is Secrecy.NONE:
            return None, None
        own = self._key(theirs.suite)
        line = Crypto(theirs.tag, theirs.suite, own)
        return line, Protection(theirs.suite, own, theirs.key)
