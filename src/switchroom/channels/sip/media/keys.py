"""Our SRTP keys of one call, and what the engine is told of a negotiated protection."""

from __future__ import annotations

import secrets

from switchroom.media.api import Protection
from switchroom.sdp.crypto import KEY_OCTETS, SUITES, Crypto, with_keys
from switchroom.sdp.negotiation import Agreement, Secrecy


class CallKeys:
    """One key a suite, drawn when first needed and kept for the call.

    A description that is sent again names the same keys, so that hold and resume change nothing
    of what is on its way.

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

    def offer(self, description: str) -> str:
        """An offer with our keys in it, where audio may be protected."""
        if self.secrecy is Secrecy.NONE:
            return description
        keys = [Crypto(tag, suite, self._key(suite)) for tag, suite in enumerate(self._suites, 1)]
        return with_keys(description, keys, required=self.secrecy is Secrecy.REQUIRED)

    def answer(self, agreement: Agreement) -> Crypto | None:
        """Our line of an answer: their tag and suite, our key (RFC 4568 §5.1.2)."""
        theirs = agreement.crypto
        if theirs is None:
            return None
        return Crypto(theirs.tag, theirs.suite, self._key(theirs.suite))

    def protection(self, agreement: Agreement | None) -> Protection | None:
        """What the engine does to packets; before an answer came, nothing is let through."""
        if agreement is None:
            required = self.secrecy is Secrecy.REQUIRED
            return Protection(self._suites[0], self._key(self._suites[0])) if required else None
        theirs = agreement.crypto
        if theirs is None:
            return None
        return Protection(theirs.suite, self._key(theirs.suite), theirs.key)
