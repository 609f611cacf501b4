"""Who makes a request: Basic authentication, or ``api_key=user:password`` in the query."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from switchroom.base.crypted_password import is_crypted_password
from switchroom.config.ari import AriConfig, AriUser
from switchroom.ops.guard import Guard
from switchroom.pbx.security import SecurityEvent, SecurityFacts

logger = logging.getLogger(__name__)

Address = tuple[str, int]


class Asker(Protocol):
    """What is known of whoever asks."""

    @property
    def authorization(self) -> str:
        """The header; empty where there is none."""
        ...

    @property
    def api_key(self) -> str:
        """Of the query; empty where there is none."""
        ...

    @property
    def remote(self) -> Address:
        """Where he is."""
        ...

    @property
    def local(self) -> Address:
        """Where he came to."""
        ...


def credentials_of(asker: Asker) -> tuple[str, str] | None:
    """User and password; None where they were not given, or cannot be read."""
    scheme, _, encoded = asker.authorization.partition(" ")
    text = asker.api_key
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


@dataclass(slots=True)
class Doorkeeper:
    """Lets users in.

    Args:
        config: ``ari.conf`` as it is now.
        guard: Counts failures.
        now: The guard's clock.
        report: Takes what goes into the security log.
    """

    config: Callable[[], AriConfig]
    guard: Guard
    now: Callable[[], float]
    report: Callable[[SecurityEvent], object]
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    #: crypt(3) takes milliseconds: who was let in last with which password, as a keyed digest.
    _known: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def is_blocked(self, host: str) -> bool:
        """Whether a host has failed too often."""
        return self.guard.blocks(host, self.now())

    def user(self, asker: Asker) -> AriUser | None:
        """Whoever asks; None: nobody we know, or not from there."""
        given = credentials_of(asker)
        if given is None:
            return None
        name, password = given
        user = self.config().users.get(name)
        reason = self._refusal(user, password, asker)
        if reason:
            self.report(SecurityEvent(reason, _facts(asker, name)))
            self.guard.failed(asker.remote[0], now=self.now())
            logger.warning("%s failed to authenticate as %r (%s)", asker.remote[0], name, reason)
            return None
        self.guard.succeeded(asker.remote[0], now=self.now())
        return user

    def _refusal(self, user: AriUser | None, password: str, asker: Asker) -> str:
        if user is None:
            hmac.compare_digest(password.encode(), b"nobody")  # as long as with a user
            return "InvalidAccountID"
        if not user.rules.allows(asker.remote[0]):
            return "FailedACL"
        return "" if self._is_right(user, password) else "InvalidPassword"

    def _is_right(self, user: AriUser, password: str) -> bool:
        given = password.encode()
        if not user.is_crypted:
            return hmac.compare_digest(given, user.password.encode())
        digest = hashlib.blake2b(given, key=self._key).digest()
        before, known = self._known.get(user.name, ("", b""))
        if before == user.password and hmac.compare_digest(known, digest):
            return True
        if not is_crypted_password(password, user.password):
            return False
        self._known[user.name] = (user.password, digest)
        return True


def _facts(asker: Asker, name: str) -> SecurityFacts:
    return SecurityFacts(
        service="ARI",
        account=name,
        session=f"0x{id(asker):x}",
        local=asker.local,
        remote=asker.remote,
        transport="TCP",
    )
