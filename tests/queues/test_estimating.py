"""Estimated waiting times: the model's figures, and what they are worth."""

import random

import pytest

from switchroom.config.queues.queues import QueueSettings
from switchroom.config.queues.skills import parse_levels, parse_requirement
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.entry import Entry
from switchroom.queues.estimating import WEIGHT, Flow, estimated_wait
from switchroom.queues.queue import CallQueue
from switchroom.queues.skills import Demand
from switchroom.tools.queue.result import result_of
from switchroom.tools.queue.simulation import Agent, House, Simulation
from switchroom.tools.queue.traffic import Traffic, exponential
from tests.queues.test_queue import join, make


def busy(*names: str, handling: float = 120.0) -> CallQueue:
    queue = make(*names, strategy="linear")
    for member in queue.members.values():
        member.state = DeviceState.INUSE
    queue.flow.handles(handling)
    return queue


def test_averages() -> None:
    flow = Flow()
    for at in (100.0, 110.0, 130.0):
        flow.joins(at)
    assert (flow.gap, flow.joined) == (15.0, 3)
    for seconds, gave_up in ((10.0, False), (30.0, True)):
        flow.waits_no_more(seconds, gave_up=gave_up)
    assert (flow.waiting, flow.given_up, flow.giving_up) == (20.0, 0.5, 0.025)
    for _ in range(10 * WEIGHT):
        flow.handles(50.0)
    flow.handles(50.0 + WEIGHT)
    assert flow.handling == pytest.approx(51.0)


@pytest.mark.parametrize(("position", "seconds"), [(1, 30.0), (2, 60.0), (0, 30.0)])
def test_each_before_takes_its_share_of_the_agents(position: int, seconds: float) -> None:
    queue = busy("a", "b", "c", "d")
    assert estimated_wait(queue, 0.0, position=position) == pytest.approx(seconds)


def test_the_next_one_stands_behind_all_who_wait() -> None:
    queue = busy("a", "b", "c", "d")
    first, second = join(queue, "first"), join(queue, "second")
    assert estimated_wait(queue, 0.0) == pytest.approx(90.0)
    assert estimated_wait(queue, 0.0, entry=first) == pytest.approx(30.0)
    assert estimated_wait(queue, 0.0, entry=second) == pytest.approx(60.0)


def test_those_before_may_give_up() -> None:
    queue = busy("a", "b", handling=100.0)
    queue.flow.waits_no_more(50.0, gave_up=True)
    # The first goes at 2/100 a second, the second waits for that, or for the first to give up.
    assert estimated_wait(queue, 0.0, position=2) == pytest.approx(1 / 0.02 + 1 / 0.04)


def test_who_counts() -> None:
    queue = busy("a", "b", "c:9", "d")
    queue.members["b"].is_paused = True
    queue.members["d"].state = DeviceState.UNAVAILABLE
    queue.members["c"].skills = parse_levels("fr")
    assert estimated_wait(queue, 0.0) == pytest.approx(60.0)
    entry = join(queue, demand=Demand(parse_requirement("fr")))
    assert estimated_wait(queue, 0.0, entry=entry) == pytest.approx(120.0)
    entry.highest = 5
    assert estimated_wait(queue, 0.0, entry=entry) is None


def test_free_agents_and_nothing_known() -> None:
    assert estimated_wait(make("a"), 0.0) == 0.0
    assert estimated_wait(make(), 0.0) is None
    queue = make("a")
    queue.members["a"].state = DeviceState.INUSE
    assert estimated_wait(queue, 0.0) is None


def test_those_of_a_higher_priority_go_before() -> None:
    queue = busy("a", "b", handling=100.0)
    queue.flow.joins(0.0)
    queue.flow.joins(100.0)
    queue.join(Entry("vip", "", 0.0, priority=5))
    plain = join(queue, "plain")
    queue.flow.gap = 100.0  # one in a hundred seconds, where two are taken: half of them vips
    assert estimated_wait(queue, 0.0, entry=plain) == pytest.approx(2 * 50.0 / 0.75)


@pytest.mark.parametrize(("patience", "error"), [(None, 0.35), (120.0, 0.75)])
def test_its_error_in_the_simulator(patience: float | None, error: float) -> None:
    """The mean error, as a part of the mean wait of those who had to wait at all."""
    traffic = Traffic((220.0,), 30 * 3600.0, exponential(180.0), patience)
    agents = [Agent(f"a{number}") for number in range(12)]
    simulation = Simulation(House(QueueSettings(name="q", strategy="leastrecent"), agents), seed=3)
    outcomes = simulation.run(traffic.calls(random.Random(3)))
    waited = [each for each in outcomes if each.rang_after > 0]
    told = result_of(waited, simulation.staffed, within=20.0, interval=1e6).estimation
    assert told is not None
    assert told.count > 1000
    assert told.mean_error < error * told.mean_wait
    assert abs(told.bias) < 0.3 * told.mean_wait
