"""A queue in virtual time, held against Erlang's formulas and against what is known beforehand."""

import math
import random
import time
from dataclasses import replace

import pytest

from switchroom.config.queues.queues import QueueSettings
from switchroom.config.queues.skills import parse_levels, parse_requirement
from switchroom.tools.queue.erlang import erlang_b, erlang_c, service_level, speed_of_answer
from switchroom.tools.queue.result import Result, result_of
from switchroom.tools.queue.simulation import Agent, House, Rules, Simulation
from switchroom.tools.queue.traffic import (
    SHAPES,
    Call,
    Traffic,
    constant,
    exponential,
)

QUEUE = QueueSettings(name="q", strategy="leastrecent", rings_in_use=False)


def house(count: int, **options: object) -> House:
    agents = [Agent(f"agent {number}") for number in range(1, count + 1)]
    return replace(House(QUEUE, agents), **options)  # type: ignore[arg-type]


def result(simulation: Simulation, within: float = 20.0) -> Result:
    return result_of(simulation.outcomes, simulation.staffed, within=within, interval=1800.0)


def played(tried: House, *calls: Call) -> list[tuple[str, float, str]]:
    simulation = Simulation(tried)
    return [(each.how, each.waited, each.agent) for each in simulation.run(calls)]


def test_formulas() -> None:
    assert erlang_b(10.0, 15) == pytest.approx(0.0365, abs=1e-4)  # from the tables
    assert erlang_c(10.0, 12) == pytest.approx(0.4494, abs=1e-3)
    assert erlang_c(12.0, 12) == 1.0
    assert speed_of_answer(12.0, 12, 180.0) == math.inf
    assert service_level(12.0, 12, 180.0, 20.0) == 0.0
    # A single agent: the load is the part that waits.
    assert erlang_c(0.5, 1) == pytest.approx(0.5)
    assert speed_of_answer(0.5, 1, 100.0) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("strategy", "agents", "load"), [("leastrecent", 10, 8.0), ("ringall", 6, 4.5)]
)
def test_erlang_c(strategy: str, agents: int, load: float) -> None:
    """Patient callers, exponential talks: within a few per cent, of 15,000 calls."""
    talk = 180.0
    rate = load / talk * 3600
    traffic = Traffic((rate,), 15_000 / rate * 3600, exponential(talk))
    tried = house(agents, settings=replace(QUEUE, strategy=strategy))
    simulation = Simulation(tried, seed=5)
    simulation.run(traffic.calls(random.Random(5)))
    told = result(simulation).whole
    assert told.answered == told.offered > 14_500
    assert told.service_level / 100 == pytest.approx(
        service_level(load, agents, talk, 20.0), rel=0.03
    )
    assert told.asa == pytest.approx(speed_of_answer(load, agents, talk), rel=0.1)
    assert told.occupancy / 100 == pytest.approx(load / agents, rel=0.02)


def test_a_day_of_ten_thousand_calls_takes_seconds() -> None:
    began = time.process_time()
    traffic = Traffic((420.0,), 24 * 3600.0, exponential(180.0), 120.0)
    simulation = Simulation(house(24), seed=1)
    assert len(simulation.run(traffic.calls(random.Random(1)))) > 9500
    assert time.process_time() - began < 30.0


def two_queues(light: QueueSettings, heavy: QueueSettings, **rules: object) -> Simulation:
    agents = [Agent("agent", device="PJSIP/a")]
    return Simulation(House(light, agents), House(heavy, agents), rules=Rules(**rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(("weight", "first"), [(0, "light"), (5, "heavy")])
def test_a_common_agent_has_one_call_at_a_time(weight: int, first: str) -> None:
    simulation = two_queues(
        replace(QUEUE, name="light"), replace(QUEUE, name="heavy", weight=weight)
    )
    calls = [Call(0.0, 100.0, queue="light"), Call(10.0, 50.0, queue="light")]
    told = simulation.run([*calls, Call(20.0, 50.0, queue="heavy")])
    assert {each.call.queue: each.waited for each in told[1:]} == (
        {"light": 90.0, "heavy": 130.0} if first == "light" else {"light": 140.0, "heavy": 80.0}
    )
    assert simulation.staffed == [(0.0, 200.0)]
    assert simulation.staffed_in("heavy") == [(0.0, 200.0)]


def test_what_counts_for_all_queues_together() -> None:
    one, other = (replace(QUEUE, name=name, wrap_up=30.0) for name in ("one", "other"))
    calls = [Call(0.0, 10.0, queue="one"), Call(5.0, 10.0, queue="other")]
    told = two_queues(one, other).run(calls)
    assert told[1].waited == 5.0
    told = two_queues(one, other, shares_last_call=True).run(calls)
    assert told[1].waited == 35.0
    calls = [
        Call(0.0, 50.0, queue="one"), Call(20.0, 9.0, queue="one"), Call(10.0, 9.0, queue="other"),
    ]  # fmt: skip
    one, other = (replace(QUEUE, name=name) for name in ("one", "other"))
    told = two_queues(one, other, longest_first="yes").run(sorted(calls, key=lambda c: c.at))
    assert [each.waited for each in told] == [0.0, 40.0, 39.0]


def test_one_after_the_other() -> None:
    tried = house(1, settings=replace(QUEUE, wrap_up=5.0))
    assert played(tried, Call(0.0, 30.0), Call(10.0, 30.0), Call(11.0, 30.0, patience=20.0)) == [
        ("answered", 0.0, "agent 1"),
        ("answered", 25.0, "agent 1"),
        ("abandoned", 20.0, ""),
    ]


def test_who_gives_up_while_a_phone_rings() -> None:
    tried = house(1, rings=constant(10.0), settings=replace(QUEUE, retry=0.0))
    assert played(tried, Call(0.0, 30.0, patience=4.0), Call(1.0, 30.0)) == [
        ("abandoned", 4.0, ""),
        ("answered", 13.0, "agent 1"),
    ]


def test_misses_retry_and_timeout() -> None:
    settings = replace(QUEUE, timeout=15.0, retry=5.0)
    calls = (Call(0.0, 30.0, misses=(15.0,)),)
    assert played(house(1, settings=settings), *calls) == [("answered", 20.0, "agent 1")]
    assert played(house(1, settings=settings, timeout=18.0), *calls) == [("timeout", 18.0, "")]
    assert played(house(1, settings=settings, misses=1.0, timeout=60.0), Call(0.0, 1.0)) == [
        ("timeout", 60.0, "")
    ]


def test_a_full_queue_and_an_empty_one() -> None:
    calls = (Call(0.0, 30.0), Call(1.0, 30.0), Call(2.0, 30.0))
    full = house(1, settings=replace(QUEUE, most=1))
    assert [how for how, *_ in played(full, *calls)] == ["answered", "answered", "full"]
    paused = house(1, settings=replace(QUEUE, must_have_members=True,
                                       join_empty=frozenset({"paused"})))  # fmt: skip
    away = replace(paused, agents=[replace(paused.agents[0], is_there=False)])
    assert [how for how, *_ in played(away, *calls)] == ["empty"] * 3


def test_skills_decide_here_too() -> None:
    able = Agent("able", skills=parse_levels("en:3"))
    tried = replace(house(1), agents=[Agent("other"), able])
    asking = parse_requirement("en>=2")
    assert played(
        tried, Call(0.0, 50.0, requirement=asking), Call(1.0, 9.0, requirement=asking)
    ) == [
        ("answered", 0.0, "able"),
        ("answered", 49.0, "able"),
    ]


def test_one_seed_one_result() -> None:
    def run(seed: int) -> Result:
        traffic = Traffic((200.0,), 7200.0, exponential(180.0), 60.0)
        simulation = Simulation(house(9, rings=exponential(5.0), misses=0.05), seed=seed)
        simulation.run(traffic.calls(random.Random(seed)))
        return result(simulation)

    assert run(1) == run(1) != run(2)


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_have_the_mean_that_is_asked_for(shape: str) -> None:
    chance = random.Random(1)
    draw = SHAPES[shape](180.0)
    assert sum(draw(chance) for _ in range(40_000)) / 40_000 == pytest.approx(180.0, rel=0.02)


def test_traffic_by_the_hour() -> None:
    calls = [*Traffic((60.0, 240.0), 3 * 3600.0, constant(1.0)).calls(random.Random(2))]
    hours = [sum(int(call.at // 3600) == hour for call in calls) for hour in range(3)]
    assert hours[0] == pytest.approx(60, abs=25)
    assert hours[1] == pytest.approx(240, abs=50)
    assert hours[2] == pytest.approx(240, abs=50)


def test_figures_of_a_small_day() -> None:
    simulation = Simulation(house(2), seed=1)
    simulation.run(
        [Call(0.0, 100.0), Call(0.0, 60.0), Call(10.0, 40.0), Call(1900.0, 40.0),
         Call(20.0, 40.0, patience=30.0), Call(30.0, 40.0, patience=5.0)]
    )  # fmt: skip
    told = result(simulation)
    whole = told.whole
    assert (whole.offered, whole.answered, whole.abandoned) == (6, 4, 2)
    # In time: three of four answered; one gave up in time, and counts for nothing.
    assert whole.service_level == pytest.approx(100 * 3 / 5)
    assert (whole.asa, whole.wait_longest, whole.wait_p90) == (12.5, 50.0, 50.0)
    assert whole.occupancy == pytest.approx(100 * 240 / (2 * 1940))
    assert [(at, row.offered) for at, row in told.rows] == [(0.0, 5), (1800.0, 1)]
    assert told.rows[0][1].occupancy == pytest.approx(100 * 200 / 3600)
