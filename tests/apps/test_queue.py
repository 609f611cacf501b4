"""Queue() and its like from the dialplan."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceStateChanged, device_state
from switchroom.pbx.technology import Technology
from switchroom.queues.desk import Desks
from switchroom.queues.log import QueueLog
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones

AGENTS = """\
[agents]
exten => slow,1,Ringing()
 same => n,Wait(300)
exten => good,1,Wait(1)
 same => n,Answer()
 same => n,Wait(20)
exten => late,1,Wait(2)
 same => n,Busy(1)
exten => short,1,Answer()
 same => n,Wait(2)
[out]
exten => 5,1,Set(DB(t/where)=out)
"""


class Scene:
    """A core with queues."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.log: list[tuple[str, ...]] = []
        pbx.datastore(QueueLog).sinks.append(lambda *line: self.log.append(line[2:]))

    def call(self, lines: str = "", extension: str = "1", **facts: Any) -> Channel:
        name = f"PJSIP/caller-{self.pbx.next_sequence('test'):08x}"
        channel = make_channel(self.pbx, name=name, context="c", extension=extension, **facts)
        self.pbx.start(channel)
        return channel

    @property
    def events(self) -> list[str]:
        return [line[1] for line in self.log]


def play(
    story: Callable[[Scene], Awaitable[None]],
    queues: str,
    lines: str,
    *,
    sounds: FakeSounds | None = None,
    phones: Phones | None = None,
) -> None:
    async def main() -> None:
        interpreter = make_interpreter(f"{AGENTS}[c]\nexten => 1,1,{lines}\nexten => h,1,NoOp()\n")
        technologies: dict[str, Technology] = {"LOCAL": LocalTechnology()}
        if phones is not None:
            technologies["PHONE"] = phones
        async with make_pbx(interpreter, sounds=sounds, technologies=technologies) as pbx:
            pbx.datastore(Desks).use(pbx, read_queues(parse_config(queues)), {})
            scene = Scene(pbx)
            try:
                await story(scene)
            finally:
                for channel in list(pbx.channels.values()):
                    channel.hangup()
                await asyncio.sleep(60)
            assert not pbx.channels
            for desk in pbx.datastore(Desks).values():
                assert not desk.queue.entries
                assert not len(desk.queue.claims)

    run_virtual(main())


def test_status_variables_of_members() -> None:
    lines = (
        "AddQueueMember(q,Local/zz@agents,2,,Zed)\n same => n,Set(DB(t/a)=${AQMSTATUS})\n"
        " same => n,AddQueueMember(q,Local/zz@agents)\n same => n,Set(DB(t/b)=${AQMSTATUS})\n"
        " same => n,PauseQueueMember(q,Local/zz@agents,,why)\n same => n,Set(DB(t/c)=${PQMSTATUS})\n"
        " same => n,UnpauseQueueMember(,Local/zz@agents)\n same => n,Set(DB(t/d)=${UPQMSTATUS})\n"
        " same => n,PauseQueueMember(q,Local/none@agents)\n same => n,Set(DB(t/e)=${PQMSTATUS})\n"
        " same => n,RemoveQueueMember(q,Local/zz@agents)\n same => n,Set(DB(t/f)=${RQMSTATUS})\n"
        " same => n,RemoveQueueMember(q,Local/zz@agents)\n same => n,Set(DB(t/g)=${RQMSTATUS})\n"
        " same => n,RemoveQueueMember(q,Local/static@agents)\n same => n,Set(DB(t/h)=${RQMSTATUS})\n"
        " same => n,AddQueueMember(nosuch,Local/zz@agents)\n same => n,Set(DB(t/i)=${AQMSTATUS})\n"
        " same => n,QueueLog(q,xyz,NONE,MYEVENT,some data, more)\n"
    )

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        got = [scene.pbx.astdb.get("t", key) for key in "abcdefghi"]
        assert got == [
            "ADDED", "MEMBERALREADY", "PAUSED", "UNPAUSED", "NOTFOUND", "REMOVED", "NOTINQUEUE",
            "NOTDYNAMIC", "NOSUCHQUEUE",
        ]  # fmt: skip
        assert scene.log == [
            ("Local/zz@agents", "ADDMEMBER", ""), ("Zed", "PAUSE", "why"),
            ("Local/zz@agents", "UNPAUSEALL", ""), ("Zed", "UNPAUSE", ""),
            ("Local/zz@agents", "REMOVEMEMBER", ""), ("NONE", "MYEVENT", "some data, more"),
        ]  # fmt: skip

    play(story, "[q]\nmember => Local/static@agents\n", lines)


AFTER = "\n same => n,Set(DB(t/status)=${QUEUESTATUS}|${ABANDONED})\n"


@pytest.mark.parametrize(
    ("queues", "order", "status", "event"),
    [
        ("[q]\n", "Queue(q,,,,3)", "TIMEOUT|TRUE", "EXITWITHTIMEOUT"),
        ("[q]\njoinempty=no\n", "Queue(q)", "JOINEMPTY|", ""),
        ("[q]\njoinempty=unavailable\nmember=>Nope/1\n", "Queue(q,,,,3)", "TIMEOUT|TRUE", "EXITWITHTIMEOUT"),
        ("[q]\njoinempty=invalid\nmember=>Nope/1\n", "Queue(q)", "JOINEMPTY|", ""),
        ("[q]\nleavewhenempty=yes\n", "Queue(q)", "LEAVEEMPTY|TRUE", "EXITEMPTY"),
        ("[q]\nmember=>Local/slow@agents/n\ntimeout=2\n", "Queue(q,n)", "TIMEOUT|TRUE", "EXITWITHTIMEOUT"),
        ("[q]\nmember=>Local/short@agents/n\n", "Queue(q,c)", "CONTINUE|", "COMPLETEAGENT"),
        ("[other]\n", "Queue(q)", "|", ""),
    ],
)  # fmt: skip
def test_how_it_ends(queues: str, order: str, status: str, event: str) -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(30)
        assert scene.pbx.astdb.get("t", "status") == status
        assert scene.events[-1:] == ([event] if event else [])

    play(story, queues, order + AFTER)


def test_a_full_queue_takes_no_more() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        scene.call()
        await asyncio.sleep(1)
        assert scene.pbx.astdb.get("t", "status") == "FULL|"

    play(story, "[q]\nmaxlen=1\n", "Queue(q)" + AFTER)


def test_a_digit_leads_out() -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(2)
        channel.on_digit("7")  # leads nowhere
        await asyncio.sleep(1)
        channel.on_digit("5")
        await asyncio.sleep(1)
        assert scene.pbx.astdb.get("t", "where") == "out"
        assert scene.log[-1] == ("NONE", "EXITWITHKEY", "5", "1", "1", "3")

    play(story, "[q]\ncontext=out\nmember=>Local/slow@agents/n\n", "Queue(q)")


def test_what_is_announced() -> None:
    sounds = FakeSounds({"periodic": 1.0})

    async def story(scene: Scene) -> None:
        first = scene.call()
        await asyncio.sleep(1)
        second = scene.call()
        await asyncio.sleep(1)
        assert "queue-youarenext" not in fake_stream(first).played  # after a retry
        await asyncio.sleep(45)
        played = [name for name in fake_stream(first).played if not name.startswith("moh")]
        assert played[:2] == ["queue-youarenext", "queue-thankyou"]
        assert played.count("queue-youarenext") == 3  # at 5, 25 and 45 seconds
        assert played.count("periodic") == 1  # at 30
        told = fake_stream(second).played
        assert told[:4] == ["queue-thereare", "digits/2", "queue-callswaiting", "queue-thankyou"]

    play(
        story,
        "[q]\nannounce-frequency=20\nannounce-holdtime=no\nperiodic-announce=periodic\n"
        "periodic-announce-frequency=30\n",
        "Queue(q)",
        sounds=sounds,
    )


@pytest.mark.parametrize(
    ("who", "events"),
    [
        ("caller", ["ENTERQUEUE", "ABANDON"]),
        ("key", ["ENTERQUEUE", "EXITWITHKEY"]),
        ("member", ["ENTERQUEUE", "CONNECT"]),
    ],
)
def test_somebody_goes_while_the_members_have_their_routine(who: str, events: list[str]) -> None:
    phones = Phones(a=0.5, b=None)

    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(3)  # the second member's runs
        if who == "key":
            channel.on_digit("5")
        else:
            (channel if who == "caller" else phones["b"].channel).hangup()
        await asyncio.sleep(3)
        left = [name for name in scene.pbx.channels if name.startswith("Phone")]
        assert len(left) == (who == "member")
        assert len(phones.calls) == 2
        assert scene.events == events
        assert all("dial" not in phone.told for phone in phones.calls) or who == "member"

    before = "[before]\nexten => s,1,Wait(2)\n same => n,Return()\n[c]"
    queues = "[q]\ncontext=out\nmember=>Phone/a\nmember=>Phone/b\n"
    play(story, queues, f"Queue(q,b(before^s^1))\n{before}", phones=phones)


def test_a_caller_who_hangs_up_while_phones_ring() -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(3)
        channel.hangup()
        await asyncio.sleep(1)
        assert scene.log == [
            ("NONE", "ENTERQUEUE", "", "", "1"),
            ("Local/slow@agents/n", "RINGCANCELED", "3000"),
            ("NONE", "ABANDON", "1", "1", "3"),
        ]

    play(story, "[q]\nmember=>Local/slow@agents/n\n", "Queue(q)")


def test_an_agent_who_hangs_up_at_once_leaves_the_caller_waiting() -> None:
    sounds = FakeSounds({"long": 30.0})

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(4)
        assert "AGENTDUMP" in scene.events
        assert len(scene.pbx.datastore(Desks)["q"].queue.waiting) == 1
        await asyncio.sleep(8)
        assert scene.events.count("AGENTDUMP") >= 2
        assert "CONNECT" not in scene.events

    play(
        story,
        "[q]\nannounce=long\nretry=3\nmember=>Local/short@agents/n\n",
        "Queue(q)",
        sounds=sounds,
    )


def test_who_does_not_answer_is_paused() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(6)
        [member] = scene.pbx.datastore(Desks)["q"].queue.members.values()
        assert (member.is_paused, member.pause_reason) == (True, "Auto-Pause")
        assert scene.events == ["ENTERQUEUE", "RINGNOANSWER", "PAUSE"]

    play(story, "[q]\nautopause=yes\ntimeout=4\nmember=>Local/slow@agents/n\n", "Queue(q)")


def test_functions() -> None:
    lines = (
        "Set(DB(t/a)=${QUEUE_EXISTS(q)}${QUEUE_EXISTS(x)}|${QUEUE_MEMBER(q,count)}|"
        "${QUEUE_MEMBER(q,free)}|${QUEUE_MEMBER_LIST(q)}|${QUEUE_WAITING_COUNT(q)})\n"
        " same => n,Set(QUEUE_MEMBER(q,paused,Local/good@agents)=1)\n"
        " same => n,Set(QUEUE_MEMBER(q,penalty,Local/good@agents)=7)\n"
        " same => n,Set(DB(t/b)=${QUEUE_MEMBER(q,free)}|${QUEUE_MEMBER(q,ready)}|"
        "${QUEUE_MEMBER(q,paused,Local/good@agents)}|${QUEUE_MEMBER_PENALTY(q,Local/good@agents)})\n"
        " same => n,Set(x=${QUEUE_VARIABLES(q)}${QUEUE_VARIABLES(x)})\n"
        " same => n,Set(DB(t/c)=${x}|${QUEUESTRATEGY}|${QUEUEMAX})\n"
    )

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        got = [scene.pbx.astdb.get("t", key) for key in "abc"]
        assert got == ["10|2|2|Local/slow@agents,Local/good@agents|0", "1|1|1|7", "0-1|ringall|9"]

    queues = "[q]\nmaxlen=9\nmember=>Local/good@agents\nmember=>Local/slow@agents\n"
    play(story, queues, lines)


def test_dynamic_members_outlive_a_restart() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        desks = scene.pbx.datastore(Desks)
        desks["q"].queue.members.clear()
        await desks.restore_members()
        [member] = desks["q"].queue.members.values()
        assert (member.interface, member.name, member.penalty) == ("Local/good@agents", "Ann", 3)
        assert (member.is_dynamic, member.is_paused, member.pause_reason) == (True, True, "lunch")

    lines = "AddQueueMember(q,Local/good@agents,3,,Ann)\n same => n,PauseQueueMember(q,Local/good@agents,,lunch)\n"
    play(story, "[general]\npersistentmembers=yes\n[q]\n", lines)


def test_a_reload_keeps_callers_and_dynamic_members() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        desks = scene.pbx.datastore(Desks)
        config = read_queues(parse_config("[q]\nstrategy=linear\nmember=>Local/good@agents/n\n"))
        desks.use(scene.pbx, config, {})
        await asyncio.sleep(3)
        assert "CONNECT" in scene.events
        assert [m.interface for m in desks["q"].queue.members.values()] == [
            "Local/good@agents/n", "Local/dyn@agents",
        ]  # fmt: skip

    lines = "AddQueueMember(q,Local/dyn@agents)\n same => n,Queue(q)\n"
    play(story, "[q]\n", lines)


def test_who_waits_in_a_queue_that_is_gone_waits_on_and_nobody_joins() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        desks = scene.pbx.datastore(Desks)
        desk = desks["q"]
        desks.use(scene.pbx, read_queues(parse_config("[other]\n")), {})
        late = scene.call()
        await asyncio.sleep(1)
        assert late.is_finished
        [member] = desk.queue.members.values()
        desk.pause(member, paused=False)
        await asyncio.sleep(3)
        assert scene.events[-1] == "CONNECT"
        assert not desks.with_member("Local/good@agents/n")
        assert "q" not in desks

    lines = "PauseQueueMember(q,Local/good@agents/n)\n same => n,Queue(q)\n"
    play(story, "[q]\nmember=>Local/good@agents/n\n", lines)


def test_queues_are_devices_too() -> None:
    told: list[tuple[str, str]] = []

    async def story(scene: Scene) -> None:
        pbx = scene.pbx
        pbx.events.subscribe(DeviceStateChanged, lambda e: told.append((e.device, str(e.state))))
        pause = "Queue:q_pause_Local/slow@agents"
        assert [device_state(pbx, each) for each in ("Queue:q", "Queue:q_avail", pause)] == [
            "NOT_INUSE", "NOT_INUSE", "NOT_INUSE",
        ]  # fmt: skip
        assert device_state(pbx, "Queue:nosuch") == "INVALID"
        assert device_state(pbx, "Queue:q_pause_Local/nobody@agents") == "INVALID"
        desk = pbx.datastore(Desks)["q"]
        pbx.datastore(Desks).pause("Local/slow@agents", paused=True)
        assert device_state(pbx, "Queue:q_avail") == device_state(pbx, pause) == "INUSE"
        first, second = scene.call(), scene.call()
        await asyncio.sleep(1)
        assert device_state(pbx, "Queue:q") == "RINGING"
        first.hangup()
        await asyncio.sleep(1)
        second.hangup()
        await asyncio.sleep(1)
        pbx.datastore(Desks).pause("Local/slow@agents", paused=False)
        desk.remove("Local/slow@agents")
        queues = [each for each in told if each[0].startswith("Queue:")]
        assert queues == [
            (pause, "INUSE"), ("Queue:q_avail", "INUSE"), ("Queue:q", "RINGING"), ("Queue:q", "NOT_INUSE"),
            (pause, "NOT_INUSE"), ("Queue:q_avail", "NOT_INUSE"),
            (pause, "NOT_INUSE"), ("Queue:q_avail", "INUSE"),
        ]  # fmt: skip

    play(story, "[q]\nmember => Local/slow@agents\n", "Queue(q)")
