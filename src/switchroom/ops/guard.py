"""Who fails to prove himself too often is not heard for a while.

A failure counts against the address it came from and is forgotten with time; a success clears the
address, so that one wrong telephone does not silence the others behind the same router. Nothing
here grows without bound: an attacker with many addresses pushes out his own oldest ones.

Where a datagram comes from may be made up. So what needs no answer from there to have happened
counts only against addresses at which nobody has proved himself lately: otherwise a few datagrams
under the address of somebody's office would silence all its telephones.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from switchroom.base.sites import site_of

logger = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network

MAX_SOURCES = 10_000  #: that are counted, as many that are banned, and as many that are known
KNOWN_FOR = 2 * 3600.0  #: seconds; a telephone registers again within an hour


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What is too often."""

    is_on: bool = True
    attempts: float = 10.0  #: failures that are one too many
    forget_after: float = 60.0  #: seconds until one failure is forgotten
    ban_time: float = 3600.0  #: seconds
    ignored: tuple[Network, ...] = ()  #: networks that are never banned


@dataclass(frozen=True, slots=True)
class Ban:
    """One source that is not heard."""

    source: str
    until: float
    dropped: int  #: packets so far


@dataclass(slots=True)
class _Count:
    failures: float
    at: float


@dataclass(slots=True)
class _Banned:
    until: float
    dropped: int = 0


class Guard:
    """Counts failures and bans; times are those of one clock, the caller's.

    Args:
        policy: What is too often.
    """

    def __init__(self, policy: GuardPolicy) -> None:
        self._policy = policy
        self._ignored: dict[str, bool] = {}  # by host: a REGISTER is challenged before it is good
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._banned: OrderedDict[str, _Banned] = OrderedDict()
        self._known: OrderedDict[str, float] = OrderedDict()  # when somebody proved himself there

    @property
    def policy(self) -> GuardPolicy:
        """What is too often; may be replaced."""
        return self._policy

    @policy.setter
    def policy(self, policy: GuardPolicy) -> None:
        self._policy = policy
        self._ignored.clear()

    def blocks(self, host: str, now: float) -> bool:
        """Whether what comes from ``host`` is to be dropped; cheap while nobody is banned."""
        if not self._banned:
            return False
        source = site_of(host)
        entry = self._banned.get(source)
        if entry is None:
            return False
        if now >= entry.until:
            del self._banned[source]
            return False
        entry.dropped += 1
        return True

    def failed(self, host: str, *, now: float, weight: float = 1.0, is_real: bool = True) -> bool:
        """Count a failure; returns whether the source is banned for it.

        Args:
            host: An IP address.
            now: Seconds.
            weight: Less than one for what happens to the honest as well.
            is_real: Whether it came from there for certain.
        """
        policy = self.policy
        if not policy.is_on or self._is_ignored(host):
            return False
        source = site_of(host)
        if not is_real and self._is_known(source, now):
            return False
        count = self._counts.pop(source, None) or _Count(0.0, now)
        forgotten = (now - count.at) / policy.forget_after
        count.failures = max(0.0, count.failures - forgotten) + weight
        count.at = now
        if count.failures >= policy.attempts:
            self.ban(host, now=now)
            return True
        self._counts[source] = count
        if len(self._counts) > MAX_SOURCES:
            self._counts.popitem(last=False)
        return False

    def trusts(self, host: str, now: float) -> bool:
        """Whether somebody has proved himself there lately, or nobody there is ever banned."""
        return self._is_ignored(host) or self._is_known(site_of(host), now)

    def _is_known(self, source: str, now: float) -> bool:
        return now - self._known.get(source, float("-inf")) < KNOWN_FOR

    def succeeded(self, host: str, *, now: float) -> None:
        """Somebody at this address proved himself: what was counted is forgotten."""
        source = site_of(host)
        self._counts.pop(source, None)
        self._known[source] = now
        self._known.move_to_end(source)
        if len(self._known) > MAX_SOURCES:
            self._known.popitem(last=False)

    def ban(self, host: str, *, now: float, seconds: float | None = None) -> None:
        """Hear nothing from this address for ``seconds``, or as long as the policy says."""
        source = site_of(host)
        seconds = self.policy.ban_time if seconds is None else seconds
        self._counts.pop(source, None)
        self._banned.pop(source, None)
        self._banned[source] = _Banned(now + seconds)
        if len(self._banned) > MAX_SOURCES:
            self._banned.popitem(last=False)
        logger.warning("%s is banned for %g s", source, seconds)

    def unban(self, host: str) -> bool:
        """Hear this address again; returns whether it was banned."""
        source = site_of(host)
        self._counts.pop(source, None)
        return self._banned.pop(source, None) is not None

    def bans(self, *, now: float) -> list[Ban]:
        """Who is banned now, the latest last."""
        return [
            Ban(source, each.until, each.dropped)
            for source, each in self._banned.items()
            if each.until > now
        ]

    def _is_ignored(self, host: str) -> bool:
        known = self._ignored.get(host)
        if known is None:
            address = ip_address(host.partition("%")[0])
            known = any(
                address.version == network.version and address in network
                for network in self._policy.ignored
            )
            if len(self._ignored) >= MAX_SOURCES:
                self._ignored.clear()
            self._ignored[host] = known
        return known
