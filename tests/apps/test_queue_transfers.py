"""Transfers between a caller and a member: the queue log, and when the member is free again."""

import asyncio

import pytest

from switchroom.config.queues.queues import PenaltyChange
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.bridging.joining import join_peers
from switchroom.pbx.music.classes import hears_music
from switchroom.pbx.transfers.attended import attended_transfer_to
from switchroom.pbx.transfers.transfer import transfer
from switchroom.queues.desk import Desks
from switchroom.queues.member import Member
from tests.apps.test_queue import Scene, play
from tests.support.fakes import FakeSounds, fake_stream
from tests.support.phones import Phones

LINES = (
    "Queue(q,{options})\n[c]\nexten => 9,1,Dial(Phone/carol)\nexten => 8,1,Wait(60)\n"
    "[default]\ninclude => c\n"
)
QUEUE = "[q]\nstrategy=linear\nringinuse=no\nmember=>Phone/bob,0,Bob\n"


def free(scene: Scene) -> bool:
    desk = scene.pbx.datastore(Desks)["q"]
    return desk.queue.has_free_members(desk.now())


def test_an_agent_who_hands_the_caller_on_by_a_code_is_free_at_once() -> None:
    phones = Phones(bob=1, carol=1)

    async def story(scene: Scene) -> None:
        caller = scene.call()
        await asyncio.sleep(3)
        agent = party_of(phones["bob"].channel)
        assert agent is not None
        asking = scene.pbx.spawn(attended_transfer_to(agent, "9"), name="transfer")
        await asyncio.sleep(5)  # bob talks with carol
        assert not free(scene)
        phones["bob"].hangs_up()
        await asking
        await asyncio.sleep(1)
        place = party_of(caller)
        assert place is not None
        assert place.bridge is not None
        assert scene.log[2:] == [
            ("Bob", "ATTENDEDTRANSFER", "BRIDGE", place.bridge.id, "1", "7", "1")
        ]
        assert free(scene)
        phones["carol"].hangs_up()
        await asyncio.sleep(1)
        assert len(scene.log) == 3  # what carol says is not the queue's
        assert caller.variables["ANSWEREDTIME"] == "8"

    features = LINES.format(options="t")
    play(story, QUEUE, features, phones=phones)


def test_an_agent_who_joins_the_caller_with_another_call_of_his() -> None:
    phones = Phones(bob=1, carol=1)

    async def story(scene: Scene) -> None:
        caller, other = scene.call(), scene.call(extension="9")
        await asyncio.sleep(4)
        carol, bob = phones["carol"].channel, phones["bob"].channel
        assert join_peers(bob, other)
        await asyncio.sleep(1)
        place = party_of(caller)
        assert place is not None
        assert place.peer is not None
        assert place.peer.channel is carol
        assert [line[1] for line in scene.log] == ["ENTERQUEUE", "CONNECT", "ATTENDEDTRANSFER"]
        assert free(scene)

    play(story, QUEUE, LINES.format(options=""), phones=phones)


def test_a_caller_who_sends_the_agent_away() -> None:
    phones = Phones(bob=1)

    async def story(scene: Scene) -> None:
        caller = scene.call()
        await asyncio.sleep(3)
        place = party_of(caller)
        assert place is not None
        transfer(place, "8", "c")
        await asyncio.sleep(1)
        assert scene.log[2:] == [("Bob", "BLINDTRANSFER", "8", "c", "1", "2", "1")]
        assert caller.is_finished
        assert not phones["bob"].channel.is_finished

    play(story, QUEUE, LINES.format(options="T"), phones=phones)


def test_a_caller_who_is_sent_elsewhere_from_outside_leaves_the_agent() -> None:
    phones = Phones(bob=1)

    async def story(scene: Scene) -> None:
        caller = scene.call()
        await asyncio.sleep(3)
        caller.redirect("c", "8", 1)
        await asyncio.sleep(1)
        assert scene.log[2:] == [("Bob", "COMPLETEAGENT", "1", "2", "1")]
        assert (caller.application, free(scene)) == ("Wait", True)

    play(story, QUEUE, LINES.format(options=""), phones=phones)


@pytest.mark.parametrize(
    ("routine", "told"), [("sub", "s"), ("sub,red,blue", "s red blue"), ("ael,red", "~~s~~ red")]
)
def test_the_routine_of_members_has_its_arguments(routine: str, told: str) -> None:
    phones = Phones(bob=1)
    lines = (
        "Queue(q)\n[sub]\nexten => s,1,Set(DB(t/sub)=${EXTEN} ${ARG1} ${ARG2})\n same => n,Return()\n"
        "[ael]\nexten => ~~s~~,1,Set(DB(t/sub)=${EXTEN} ${ARG1} ${ARG2})\n same => n,Return()\n"
    )

    async def story(scene: Scene) -> None:
        scene.call()
        await asyncio.sleep(3)
        assert (scene.pbx.astdb.get("t", "sub") or "").strip() == told

    play(story, QUEUE + f"membergosub={routine}\n", lines, phones=phones)


def test_an_agent_who_goes_while_the_caller_is_told_leaves_it_waiting() -> None:
    phones = Phones(bob=1)

    async def story(scene: Scene) -> None:
        caller = scene.call()
        await asyncio.sleep(3)
        assert "hold-on" in fake_stream(caller).played
        phones["bob"].hangs_up()
        await asyncio.sleep(4)
        assert [line[1] for line in scene.log] == ["ENTERQUEUE", "AGENTDUMP"]
        desk = scene.pbx.datastore(Desks)["q"]
        assert [entry.channel for entry in desk.queue.waiting] == [caller.name]
        assert hears_music(caller)
        assert caller.on_key is not None
        await asyncio.sleep(20)
        assert scene.events[2] == "CONNECT"

    queue = QUEUE + "queue-callerannounce=hold-on\nretry=9\n"
    sounds = FakeSounds({"hold-on": 4.0})
    play(story, queue, LINES.format(options=""), phones=phones, sounds=sounds)


def test_a_rule_leaves_its_limits_in_variables() -> None:
    async def story(scene: Scene) -> None:
        desks = scene.pbx.datastore(Desks)
        desks.rules["r"] = (PenaltyChange(2.0, "7", "1", "3"),)
        caller = scene.call()
        await asyncio.sleep(1)
        names = [f"QUEUE_{which}_PENALTY" for which in ("MAX", "MIN", "RAISE")]
        assert [caller.variables.get(name) for name in names] == [None, None, None]
        await asyncio.sleep(2)
        assert [caller.variables.get(name) for name in names] == ["7", "1", "3"]

    play(story, "[q]\ndefaultrule=r\n", "Queue(q)")


def test_changes_of_members_and_withdrawals_are_in_the_log() -> None:
    async def story(scene: Scene) -> None:
        desk = scene.pbx.datastore(Desks)["q"]
        [member] = desk.queue.members.values()
        desk.set_penalty(member, 4)
        desk.set_rings_in_use(member, rings=True)
        scene.call()
        await asyncio.sleep(1)
        desk.withdraw(desk.queue.waiting[0], "why " * 20)
        await asyncio.sleep(1)
        assert scene.log == [
            ("Local/no@where", "PENALTY", "4"),
            ("Local/no@where", "RINGINUSE", "1"),
            ("NONE", "ENTERQUEUE", "", "", "1"),
            ("NONE", "WITHDRAW", "1", "1", "1", ("why " * 20)[:40]),
        ]

    play(story, "[q]\nmember=>Local/no@where,0,Al\n", "Queue(q)")


def test_nobody_is_claimed_for_a_caller_who_listens_to_an_announcement() -> None:
    phones = Phones(bob=None)

    async def story(scene: Scene) -> None:
        first, second = scene.call(), scene.call()
        await asyncio.sleep(0.05)
        first.hangup()
        await asyncio.sleep(0.05)
        assert fake_stream(second).played == ["queue-thereare"]
        desk = scene.pbx.datastore(Desks)["q"]
        desk.add(Member("Phone/bob", "Bob", "Phone/bob"))
        await asyncio.sleep(0.1)
        assert not len(desk.queue.claims)
        await asyncio.sleep(9)
        assert desk.queue.claims.holder("Phone/bob") is desk.queue.entries[0]

    sounds = FakeSounds({"queue-thereare": 3.0})
    play(story, "[q]\nannounce-frequency=30\n", "Queue(q)", phones=phones, sounds=sounds)
