"""Counting, adding up, and what is made of it."""

import random

import pytest

from switchroom.tools.bench.measuring import Spans, Tally
from switchroom.tools.bench.pace import Pace
from switchroom.tools.bench.search import PRECISION, RateSearch
from switchroom.tools.bench.settings import Kind, Load, User, shares
from switchroom.tools.bench.verdict import Verdict, judge, own_limits


def test_quantiles_are_right_to_two_per_cent() -> None:
    chance = random.Random(1)
    values = sorted(chance.expovariate(100) for _ in range(5000))
    spans = Spans()
    for value in values:
        spans.add(value)
    for share in (0.5, 0.9, 0.99):
        exact = values[int(share * len(values)) - 1]
        assert spans.quantile(share) == pytest.approx(exact, rel=0.02)
    assert spans.quantile(1.0) == spans.longest == values[-1]
    assert spans.count == 5000


def test_without_a_span_there_is_no_quantile() -> None:
    assert Spans().quantile(0.5) is None


def test_spans_of_two_processes_add_up() -> None:
    one, two, both = Spans(), Spans(), Spans()
    for number in range(100):
        (one if number % 2 else two).add(number / 1000)
        both.add(number / 1000)
    one.merge(two)
    assert [one.quantile(q / 10) for q in range(11)] == [both.quantile(q / 10) for q in range(11)]
    assert (one.count, one.longest) == (100, 0.099)


def test_tallies_of_two_processes_add_up() -> None:
    one, two = Tally(begun=10, done=8, seconds=2.0), Tally(begun=5, done=5, seconds=2.5)
    one.refused[503] = two.refused[503] = 1
    two.refused[486] = 2
    one.unanswered, two.dropped, two.late, two.up_at_once = 1, 3, 4, 5
    one.effort.cpu_share, two.effort.cpu_share = 0.2, 0.9
    one.effort.processes = two.effort.processes = 1
    two.audio.lost, two.audio.silent = 7, 1
    one.merge(two)
    assert (one.begun, one.done, one.failed, one.late, one.up_at_once) == (15, 13, 8, 4, 5)
    assert one.refused == {503: 2, 486: 2}
    assert (one.effort.cpu_share, one.effort.processes) == (0.9, 2)
    assert (one.audio.lost, one.audio.silent) == (7, 1)
    assert one.rate == pytest.approx(15 / 2.5)


def test_calls_begin_by_the_clock_however_late_it_is_looked_at() -> None:
    pace = Pace(10, 25, now=100.0)
    assert pace.due(now=100.0) == 1
    assert pace.next_at == pytest.approx(100.1)
    assert pace.due(now=100.05) == 0
    assert pace.late(now=100.35) == pytest.approx(0.25)
    assert pace.due(now=100.35) == 3
    assert pace.late(now=100.35) == 0
    assert pace.due(now=200.0) == 21
    assert pace.is_done
    assert pace.due(now=300.0) == 0


def tally(**facts: int) -> Tally:
    whole = Tally(begun=100, done=100)
    for name, value in facts.items():
        setattr(whole, name, value)
    return whole


def test_verdicts() -> None:
    assert judge(tally()) is Verdict.CLEAN
    assert judge(tally(unanswered=1)) is Verdict.FAILING
    assert judge(tally(late=1)) is Verdict.FAILING
    assert judge(tally(dropped=1)) is Verdict.FAILING
    assert judge(tally(done=0, unanswered=100)) is Verdict.NOBODY
    refused = tally(done=0)
    refused.refused[503] = 100
    assert judge(refused) is Verdict.FAILING  # somebody is there
    silent = tally()
    silent.audio.silent = 1
    assert judge(silent) is Verdict.FAILING


@pytest.mark.parametrize(("lost", "verdict"), [(10, Verdict.CLEAN), (11, Verdict.FAILING)])
def test_a_packet_in_a_thousand_may_be_lost(lost: int, verdict: Verdict) -> None:
    whole = tally()
    whole.audio.received, whole.audio.lost = 10_000, lost
    assert judge(whole) is verdict


def test_a_load_that_is_too_slow_blames_itself() -> None:
    busy, late = tally(unanswered=50), tally()
    busy.effort.cpu_share = 0.97
    for number in range(100):
        late.effort.lag.add(0.2 if number < 10 else 0.001)
    assert own_limits(busy) == ["a process of the load took 97% of a core"]
    assert own_limits(late)[0].startswith("calls began 20")
    assert judge(busy) is judge(late) is Verdict.SATURATED
    assert own_limits(tally()) == []


@pytest.mark.parametrize("limit", [3.0, 47.0, 333.0, 999.0])
def test_a_search_finds_the_limit(limit: float) -> None:
    search = RateSearch(20.0, 1000.0)
    tries = 0
    while not search.is_over:
        search.tried(is_clean=search.rate <= limit)
        tries += 1
    assert limit / PRECISION <= search.highest <= limit
    assert tries < 25


def test_a_search_ends_where_it_may_not_go_on() -> None:
    search = RateSearch(20.0, 100.0)
    rates = []
    while not search.is_over:
        rates.append(search.rate)
        search.tried(is_clean=True)
    assert rates == [20.0, 30.0, 45.0, 67.5, 100.0]
    assert search.highest == 100.0


def test_a_search_ends_where_nothing_goes_well() -> None:
    search = RateSearch(20.0, 100.0)
    while not search.is_over:
        search.tried(is_clean=False)
    assert search.highest == 0.0


def load(count: int, users: int = 1) -> Load:
    names = tuple(User(f"u{number}") for number in range(users))
    return Load(Kind.CALLS, "sip:a@h", ("127.0.0.1", 5060), 100.0, count, 0.0, names, "h")


def test_processes_share_calls_rate_users_and_ports() -> None:
    whole = load(10, users=4)
    found = shares(whole, 3)
    assert [share.count for share in found] == [4, 3, 3]
    assert sum(share.rate for share in found) == pytest.approx(100.0)
    assert sorted(user.name for share in found for user in share.users) == ["u0", "u1", "u2", "u3"]
    ports = [range(share.first_port, share.last_port + 2) for share in found]
    assert all(len(range(max(a.start, b.start), min(a.stop, b.stop))) == 0
               for a in ports for b in ports if a is not b)  # fmt: skip
    assert all(share.first_port % 2 == 0 for share in found)


def test_a_process_without_a_call_is_not_begun() -> None:
    assert [share.count for share in shares(load(2), 5)] == [1, 1]
