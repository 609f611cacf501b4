"""Who somebody is: names, secrets, challenges, addresses."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from switchroom.ami.session import Session
from switchroom.config.manager import ManagerConfig, ManagerUser
from switchroom.ops.guard import Guard
from switchroom.pbx.security import SecurityEvent, SecurityFacts

logger = logging.getLogger(__name__)

REFUSED = "Authentication failed"


@dataclass(slots=True)
class Doorkeeper:
    """Lets users in.

    Args:
        config: ``manager.conf`` as it is now.
        sessions: Those that are there.
        guard: Counts failures.
        now: The guard's clock.
        report: Takes what goes into the security log.
    """

    config: Callable[[], ManagerConfig]
    sessions: Callable[[], Iterable[Session]]
    guard: Guard
    now: Callable[[], float]
    report: Callable[[SecurityEvent], object]

    def challenge(self, session: Session) -> str:
        """Give a number that the next Login proves the secret with."""
        session.challenge = session.challenge or str(secrets.randbelow(10**9))
        return session.challenge

    def login(self, session: Session, name: str, secret: str, key: str = "") -> str:
        """Let a session in, or say why not.

        Args:
            session: Who asks.
            name: Of the user.
            secret: In the clear; empty with a key.
            key: The MD5 of challenge and secret, in hexadecimal digits.

        Returns:
            Nothing, or what the client reads. Unknown users and wrong secrets read the same.
        """
        user = self.config().users.get(name)
        refused = self._refusal(session, user, name, secret, key)
        if refused is not None:
            return self.refuse(session, refused)
        assert user is not None
        return self._let_in(session, user, uses_password=not key)

    def admit(self, session: Session, user: ManagerUser) -> str:
        """As :meth:`login`, of who has proved himself otherwise."""
        if not user.rules.allows(session.remote[0]):
            return self.refuse(session, SecurityEvent("FailedACL", self.facts(session, user.name)))
        return self._let_in(session, user, uses_password=False)

    def refuse(self, session: Session, refused: SecurityEvent) -> str:
        """Somebody did not prove who he says to be; returns what he reads."""
        self.report(refused)
        self.guard.failed(session.remote[0], now=self.now())
        logger.warning("%s failed to authenticate as %r (%s)", session.remote[0],
                       refused.facts.account, refused.name)  # fmt: skip
        return REFUSED

    def _let_in(self, session: Session, user: ManagerUser, *, uses_password: bool) -> str:
        name = user.name
        if not user.may_login_twice and any(
            each.is_in and each.name == name for each in self.sessions()
        ):
            self.report(SecurityEvent("SessionLimit", self.facts(session, name)))
            return "Login Already In Use"
        for complaint in session.login(user):
            logger.warning("[%s] of manager.conf: %s", name, complaint)
        self.guard.succeeded(session.remote[0], now=self.now())
        self.report(SecurityEvent("SuccessfulAuth", self.facts(session, name),
                                  (("UsingPassword", "1" if uses_password else "0"),)))  # fmt: skip
        if user.shows_connects:
            logger.info("manager %r logged on from %s", name, session.remote[0])
        return ""

    def _refusal(
        self, session: Session, user: ManagerUser | None, name: str, secret: str, key: str
    ) -> SecurityEvent | None:
        facts = self.facts(session, name)
        if user is None:
            hmac.compare_digest(secret.encode(), b"nobody")  # as long as with a user
            return SecurityEvent("InvalidAccountID", facts)
        if not user.rules.allows(session.remote[0]):
            return SecurityEvent("FailedACL", facts)
        if key:
            return self._wrong_key(session, user, key, facts)
        given, known = (_octets(text) for text in (secret, user.secret))
        if not user.secret or not hmac.compare_digest(given, known):
            return SecurityEvent("InvalidPassword", facts)
        return None

    def _wrong_key(
        self, session: Session, user: ManagerUser, key: str, facts: SecurityFacts
    ) -> SecurityEvent | None:
        challenge = session.challenge
        expected = hashlib.md5(_octets(challenge + user.secret), usedforsecurity=False).hexdigest()
        good = hmac.compare_digest(_octets(key.lower()), expected.encode())
        if challenge and user.secret and good:
            return None
        # The expected answer stays with us: it is as good as the secret.
        return SecurityEvent(
            "ChallengeResponseFailed", facts,
            (("Challenge", challenge), ("Response", key), ("ExpectedResponse", "")),
        )  # fmt: skip

    def facts(self, session: Session, account: str = "") -> SecurityFacts:
        """What is told of a session in the security log."""
        return SecurityFacts(
            service="AMI",
            account=account or session.name,
            session=f"0x{session.number:x}",
            local=session.local,
            remote=session.remote,
            transport=session.protocol,
            session_at=session.started_at,
        )


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
