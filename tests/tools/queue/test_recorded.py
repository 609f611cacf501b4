"""A queue_log read back: what it tells, and the same day once more."""

import asyncio
import random

import pytest

from switchroom.base.errors import SwitchroomError
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.queues.desk import Desks
from switchroom.queues.log import QueueLog
from switchroom.storage.queue_log import log_line
from switchroom.tools.queue.recorded import Recording, Shift, read_log
from switchroom.tools.queue.result import Result, recorded_result, result_of, staffed_by
from switchroom.tools.queue.simulation import Agent, House, Simulation
from tests.apps.test_queue import Scene, play

LOG = """\
1000|NONE|NONE|NONE|QUEUESTART|
1000|NONE|support|Ann|PAUSE|lunch
1010|1.1|support|NONE|ENTERQUEUE||100|1
1012|1.2|support|NONE|ENTERQUEUE||101|2
1013|1.1|support|Bob|RINGNOANSWER|3000
1020|NONE|support|Ann|UNPAUSE|
1024|1.1|support|Ann|CONNECT|14|1.3|4
1030|1.2|support|NONE|ABANDON|1|2|18
1084|1.1|support|Ann|COMPLETECALLER|14|60|1
1090|NONE|support|Cem|ADDMEMBER|
1100|1.4|sales|NONE|ENTERQUEUE||100|1
1101|1.5|support|NONE|ENTERQUEUE||100|1
1105|1.5|support|Cem|CONNECT|4|1.6|2
1120|1.5|support|Cem|BLINDTRANSFER|200|out|4|15|1
1130|1.7|support|NONE|ENTERQUEUE||100|1
1150|1.7|support|NONE|EXITWITHTIMEOUT|1|1|20
broken line
1200|NONE|support|Cem|REMOVEMEMBER|
"""


def test_what_a_log_tells() -> None:
    told = read_log(LOG.splitlines(keepends=True))
    assert (told.queue, told.began, told.ended) == ("support", 1000.0, 1200.0)
    assert told.agents == ["Ann", "Bob", "Cem"]
    assert told.at_first == ["Ann", "Bob"]
    assert told.shifts == [
        Shift(0.0, "Ann", is_on=False),
        Shift(20.0, "Ann", is_on=True),
        Shift(90.0, "Cem", is_on=True),
        Shift(200.0, "Cem", is_on=False),
    ]
    assert sorted(staffed_by(told)) == [(0.0, 0.0), (0.0, 200.0), (20.0, 200.0), (90.0, 200.0)]
    first, second, third, fourth = told.calls
    assert (first.at, first.waited, first.agent, first.rang, first.talked, first.misses) == (
        10.0, 14.0, "Ann", 4.0, 60.0, [3.0],
    )  # fmt: skip
    assert (second.waited, second.gave_up, second.ended_by) == (18.0, True, "ABANDON")
    assert (third.agent, third.talked) == ("Cem", 15.0)
    assert (fourth.waited, fourth.gave_up, fourth.ended_by) == (20.0, False, "EXITWITHTIMEOUT")


def test_as_traffic() -> None:
    calls = read_log(LOG.splitlines(keepends=True)).traffic(random.Random(1))
    assert [call.at for call in calls] == [10.0, 12.0, 101.0, 130.0]
    assert [call.rings for call in calls] == [4.0, None, 2.0, None]
    assert (calls[0].talk, calls[0].misses, calls[1].patience) == (60.0, (3.0,), 18.0)
    assert calls[1].talk in {60.0, 15.0}
    assert calls[0].patience > 14.0
    assert calls[3].patience > 20.0


def test_its_own_figures() -> None:
    told = recorded_result(
        read_log(LOG.splitlines(keepends=True)), within=20.0, wrap_up=10.0, interval=1800.0
    ).whole
    assert (told.offered, told.answered, told.abandoned, told.timed_out) == (4, 2, 1, 1)
    assert (told.asa, told.service_level) == (9.0, 100.0)


def test_logs_without_calls() -> None:
    with pytest.raises(SwitchroomError, match="an empty log"):
        read_log([])
    with pytest.raises(SwitchroomError, match="no call of queue 'other'"):
        read_log(LOG.splitlines(), "other")


AGENT = """
[staff]
exten => _aX,1,Wait(2)
 same => n,Answer()
 same => n,Wait(${RAND(20,90)})
"""
QUEUES = (
    "[q]\nstrategy=leastrecent\nwrapuptime=5\nringinuse=no\nautofill=yes\nservicelevel=20\n"
    + "".join(f"member=>Local/a{number}@staff/n,0,Agent {number}\n" for number in range(4))
)


def record() -> list[str]:
    """An hour of Queue() itself: a hundred callers come by chance, some are impatient."""
    lines: list[str] = []
    chance = random.Random(7)

    async def story(scene: Scene) -> None:
        desks = scene.pbx.datastore(Desks)
        scene.pbx.chance.seed(3)
        scene.pbx.datastore(QueueLog).sinks.append(
            lambda *line: lines.append(log_line(desks.now(), *line))
        )
        for _ in range(100):
            await asyncio.sleep(chance.expovariate(1 / 17.0))
            caller = scene.call()
            patience = chance.expovariate(1 / 60.0)

            async def wait(caller: object = caller, patience: float = patience) -> None:
                await asyncio.sleep(patience)
                waiting = {entry.channel for entry in desks["q"].queue.waiting}
                if caller.name in waiting:  # type: ignore[attr-defined]  # a channel
                    caller.hangup()  # type: ignore[attr-defined]  # a channel

            scene.pbx.spawn(wait(), name="patience")
        await asyncio.sleep(600)

    play(story, QUEUES, f"Queue(q)\n{AGENT}[c]\nexten => 2,1,NoOp()")
    return lines


def again(recording: Recording, agents: int | None = None) -> Result:
    settings = read_queues(parse_config(QUEUES)).queues["q"]
    names = recording.agents
    if agents is not None:
        names = [f"agent {number}" for number in range(agents)]
    simulation = Simulation(House(settings, [Agent(name) for name in names]), seed=1)
    outcomes = simulation.run(recording.traffic(random.Random(1)))
    return result_of(outcomes, simulation.staffed, within=20.0, interval=1800.0)


def test_a_day_of_the_real_queue_comes_out_the_same_once_more() -> None:
    recording = read_log(record())
    real = recorded_result(recording, within=20.0, wrap_up=5.0, interval=1800.0).whole
    same = again(recording).whole
    assert real.offered == same.offered == 100
    assert real.abandoned > 10  # so that there is something to get wrong
    assert abs(same.abandoned - real.abandoned) <= 3
    assert same.asa == pytest.approx(real.asa, abs=2.0)
    assert same.service_level == pytest.approx(real.service_level, abs=6.0)
    assert same.occupancy == pytest.approx(real.occupancy, abs=4.0)
    more = again(recording, agents=8).whole
    fewer = again(recording, agents=3).whole
    assert more.abandoned < same.abandoned < fewer.abandoned
    assert more.service_level > 95.0 > fewer.service_level
