"""Keys of queues.conf that say what callers and agents are told."""

import asyncio

import pytest

from switchroom.pbx.channel import Channel
from switchroom.queues.desk import Desks
from tests.apps.test_queue import Scene, play
from tests.support.fakes import FakeSounds, fake_stream
from tests.support.phones import Phones, hears

TELLS = "announce-frequency=100\nretry=1\nqueue-thankyou=\n"


def told(channel: Channel) -> list[str]:
    """What was said to a caller, without the music."""
    return [name for name in fake_stream(channel).played if not name.startswith("moh")]


@pytest.mark.parametrize(
    ("keys", "hold_time", "said"),
    [
        ("", 0.0, []),
        ("", 100.0, ["queue-holdtime", "digits/2", "queue-minutes"]),
        ("", 70.0, ["queue-holdtime", "digits/1", "queue-minute"]),
        ("queue-minute=min\nqueue-holdtime=hold", 70.0, ["hold", "digits/1", "min"]),
        ("queue-lessthan=under", 70.0, ["queue-holdtime", "under", "digits/2", "queue-minutes"]),
        ("queue-lessthan=under", 100.0, ["queue-holdtime", "digits/2", "queue-minutes"]),
        (
            "announce-round-seconds=10",
            79.0,
            ["queue-holdtime", "digits/1", "queue-minute", "digits/10", "queue-seconds"],
        ),
        ("announce-round-seconds=30\nqueue-seconds=s", 59.0, ["queue-holdtime", "digits/30", "s"]),
        ("announce-holdtime=no", 100.0, []),
    ],
)
def test_the_hold_time(keys: str, hold_time: float, said: list[str]) -> None:
    async def story(scene: Scene) -> None:
        queue = scene.pbx.datastore(Desks)["q"].queue
        queue.statistics.hold_time = hold_time
        channel = scene.call()
        await asyncio.sleep(50)
        assert told(channel) == said

    play(story, f"[q]\n{TELLS}announce-position=no\n{keys}\n", "Queue(q)")


@pytest.mark.parametrize(("once", "times"), [("yes", 3), ("once", 1)])
def test_the_hold_time_is_told_once(once: str, times: int) -> None:
    async def story(scene: Scene) -> None:
        scene.pbx.datastore(Desks)["q"].queue.statistics.hold_time = 120.0
        channel = scene.call()
        await asyncio.sleep(50)
        assert told(channel).count("queue-holdtime") == times

    keys = f"announce-frequency=20\nretry=1\nannounce-position=no\nannounce-holdtime={once}\n"
    play(story, f"[q]\n{keys}", "Queue(q)")


THERE_ARE_THREE = ["queue-thereare", "digits/3", "queue-callswaiting"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("announce-position=yes", THERE_ARE_THREE),
        ("announce-position=no", []),
        ("announce-position=limit\nannounce-position-limit=3", THERE_ARE_THREE),
        ("announce-position=limit\nannounce-position-limit=2", []),
        (
            "announce-position=more\nannounce-position-limit=2\nqueue-quantity2=callers",
            ["queue-quantity1", "digits/2", "callers"],
        ),
        ("queue-thereare=a\nqueue-callswaiting=b", ["a", "digits/3", "b"]),
    ],
)
def test_the_position_of_the_third(keys: str, said: list[str]) -> None:
    async def story(scene: Scene) -> None:
        callers = []
        for _ in range(3):
            callers.append(scene.call())
            await asyncio.sleep(0.1)
        await asyncio.sleep(30)
        assert told(callers[-1]) == said

    play(story, f"[q]\n{TELLS}announce-holdtime=no\n{keys}\n", "Queue(q)")


@pytest.mark.parametrize(("only_up", "said"), [("no", 2), ("yes", 1)])
def test_a_position_that_got_worse(only_up: str, said: int) -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(10)
        assert told(channel) == ["queue-youarenext"]
        scene.call(extension="vip")
        await asyncio.sleep(30)
        assert len([each for each in told(channel) if each.startswith("queue-")]) >= said
        assert ("queue-thereare" in told(channel)) is (only_up == "no")

    lines = "Queue(q)\nexten => vip,1,Set(QUEUE_PRIO=9)\n same => n,Queue(q)\n"
    keys = f"announce-frequency=20\nmin-announce-frequency=15\nannounce-position-only-up={only_up}"
    play(story, f"[q]\nretry=1\nqueue-thankyou=\nannounce-holdtime=no\n{keys}\n", lines)


@pytest.mark.parametrize(("least", "after"), [(15, 15), (30, 30), (0, 60)])
def test_a_position_that_changed_is_told_earlier(least: int, after: int) -> None:
    async def story(scene: Scene) -> None:
        first = scene.call()
        await asyncio.sleep(0.1)
        second = scene.call()
        await asyncio.sleep(5)
        assert told(second) == ["queue-thereare", "digits/2", "queue-callswaiting"]
        first.hangup()
        await asyncio.sleep(after - 6)
        assert "queue-youarenext" not in told(second)
        await asyncio.sleep(3)
        assert told(second)[-1] == "queue-youarenext"

    keys = f"announce-frequency=60\nmin-announce-frequency={least}\n"
    play(story, f"[q]\nretry=1\nqueue-thankyou=\nannounce-holdtime=no\n{keys}", "Queue(q)")


@pytest.mark.parametrize(("delay", "times"), [("", 2), ("0", 3), ("15", 2), ("50", 0)])
def test_when_periodic_announcements_begin(delay: str, times: int) -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(45)
        assert told(channel).count("periodic") == times

    key = f"periodic-announce-startdelay={delay}\n" if delay else ""
    play(
        story,
        f"[q]\nperiodic-announce=periodic\nperiodic-announce-frequency=20\n{key}",
        "Queue(q)",
        sounds=FakeSounds({"periodic": 1.0}),
    )


@pytest.mark.parametrize(("is_random", "count"), [("no", 1), ("yes", 2)])
def test_several_periodic_announcements(is_random: str, count: int) -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(405)
        said = told(channel)
        assert len(said) == 40
        assert set(said) == {"a", "b", "c"}
        in_turn = ["a", "b", "c"] * 14
        assert (said == in_turn[:40]) is (count == 1)

    play(
        story,
        "[q]\nperiodic-announce=a,b,c\nperiodic-announce-frequency=10\n"
        f"random-periodic-announce={is_random}\n",
        "Queue(q)",
        sounds=FakeSounds({"a": 1.0, "b": 1.0, "c": 1.0}),
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("announce=sales", ["sales"]),
        ("reportholdtime=yes", ["queue-reporthold", "digits/4", "queue-seconds"]),
        ("announce=sales\nreportholdtime=yes\nqueue-reporthold=r", ["sales", "r", "digits/4", "queue-seconds"]),
    ],
)  # fmt: skip
def test_what_an_agent_is_told(keys: str, said: list[str]) -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(20)
        (call,) = phones.calls
        assert fake_stream(call.channel).played == said

    phones = Phones(bob=4)
    play(story, f"[q]\nmember=>Phone/bob\n{keys}\n", "Queue(q)", phones=phones)


def test_a_caller_is_told_that_an_agent_comes() -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(5)
        assert hears(channel, phones.calls[0].channel)
        assert told(channel) == ["coming"]

    phones = Phones(bob=1)
    queue = "[q]\nmember=>Phone/bob\nqueue-callerannounce=coming\n"
    play(story, queue, "Queue(q)", phones=phones)
