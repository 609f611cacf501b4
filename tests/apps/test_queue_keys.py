"""Keys of queues.conf and options of Queue(), each by what it does to a call."""

import asyncio
import json
from pathlib import Path

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel
from switchroom.pbx.states.device_state import DeviceState, set_custom_state
from switchroom.pbx.transfers.forwarding import report_forward
from switchroom.queues.desk import Desks
from switchroom.queues.events import AgentDidNotAnswer, RingsInUseChanged
from tests.apps.test_queue import Scene, play
from tests.support.fakes import FakeSounds, fake_stream
from tests.support.phones import Phones, hears

SAMPLES = Path(__file__).parents[1] / "node" / "sample_options.json"


def test_every_key_is_honoured() -> None:
    """Each sample key, with a value that it does not have by itself, and those of old files."""
    other = {"yes": "no", "no": "yes", "0": "7", "MixMonitor": "mixmonitor"}
    samples = json.loads(SAMPLES.read_text())["queues.conf"]
    samples["general"] += [("updatecdr", "no"), ("check_state_unknown", "no")]
    samples["<queue>"] += [
        ("queue-lessthan", "x"),
        ("membermacro", "x"),
        ("eventwhencalled", "yes"),
    ]
    lines = []
    for section, keys in samples.items():
        lines.append(f"[{section.strip('<>')}]")
        for key, value in keys:
            is_list = "|" in value or key in {"eventwhencalled", "member"}
            lines.append(f"{key}={value.split('|')[0] if is_list else other.get(value, value)}")
    warnings = read_queues(parse_config("\n".join(lines))).warnings
    assert not warnings


def test_option_n_leaves_when_all_members_were_tried() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(30)
        assert scene.events == ["ENTERQUEUE", "RINGNOANSWER", "RINGNOANSWER", "EXITWITHTIMEOUT"]
        assert scene.log[-1][-1] == "5"  # two times two seconds of ringing, one of retry

    members = "member=>Local/slow@agents/n\nmember=>Local/slow@agents\n"
    play(story, f"[q]\nstrategy=linear\ntimeout=2\nretry=1\n{members}", "Queue(q,n)")


@pytest.mark.parametrize(("members", "seconds"), [(0, "0"), (1, "0"), (3, "10")])
def test_option_n_waits_for_nobody(members: int, seconds: str) -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(30)
        assert scene.log[1:] == [("NONE", "EXITWITHTIMEOUT", "1", "1", seconds)]

    lines = "".join(f"member=>Local/{n}@agents,0,,,,,yes\n" for n in range(members))
    play(story, f"[q]\nretry=5\n{lines}", "Queue(q,n)")


def test_who_refuses_leaves_the_next_one_its_time() -> None:
    for restarts, rang in (("no", "2000"), ("yes", "4000")):

        async def story(scene: Scene, rang: str = rang) -> None:
            scene.call()
            await asyncio.sleep(7)
            rings = [line for line in scene.log if line[1] == "RINGNOANSWER"]
            assert rings[:2] == [
                ("Local/late@agents/n", "RINGNOANSWER", "2000"),
                ("Local/slow@agents/n", "RINGNOANSWER", rang),
            ]

        play(
            story,
            f"[q]\nstrategy=linear\ntimeout=4\nretry=9\ntimeoutrestart={restarts}\n"
            "member=>Local/late@agents/n\nmember=>Local/slow@agents/n\n",
            "Queue(q)",
        )


def test_announcements_while_a_member_is_rung() -> None:
    for while_ringing, count in (("no", 0), ("yes", 4)):

        async def story(scene: Scene, count: int = count) -> None:
            channel = scene.call()
            await asyncio.sleep(18)
            assert fake_stream(channel).played.count("queue-youarenext") == count

        play(
            story,
            f"[q]\nannounce-to-first-user={while_ringing}\nannounce-frequency=5\ntimeout=60\n"
            "announce-holdtime=no\nmember=>Local/slow@agents/n\n",
            "Queue(q)",
        )


def test_periodic_announcements_from_the_end_of_the_one_before() -> None:
    for relative, count in (("no", 4), ("yes", 2)):

        async def story(scene: Scene, count: int = count) -> None:
            channel = scene.call()
            await asyncio.sleep(45)
            assert fake_stream(channel).played.count("periodic") == count

        play(
            story,
            f"[q]\nrelative-periodic-announce={relative}\nperiodic-announce=periodic\n"
            "periodic-announce-frequency=10\n",
            "Queue(q)",
            sounds=FakeSounds({"periodic": 8.0}),
        )


def test_a_call_of_one_queue_counts_for_the_rest_in_all() -> None:
    for shares, free in (("no", 1), ("yes", 0)):

        async def story(scene: Scene, free: int = free) -> None:
            scene.call()
            await asyncio.sleep(5)
            assert "COMPLETEAGENT" in scene.events
            other = scene.pbx.datastore(Desks)["other"]
            assert len(other.queue.free_members(other.now())) == free

        member = "wrapuptime=30\nmember=>Local/short@agents/n\n"
        play(
            story,
            f"[general]\nshared_lastcall={shares}\n[q]\n{member}[other]\n{member}",
            "Queue(q)",
        )


@pytest.mark.parametrize(
    ("general", "own", "presentation", "logged"),
    [
        ("", "", 0x00, ("", "555", "1")),
        ("log-caller-id-name=yes", "", 0x00, ("", "555", "1", "Ann")),
        ("", "log-restricted-caller-id=no", 0x00, ("", "555", "1")),
        ("", "log-restricted-caller-id=no", 0x20, ("", "", "1")),
        ("", "log-restricted-caller-id=yes", 0x20, ("", "555", "1")),
    ],
)
def test_what_the_log_says_of_a_caller(
    general: str, own: str, presentation: int, logged: tuple[str, ...]
) -> None:
    async def story(scene: Scene) -> None:
        channel = scene.call(extension="s")
        channel.hangup()
        channel = Channel(
            scene.pbx, name="PJSIP/x-1", driver=channel.driver, context="c", extension="1"
        )
        channel.caller = CallerId(
            "Ann", "555", number_presentation=presentation, name_presentation=presentation
        )
        scene.pbx.start(channel)
        await asyncio.sleep(1)
        assert scene.log[0] == ("NONE", "ENTERQUEUE", *logged)

    play(story, f"[general]\n{general}\n[q]\n{own}\n", "Queue(q)")


def test_pauses_with_other_reasons() -> None:
    for logs, events in (("no", ["PAUSE", "PAUSE"]), ("yes", ["PAUSE", "UNPAUSE", "PAUSE"])):

        async def story(scene: Scene, events: list[str] = events) -> None:
            for reason in ("lunch", "training"):
                scene.pbx.datastore(Desks).pause(
                    "Local/slow@agents", "q", paused=True, reason=reason
                )
            assert scene.events == events

        queues = f"[general]\nlog_unpause_on_reason_change={logs}\n[q]\nmember=>Local/slow@agents\n"
        play(story, queues, "NoOp()")


def test_members_that_begin_paused() -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        assert scene.log == [("Local/slow@agents", "ADDMEMBER", "PAUSED")]
        desk = scene.pbx.datastore(Desks)["q"]
        (member,) = desk.queue.members.values()
        assert member.pause_reason == "lunch"
        told: list[bool | None] = []
        scene.pbx.events.subscribe(RingsInUseChanged, lambda e: told.append(e.member.rings_in_use))
        desk.set_rings_in_use(member, rings=False)
        assert told == [False]

    play(story, "[q]\n", "AddQueueMember(q,Local/slow@agents,,pr(lunch))")


def test_a_macro_and_the_times_of_a_call() -> None:
    lines = "Queue(q,c)\n same => n,Set(DB(t/times)=${DIALEDTIME}|${ANSWEREDTIME})\n"
    lines += "[macro-hello]\nexten => s,1,Set(DB(t/macro)=${ARG1} ${MACRO_CONTEXT})\n[c]\n"

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(30)
        assert scene.pbx.astdb.get("t", "macro") is not None
        assert scene.pbx.astdb.get("t", "times") == "21|20"

    play(story, "[q]\nmembermacro=hello\nmember=>Local/good@agents/n\n", lines)


def test_managers_hear_of_a_member_that_rang_in_vain_for_a_caller_who_went() -> None:
    async def story(scene: Scene) -> None:
        told: list[AgentDidNotAnswer] = []
        scene.pbx.events.subscribe(AgentDidNotAnswer, told.append)
        channel = scene.call()
        await asyncio.sleep(3)
        channel.hangup()
        await asyncio.sleep(1)
        assert [(each.member.name, each.seconds) for each in told] == [("Local/slow@agents", 3.0)]
        assert "PAUSE" not in scene.events, "that is no reason for autopause"

    play(story, "[q]\nautopause=yes\nmember=>Local/slow@agents\n", "Queue(q)")


def test_a_member_whose_phone_sends_the_call_elsewhere() -> None:
    for option, taker in (("", "carol"), (",i", "")):
        phones = Phones(bob=None, carol=1)

        async def story(scene: Scene, phones: Phones = phones, taker: str = taker) -> None:
            caller = scene.call()
            await asyncio.sleep(1)
            report_forward(phones["bob"].channel, "9")
            await asyncio.sleep(5)
            assert ("CONNECT" in scene.events) is bool(taker)
            if taker:
                assert hears(caller, phones[taker].channel)
                phones[taker].hangs_up()
                await asyncio.sleep(1)
                assert scene.log[-1][:2] == ("Bob", "COMPLETEAGENT")

        lines = f"Queue(q{option})\n[c]\nexten => 9,1,Dial(Phone/carol)\n[default]\ninclude => c\n"
        play(story, "[q]\nmember=>Phone/bob,0,Bob\n", lines, phones=phones)


def test_somebody_picks_the_call_up_that_rings_at_a_member() -> None:
    phones = Phones(bob=None)

    async def story(scene: Scene) -> None:
        caller = scene.call()
        await asyncio.sleep(3)
        picker = scene.call(extension="9")
        await asyncio.sleep(2)
        assert hears(caller, picker)
        assert phones["bob"].channel.is_finished
        picker.hangup()
        await asyncio.sleep(1)
        assert [line[:2] for line in scene.log[1:]] == [
            ("Bob", "CONNECT"),
            ("Bob", "COMPLETEAGENT"),
        ]

    lines = "Queue(q)\n[c]\nexten => 9,1,PickupChan(Phone/bob)\n"
    play(story, "[q]\nannounce=hello\nmember=>Phone/bob,0,Bob\n", lines, phones=phones)


@pytest.mark.parametrize(
    ("options", "keys", "by_agent", "event", "where"),
    [
        ("h", "*", True, "COMPLETEAGENT", None),
        ("H", "*", False, "COMPLETECALLER", None),
        ("t", "#9", True, "BLINDTRANSFER", "9"),
        ("", "*#9", True, "", None),
    ],
)
def test_codes_of_agent_and_caller(
    options: str,
    keys: str,
    by_agent: bool,  # noqa: FBT001  # a column of the table
    event: str,
    where: str | None,
) -> None:
    phones = Phones(bob=1)

    async def story(scene: Scene) -> None:
        caller = scene.call()
        await asyncio.sleep(3)
        for key in keys:
            fake_stream(phones["bob"].channel if by_agent else caller).key(key)
            await asyncio.sleep(0.5)
        await asyncio.sleep(5)
        assert scene.pbx.astdb.get("t", "where") == where
        assert (scene.events[2:] or [""]) == [event]
        if where:
            assert scene.log[-1] == ("Bob", "BLINDTRANSFER", "9", "default", "1", "3", "1")
            assert phones["bob"].channel.is_finished

    lines = f"Queue(q,{options})\n[c]\nexten => 9,1,Set(DB(t/where)=${{EXTEN}})\n same => n,Wait(9)\n[default]\ninclude => c\n"
    play(story, "[q]\nstrategy=linear\nmember=>Phone/bob,0,Bob\n", lines, phones=phones)


@pytest.mark.parametrize(
    ("word", "is_empty"), [("yes", False), ("no", False), ("loose", False), ("strict", True)]
)
def test_whether_phones_that_are_away_keep_callers_out(word: str, is_empty: bool) -> None:  # noqa: FBT001  # a table
    async def story(scene: Scene) -> None:
        await set_custom_state(scene.pbx, "away", DeviceState.UNAVAILABLE)
        scene.call()
        await asyncio.sleep(1)
        assert (scene.events == []) is is_empty

    play(story, f"[q]\njoinempty={word}\nmember=>Local/slow@agents,0,Al,Custom:away\n", "Queue(q)")
