"""Who is banned, and who never is."""

from ipaddress import ip_network

import pytest

from switchroom.base.sites import site_of
from switchroom.ops import guard as guard_module
from switchroom.ops.guard import KNOWN_FOR, Ban, Guard, GuardPolicy

POLICY = GuardPolicy(attempts=3, forget_after=60.0, ban_time=600.0)
EVIL, HONEST = "203.0.113.6", "192.0.2.7"


def fail(guard: Guard, host: str, times: int, *, now: float = 0.0, weight: float = 1.0) -> bool:
    banned = False
    for _ in range(times):
        banned = guard.failed(host, now=now, weight=weight) or banned
    return banned


def test_too_many_failures_ban_for_a_while() -> None:
    guard = Guard(POLICY)
    assert not fail(guard, EVIL, 2)
    assert not guard.blocks(EVIL, 0.0)
    assert fail(guard, EVIL, 1)
    assert guard.blocks(EVIL, 1.0)
    assert not guard.blocks(HONEST, 1.0)
    assert guard.blocks(EVIL, 599.0)
    assert guard.bans(now=1.0) == [Ban(EVIL, 600.0, 2)]
    assert not guard.blocks(EVIL, 600.0)
    assert guard.bans(now=600.0) == []


def test_failures_are_forgotten_with_time() -> None:
    guard = Guard(POLICY)
    for minute in range(100):
        assert not fail(guard, EVIL, 1, now=60.0 * minute)
    assert not fail(guard, HONEST, 2)
    assert not fail(guard, HONEST, 1, now=60.0)
    assert fail(guard, HONEST, 1, now=60.0)


def test_whoever_proves_himself_in_between_is_never_banned() -> None:
    guard = Guard(POLICY)
    for _ in range(100):
        assert not fail(guard, HONEST, 2)
        guard.succeeded(HONEST, now=0.0)
    assert fail(guard, HONEST, 3)


def test_what_happens_to_the_honest_counts_less() -> None:
    guard = Guard(POLICY)
    assert not fail(guard, EVIL, 29, weight=0.1)
    assert fail(guard, EVIL, 2, weight=0.1)


@pytest.mark.parametrize(
    ("network", "host"),
    [("192.0.2.0/24", HONEST), ("2001:db8::/32", "2001:db8::1"), ("fe80::/10", "fe80::1%eth0")],
)
def test_ignored_networks_are_never_banned(network: str, host: str) -> None:
    guard = Guard(GuardPolicy(attempts=1, ignored=(ip_network(network),)))
    assert not fail(guard, host, 5)
    assert fail(guard, EVIL, 1)


def test_a_guard_that_is_off_bans_nobody() -> None:
    assert not fail(Guard(GuardPolicy(is_on=False)), EVIL, 100)


def test_an_operator_bans_and_unbans() -> None:
    guard = Guard(POLICY)
    guard.ban(EVIL, now=0.0, seconds=5.0)
    assert guard.blocks(EVIL, 4.0)
    assert guard.unban(EVIL)
    assert not guard.blocks(EVIL, 4.0)
    assert not guard.unban(EVIL)


@pytest.mark.parametrize(
    ("host", "source"),
    [
        (EVIL, EVIL),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense:", "nonsense:"),
    ],
)
def test_an_ipv6_site_is_one_source(host: str, source: str) -> None:
    assert site_of(host) == source


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "MAX_SOURCES", 10)
    guard = Guard(POLICY)
    for number in range(50):
        fail(guard, f"203.0.113.{number}", 1)
        guard.ban(f"198.51.100.{number}", now=0.0)
    assert len(guard._counts) == 10
    assert [ban.source for ban in guard.bans(now=1.0)] == [f"198.51.100.{n}" for n in range(40, 50)]


def test_nobody_is_banned_for_what_comes_under_his_address_while_he_is_known() -> None:
    guard = Guard(POLICY)
    assert not guard.trusts(HONEST, 0.0)
    guard.succeeded(HONEST, now=0.0)
    assert guard.trusts(HONEST, 1.0)
    assert not guard.trusts(HONEST, KNOWN_FOR + 1.0)
    for _ in range(100):
        assert not guard.failed(HONEST, now=1.0, is_real=False)
    assert fail(guard, HONEST, 3, now=2.0)  # what certainly came from there counts
    guard.unban(HONEST)
    later = KNOWN_FOR + 1.0
    assert [guard.failed(HONEST, now=later, is_real=False) for _ in range(3)][-1]


def test_who_is_known_is_forgotten_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "MAX_SOURCES", 2)
    guard = Guard(POLICY)
    for host in (HONEST, "192.0.2.8", "192.0.2.9"):
        guard.succeeded(host, now=0.0)
    assert [guard.failed(HONEST, now=1.0, is_real=False) for _ in range(3)][-1]
    assert not guard.failed("192.0.2.9", now=1.0, weight=9.0, is_real=False)
