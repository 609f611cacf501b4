"""What the doors of a node say of who knocks: for AMI, and for the log ``security``.

Published on the bus by whoever authenticates; :func:`log_line` is its form in a log, which tools
such as fail2ban read.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.pbx.pbx import Pbx

logger = logging.getLogger("switchroom.security")

#: Whoever does these is no attacker: they are told, but not as errors.
_INFORMATIONAL = frozenset({"SuccessfulAuth", "ChallengeSent"})


@dataclass(frozen=True, slots=True)
class SecurityFacts:
    """Who, and over what."""

    service: str  #: ``AMI``, ``ARI``, ``PJSIP``
    account: str
    session: str
    local: tuple[str, int]
    remote: tuple[str, int]
    transport: str = "TCP"
    session_at: float | None = None  #: by the wall clock; None where there is no session


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Something worth a line in the security log (AMI: the event of that name)."""

    name: str
    facts: SecurityFacts
    further: Sequence[tuple[str, str]] = ()

    @property
    def severity(self) -> str:
        """As the log tells it."""
        return "Informational" if self.name in _INFORMATIONAL else "Error"

    def fields(self, now: float) -> list[tuple[str, str]]:
        """All that is told, in order.

        Args:
            now: By the wall clock.
        """
        facts = self.facts
        fields = [
            ("EventTV", _moment(now)),
            ("Severity", self.severity),
            ("Service", facts.service),
            ("EventVersion", "1"),
        ]
        if self.name not in _WITH_ACCOUNT_LAST:
            fields.append(("AccountID", facts.account))
        fields += [
            ("SessionID", facts.session),
            ("LocalAddress", _address(facts.local, facts.transport)),
            ("RemoteAddress", _address(facts.remote, facts.transport)),
            *self.further,
        ]
        if facts.session_at is not None:
            fields.append(("SessionTV", _moment(facts.session_at)))
        if self.name in _WITH_ACCOUNT_LAST:
            fields.append(("AccountID", facts.account))
        return fields


#: Asterisk: where the account is told behind everything else (22).
_WITH_ACCOUNT_LAST = frozenset({"RequestBadFormat"})


def is_told(pbx: Pbx) -> bool:
    """Whether anybody hears what is reported: a log, a program."""
    return pbx.events.wants(SecurityEvent) or logger.isEnabledFor(logging.INFO)


def report(pbx: Pbx, event: SecurityEvent) -> None:
    """Tell it on the bus, and in the log."""
    if logger.isEnabledFor(logging.INFO):
        level = logging.INFO if event.severity == "Informational" else logging.WARNING
        logger.log(level, "%s", log_line(event, pbx.now()))
    if pbx.events.wants(SecurityEvent):
        pbx.events.publish(event)


def log_line(event: SecurityEvent, now: float) -> str:
    """``SecurityEvent="InvalidPassword",EventTV="…",…``."""
    fields = [("SecurityEvent", event.name), *event.fields(now)]
    clean = str.maketrans({'"': "'", "\r": " ", "\n": " "})
    return ",".join(f'{name}="{value.translate(clean)}"' for name, value in fields)


def _moment(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at).astimezone()
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}{moment:%z}"


def _address(address: tuple[str, int], transport: str) -> str:
    family = "IPV6" if ":" in address[0] else "IPV4"
    return f"{family}/{transport}/{address[0]}/{address[1]}"
