"""Our SRTP keys of one call, and what the engine is told of a negotiated protection."""

from __future__ import annotations

import secrets

from switchroom.media.api import Protection
from switchroom.sdp.crypto import KEY_OCTETS, SUITES, Crypto, with_keys
from switchroom.sdp.negotiation import Agreement, Secrecy


class SectionKeys:
    """Of one section: one key a suite, drawn when first needed and kept for the call.

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
        """Our line of an answer, and what the engine does to packets; None: nothing.

        The answer has their tag and suite and our key (RFC 4568 §5.1.2).
        """
        if theirs is None or self.secrecy is Secrecy.NONE:
            return None, None
        own = self._key(theirs.suite)
        line = Crypto(theirs.tag, theirs.suite, own)
        return line, Protection(theirs.suite, own, theirs.key)


class CallKeys(SectionKeys):
    """Those of a call's audio, in whole descriptions."""

    def offer(self, description: str) -> str:
        """An offer with our keys in it, where audio may be protected."""
        keys = self.offered()
        if not keys:
            return description
        return with_keys(description, keys, required=self.secrecy is Secrecy.REQUIRED)

    def answer(self, agreement: Agreement) -> Crypto | None:
        """Our line of an answer."""
        return self.agreed(agreement.crypto)[0]

    def protection(self, agreement: Agreement | None) -> Protection | None:
        """What the engine does to packets; before an answer came, nothing is let through."""
        return self.unanswered() if agreement is None else self.agreed(agreement.crypto)[1]
