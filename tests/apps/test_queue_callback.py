"""QueueCallback(): the place is kept, the agent is rung, the number is dialled again and again."""

import asyncio
import json

import pytest

from switchroom.apps.queues.callbacks import Callbacks
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.queues.callback import FAMILY
from switchroom.queues.desk import Desks
from tests.apps.test_queue import Scene, play

OUT = """\
Queue(q)
[keys]
exten => 1,1,QueueCallback(q,{number},{options})
 same => n,Set(DB(t/status)=${{QUEUECALLBACKSTATUS}})
 same => n,Hangup()
[outbound]
exten => 555,1,Wait(2)
 same => n,Answer()
 same => n,Set(DB(t/reached)=yes)
 same => n,Wait(10)
exten => 556,1,Set(GLOBAL(tried)=$[0${{tried}} + 1])
 same => n,GotoIf($[${{tried}} > 1]?555,1)
 same => n,Busy(5)
exten => 557,1,Ringing()
 same => n,Wait(100)
[staff]
exten => late,1,Wait(1)
 same => n,Answer()
 same => n,Wait(40)
[c]
exten => 2,1,Queue(q)"""
QUEUES = (
    "[q]\ncontext=keys\ncallback-context=outbound\nringinuse=no\nretry=1\n"
    "member=>Local/late@staff/n,0,Ann\n"
)


def story_of(number: str, options: str = "") -> str:
    return OUT.format(number=number, options=options)


async def ask_for_it(scene: Scene) -> None:
    """A first caller talks for forty seconds, a second one asks, a third one waits behind it."""
    scene.call()
    await asyncio.sleep(3)
    asks = scene.call()
    await asyncio.sleep(2)
    scene.call(extension="2")
    await asyncio.sleep(1)
    asks.on_digit("1")
    await asyncio.sleep(1)
    assert scene.pbx.astdb.get("t", "status") == "ACCEPTED"
    assert asks.is_finished


def events_of(scene: Scene) -> list[str]:
    return [line[1] for line in scene.log if line[1].startswith("CALLBACK")]


def test_the_place_is_kept_and_the_agent_is_rung_first() -> None:
    async def story(scene: Scene) -> None:
        await ask_for_it(scene)
        desk = scene.pbx.datastore(Desks)["q"]
        assert [desk.queue.position(e) for e in desk.queue.waiting] == [1, 2]
        assert desk.queue.waiting[0].channel.startswith("Callback/555-")
        assert scene.pbx.astdb.items(FAMILY)
        await asyncio.sleep(37)  # the agent is free at 42, and takes a second to answer
        assert events_of(scene) == ["CALLBACKREQUESTED", "CALLBACKDIAL"]
        assert scene.pbx.astdb.get("t", "reached") is None
        await asyncio.sleep(4)
        assert scene.pbx.astdb.get("t", "reached") == "yes"
        await asyncio.sleep(12)
        assert events_of(scene)[-1] == "CALLBACKCOMPLETE"
        assert not scene.pbx.datastore(Callbacks)
        assert not scene.pbx.astdb.items(FAMILY)
        connects = [line for line in scene.log if line[1] == "CONNECT"]
        assert len(connects) == 3  # the third caller was next

    play(story, QUEUES, story_of("555"))


def test_the_number_may_be_dialled_first_while_an_agent_is_kept_free() -> None:
    async def story(scene: Scene) -> None:
        await ask_for_it(scene)
        await asyncio.sleep(36)
        desk = scene.pbx.datastore(Desks)["q"]
        assert events_of(scene) == ["CALLBACKREQUESTED", "CALLBACKDIAL"]
        assert len(desk.queue.claims) == 1
        assert len([line for line in scene.log if line[1] == "CONNECT"]) == 1
        await asyncio.sleep(4)
        assert scene.pbx.astdb.get("t", "reached") == "yes"
        assert len([line for line in scene.log if line[1] == "CONNECT"]) == 2
        await asyncio.sleep(12)
        assert events_of(scene)[-1] == "CALLBACKCOMPLETE"

    play(story, QUEUES, story_of("555", "f"))


@pytest.mark.parametrize("first", ["", "f"])
def test_what_fails_is_tried_again(first: str) -> None:
    async def story(scene: Scene) -> None:
        await ask_for_it(scene)
        await asyncio.sleep(180)
        assert events_of(scene) == [
            "CALLBACKREQUESTED", "CALLBACKDIAL", "CALLBACKFAILED", "CALLBACKDIAL", "CALLBACKCOMPLETE",
        ]  # fmt: skip
        [failed] = [line for line in scene.log if line[1] == "CALLBACKFAILED"]
        assert failed[2:] == ("556", "1", "BUSY")

    play(story, QUEUES, story_of("556", f"{first}i(20)"))


@pytest.mark.parametrize("first", ["", "f"])
def test_it_is_given_up(first: str) -> None:
    async def story(scene: Scene) -> None:
        await ask_for_it(scene)
        await asyncio.sleep(250)
        assert events_of(scene) == [
            "CALLBACKREQUESTED", *["CALLBACKDIAL", "CALLBACKFAILED"] * 2, "CALLBACKGAVEUP",
        ]  # fmt: skip
        assert {line[4] for line in scene.log if line[1] == "CALLBACKFAILED"} == {"NOANSWER"}
        assert not scene.pbx.datastore(Callbacks)

    play(story, QUEUES, story_of("557", f"{first}a(2)i(10)t(5)"))


@pytest.mark.parametrize("first", ["", "f"])
def test_it_is_cancelled_while_it_waits(first: str) -> None:
    async def story(scene: Scene) -> None:
        await ask_for_it(scene)
        callbacks = scene.pbx.datastore(Callbacks)
        [identity] = callbacks
        assert callbacks.cancel(scene.pbx, identity, "CLI")
        await asyncio.sleep(1)
        assert not callbacks
        assert not scene.pbx.astdb.items(FAMILY)
        assert len(scene.pbx.datastore(Desks)["q"].queue.waiting) == 1
        assert not callbacks.cancel(scene.pbx, identity, "CLI")
        assert events_of(scene) == ["CALLBACKREQUESTED", "CALLBACKCANCELLED"]

    play(story, QUEUES, story_of("555", first))


def test_it_goes_on_after_a_restart() -> None:
    kept: list[tuple[str, str]] = []

    async def before(scene: Scene) -> None:
        await ask_for_it(scene)
        kept.extend(scene.pbx.astdb.items(FAMILY))
        assert "joined_at" in kept[0][1]

    play(before, QUEUES, story_of("555"))

    async def after(scene: Scene) -> None:
        for path, line in kept:
            facts = json.loads(line)
            facts["joined_at"] -= 1000.0  # the clock of a test begins at nothing again
            await scene.pbx.astdb.put(FAMILY, path.rpartition("/")[2], json.dumps(facts))
        await scene.pbx.astdb.put(FAMILY, "broken", "{")
        scene.call(extension="2")  # joined later, though it is there before
        await asyncio.sleep(2)
        scene.call(extension="2")
        await asyncio.sleep(1)
        scene.pbx.datastore(Callbacks).restore(scene.pbx)
        await asyncio.sleep(1)
        waiting = scene.pbx.datastore(Desks)["q"].queue.waiting
        assert [entry.channel.partition("/")[0] for entry in waiting] == ["Callback", "PJSIP"]
        await asyncio.sleep(60)
        assert scene.pbx.astdb.get("t", "reached") == "yes"

    play(after, QUEUES, story_of("555"))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("QueueCallback(nosuch,555)", "NOSUCHQUEUE"),
        ("QueueCallback(q,999)", "INVALID"),
        ("QueueCallback(q)", "INVALID"),
        ("QueueCallback(q,555,c(nosuch))", "INVALID"),
        ("QueueCallback(q,555)\n same => n,QueueCallback(q,555)", "ALREADY"),
    ],
)
def test_what_is_refused(line: str, status: str) -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        assert scene.pbx.astdb.get("t", "s") == status
        callbacks = scene.pbx.datastore(Callbacks)
        for identity in list(callbacks):
            callbacks.cancel(scene.pbx, identity, "CLI")

    more = story_of("555").partition("\n")[2]
    play(story, QUEUES, f"{line}\n same => n,Set(DB(t/s)=${{QUEUECALLBACKSTATUS}})\n{more}")


def test_an_agent_who_hangs_up_early_costs_an_attempt_at_most() -> None:
    async def story(scene: Scene) -> None:
        await ask_for_it(scene)
        await asyncio.sleep(37)
        for channel in list(scene.pbx.channels.values()):
            if channel.name.startswith("Local/late@staff") and channel.name.endswith(";2"):
                channel.hangup(HangupCause.NORMAL_CLEARING)
        await asyncio.sleep(120)
        assert events_of(scene)[:2] == ["CALLBACKREQUESTED", "CALLBACKDIAL"]
        assert events_of(scene)[-1] == "CALLBACKCOMPLETE"

    play(story, QUEUES, story_of("555", "i(20)"))
