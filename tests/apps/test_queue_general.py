"""Keys of queues.conf that act on members, limits, variables and records, each by what it does."""

import asyncio

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import MusicClass, MusicConfig, MusicMode
from switchroom.config.queues.queues import read_queue_rules, read_queues
from switchroom.pbx.music.classes import MusicClasses, MusicStarted
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr import RecordRules
from switchroom.pbx.records.cdr_recorder import Recorder
from switchroom.queues.desk import Desks
from switchroom.storage.call_record import CallRecord
from tests.apps.test_queue import Scene, play
from tests.support.phones import Phones


@pytest.mark.parametrize(("key", "name"), [("no", "Phone/bob"), ("yes", "Bob")])
def test_how_the_log_calls_members_who_come(key: str, name: str) -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(1)
        assert scene.log == [(name, "ADDMEMBER", ""), (name, "REMOVEMEMBER", "")]

    lines = "AddQueueMember(q,Phone/bob,,,Bob)\n same => n,RemoveQueueMember(q,Phone/bob)\n"
    play(story, f"[general]\nlog_membername_as_agent={key}\n[q]\n", lines)


@pytest.mark.parametrize(("key", "rings"), [("no", 1), ("yes", 0)])
def test_a_member_of_a_negative_penalty(key: str, rings: int) -> None:
    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(5)
        assert len(phones.calls) == rings

    phones = Phones(bob=None)
    general = f"[general]\nnegative_penalty_invalid={key}\n"
    play(story, f"{general}[q]\nmember=>Phone/bob,-1\n", "Queue(q)", phones=phones)


@pytest.mark.parametrize(("delay", "is_paused"), [(0, True), (3600, False)])
def test_who_took_a_call_lately_is_not_paused(delay: int, *, is_paused: bool) -> None:
    async def story(scene: Scene) -> None:
        desk = scene.pbx.datastore(Desks)["q"]
        (member,) = desk.queue.members.values()
        member.calls, member.last_call = 1, desk.now() - 60
        scene.call()
        await asyncio.sleep(10)
        assert member.is_paused is is_paused

    keys = f"timeout=5\nautopause=yes\nautopausedelay={delay}\n"
    play(story, f"[q]\n{keys}member=>Local/slow@agents/n\n", "Queue(q)")


@pytest.mark.parametrize(
    ("priority", "event", "seconds"), [("app", "EXITWITHTIMEOUT", 7), ("conf", "RINGNOANSWER", 10)]
)
def test_whose_time_goes_before(priority: str, event: str, seconds: int) -> None:
    """The caller's seven seconds end while the member's ten go on, or it rings them out."""

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(seconds - 0.5)
        assert scene.events == ["ENTERQUEUE"]
        await asyncio.sleep(1)
        assert event in scene.events

    keys = f"timeout=10\ntimeoutpriority={priority}\nmember=>Local/slow@agents/n\n"
    play(story, f"[q]\n{keys}", "Queue(q,,,,7)")


def test_a_rule_counts_for_all_callers() -> None:
    async def story(scene: Scene) -> None:
        rules = read_queue_rules(parse_config("[wider]\npenaltychange=>10,5\n"))
        desks = scene.pbx.datastore(Desks)
        desks.use(scene.pbx, desks.config, dict(rules.rules))
        scene.call()
        await asyncio.sleep(9)
        assert not phones.calls
        await asyncio.sleep(3)
        assert len(phones.calls) == 1

    phones = Phones(bob=None)
    lines = "Set(QUEUE_MAX_PENALTY=1)\n same => n,Queue(q)\n"
    queue = "[q]\nretry=1\ndefaultrule=wider\nmember=>Phone/bob,3\n"
    play(story, queue, lines, phones=phones)


def test_variables_of_a_call() -> None:
    keys = "setqueuevar=yes\nsetqueueentryvar=yes\nsetinterfacevar=yes\n"

    async def story(scene: Scene) -> None:
        channel = scene.call()
        await asyncio.sleep(5)
        names = ("QUEUENAME", "QUEUEMAX", "QUEUESTRATEGY", "QEORIGINALPOS", "MEMBERINTERFACE", "MEMBERNAME")  # fmt: skip
        assert [channel.variables.get(name) for name in names] == [
            "q", "9", "ringall", "1", "Phone/bob", "Bob",
        ]  # fmt: skip

    play(
        story,
        f"[q]\nmaxlen=9\n{keys}member=>Phone/bob,0,Bob\n",
        "Queue(q)",
        phones=Phones(bob=1),
    )


def record_calls(pbx: Pbx) -> list[CallRecord]:
    records: list[CallRecord] = []
    Recorder(pbx, RecordRules(), records.append).start()
    return records


@pytest.mark.parametrize(("key", "names"), [("no", False), ("yes", True)])
def test_call_records_name_the_member(key: str, *, names: bool) -> None:
    async def story(scene: Scene) -> None:
        records = record_calls(scene.pbx)
        channel = scene.call()
        await asyncio.sleep(5)
        (call,) = phones.calls
        called = call.channel.name
        channel.hangup()
        await asyncio.sleep(1)
        (record,) = [each for each in records if each.channel == channel.name]
        assert record.dstchannel == ("Bob" if names else called)

    phones = Phones(bob=1)
    queue = f"[general]\nupdatecdr={key}\n[q]\nmember=>Phone/bob,0,Bob\n"
    play(story, queue, "Queue(q)", phones=phones)


@pytest.mark.parametrize("key", ["musicclass", "musiconhold", "music"])
def test_the_music_of_a_queue(key: str) -> None:
    async def story(scene: Scene) -> None:
        jazz = MusicClass("jazz", MusicMode.PLAYLIST, entries=("one",))
        scene.pbx.datastore(MusicClasses).use(MusicConfig({"jazz": jazz}))
        classes: list[str] = []
        scene.pbx.events.subscribe(MusicStarted, lambda event: classes.append(event.music_class))
        scene.call()
        await asyncio.sleep(1)
        assert classes == ["jazz"]

    play(story, f"[q]\n{key}=jazz\n", "Queue(q)")


def test_devices_are_always_asked() -> None:
    for value, warned in (("yes", []), ("no", ["check_state_unknown is always yes here"])):
        config = read_queues(parse_config(f"[general]\ncheck_state_unknown={value}\n"))
        assert [w.message.rpartition(" (")[0] for w in config.warnings] == warned
