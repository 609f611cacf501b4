"""Transfers among more than two: each way to transfer, with one or several at either end."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.config.features import FeatureSettings
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.bridging.joining import join_peers
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import AttendedTransferDone, TransferDone
from switchroom.pbx.music.classes import hears_music
from switchroom.pbx.transfers.transfer import TransferResult, transfer
from tests.pbx.test_three_way import all_hear, three
from tests.support.fakes import make_channel
from tests.support.office import Office, office
from tests.support.phones import hears

CONF = """\
[default]
exten => s,1,Dial(Phone/bob,,tT)
exten => 2,1,Dial(Phone/carol,,tT)
exten => 3,1,Set(GLOBAL(BY)=${BLINDTRANSFER})
 same => n,Dial(Phone/dave,20)
exten => 5,1,Answer()
 same => n,Wait(60)
exten => busy,1,Busy(1)
exten => 6,1,Goto(busy,1)
exten => calls,1,Dial(Phone/erin)
"""
SETTINGS = FeatureSettings(attended_transfer="*2", complete="*7")


async def in_bridge(at: Office, *who: Channel) -> bool:
    """Whether they, and nobody else, are in one bridge, over Local channels or not."""
    await asyncio.sleep(0.1)
    return all_hear(at, *who) if len(who) > 2 else hears(*who)


def run(work: object, **answers_after: float | None) -> None:
    office(work, SETTINGS, CONF, **answers_after)  # type: ignore[arg-type]  # a coroutine function


# blind


@pytest.mark.parametrize("how", ["code", "application"])
def test_of_three_one_calls_another_in_and_leaves(how: str) -> None:
    done: list[TransferDone] = []

    async def work(at: Office) -> None:
        caller, bob, carol = await three(at)
        at.pbx.events.subscribe(TransferDone, done.append)
        if how == "code":
            at.key("bob", "#")
            await asyncio.sleep(1)
            assert hears(caller, carol)
            assert not hears_music(caller)
            at.key("bob", "3")
        else:
            party = party_of(bob)
            assert party is not None
            assert transfer(party, "3", "default") is TransferResult.SUCCESS
        await asyncio.sleep(4)
        assert bob.is_finished
        assert at.pbx.global_variables["BY"] == bob.name
        assert await in_bridge(at, caller, carol, at.channel("dave"))
        assert [(each.transferer, each.extension) for each in done] == [(bob.name, "3")]

    run(work)


@pytest.mark.parametrize(("extension", "dave"), [("6", 1), ("3", None)])
def test_where_the_one_called_in_does_not_come_the_others_go_on(
    extension: str, dave: float | None
) -> None:
    async def work(at: Office) -> None:
        caller, bob, carol = await three(at)
        at.key("bob", "#")
        await asyncio.sleep(1)
        at.key("bob", extension)
        await asyncio.sleep(30)
        assert bob.is_finished
        assert hears(caller, carol)

    run(work, dave=dave)


def test_nobody_is_called_in_any_more_when_the_others_have_gone() -> None:
    async def work(at: Office) -> None:
        caller, _, carol = await three(at)
        at.key("bob", "#")
        await asyncio.sleep(1)
        at.key("bob", "3")
        await asyncio.sleep(4)
        assert not at.channel("dave").is_finished
        caller.hangup()
        carol.hangup()
        await asyncio.sleep(1)
        assert at.channel("dave").is_finished
        assert at.pbx.channels == {}

    run(work, dave=None)


def test_who_is_left_alone_while_the_target_is_keyed_hears_music_and_is_sent_on() -> None:
    async def work(at: Office) -> None:
        caller, _, carol = await three(at)
        at.key("bob", "#")
        await asyncio.sleep(0.5)
        carol.hangup()
        await asyncio.sleep(0.5)
        assert hears_music(caller)
        at.key("bob", "3")
        await asyncio.sleep(4)
        assert hears(caller, at.channel("dave"))

    run(work)


def test_all_others_go_while_the_target_is_keyed() -> None:
    async def work(at: Office) -> None:
        caller, bob, carol = await three(at)
        at.key("bob", "#")
        await asyncio.sleep(0.5)
        carol.hangup()
        caller.hangup()
        await asyncio.sleep(1)
        assert bob.is_finished
        assert at.pbx.channels == {}

    run(work)


# attended: by code, from a call of three


async def asks(at: Office, extension: str = "3") -> tuple[Channel, Channel, Channel]:
    """Bob, who talks with two, asks somebody."""
    people = await three(at)
    at.key("bob", "*2")
    await asyncio.sleep(0.6)
    at.key("bob", extension)
    await asyncio.sleep(4)
    return people


@pytest.mark.parametrize("how", ["hangup", "*7"])
def test_of_three_one_asks_another_and_lets_them_talk(how: str) -> None:
    done: list[AttendedTransferDone] = []

    async def work(at: Office) -> None:
        caller, bob, carol = await asks(at)
        dave = at.channel("dave")
        assert hears(bob, dave)
        assert hears(caller, carol)
        assert not hears_music(caller)
        at.pbx.events.subscribe(AttendedTransferDone, done.append)
        if how == "hangup":
            bob.hangup()
        else:
            at.key("bob", how)
        await asyncio.sleep(1)
        assert await in_bridge(at, caller, carol, dave)
        assert bob.is_finished
        assert caller.variables["ATTENDEDTRANSFER"] == bob.name
        assert len(done) == 1

    run(work)


@pytest.mark.parametrize("how", ["*1", "the target hangs up"])
def test_of_three_one_asks_another_and_comes_back(how: str) -> None:
    async def work(at: Office) -> None:
        caller, bob, carol = await asks(at)
        if how == "*1":
            at.key("bob", how)
        else:
            at.channel("dave").hangup()
        await asyncio.sleep(1)
        assert await in_bridge(at, caller, bob, carol)
        assert at.channel("dave").is_finished

    run(work)


def test_of_three_one_swaps_and_joins_all() -> None:
    async def work(at: Office) -> None:
        caller, bob, carol = await asks(at)
        dave = at.channel("dave")
        at.key("bob", "*4")
        await asyncio.sleep(1)
        assert await in_bridge(at, caller, bob, carol)
        near = [each for each in at.pbx.channels.values() if hears_music(each)]
        assert len(near) == 1  # the half of dave's Local channel that is here
        at.key("bob", "*4")
        await asyncio.sleep(1)
        assert hears(bob, dave)
        assert hears(caller, carol)
        assert not any(hears_music(each) for each in at.pbx.channels.values())
        at.key("bob", "*3")
        await asyncio.sleep(1)
        assert await in_bridge(at, caller, bob, carol, dave)

    run(work)


def test_of_three_one_asks_and_the_others_go() -> None:
    async def work(at: Office) -> None:
        caller, bob, carol = await asks(at)
        caller.hangup()
        await asyncio.sleep(0.5)
        assert hears_music(at.pbx.channels[party_of_far(at, carol)])
        carol.hangup()
        await asyncio.sleep(1)
        assert hears(bob, at.channel("dave"))

    run(work)


def party_of_far(at: Office, channel: Channel) -> str:
    """The half of the Local channel that stands in a bridge for a phone behind it."""
    name = next(
        each for each in at.pbx.channels if each.startswith("Local/2@") and each.endswith(";1")
    )
    assert not channel.is_finished
    return name


@pytest.mark.parametrize("answers", [True, False])
def test_of_three_one_hangs_up_while_the_asked_one_rings(answers: bool) -> None:  # noqa: FBT001  # a case
    async def work(at: Office) -> None:
        caller, bob, carol = await asks(at)
        bob.hangup()
        await asyncio.sleep(1)
        assert hears(caller, carol)
        if answers:
            at.phones["dave"].answers()
        await asyncio.sleep(40)
        back = at.channel("dave" if answers else "bob")
        assert back is not bob
        assert await in_bridge(at, caller, carol, back)

    run(work, dave=None)


@pytest.mark.parametrize("who", ["bob", "carol", "nobody"])
def test_a_target_that_does_not_answer_is_called_again_behind_the_transferer(who: str) -> None:
    """The transferer's phone, then after a pause the target, then the transferer's phone."""

    async def work(at: Office) -> None:
        at.key("bob", "*2")
        await asyncio.sleep(0.6)
        at.key("bob", "2")
        await asyncio.sleep(4)
        at.bob.hangup()
        at.phones.known = {"bob": None, "carol": None}
        for seconds in (12, 15, 10):  # carol rings on; bob's phone rings; nobody is called
            assert hears_music(at.caller)
            await asyncio.sleep(seconds)
        rung = [call.channel.name.partition("-")[0] for call in at.phones.calls]
        assert rung == ["Phone/bob", "Phone/carol", "Phone/bob", "Phone/carol"]
        if who == "carol":
            at.phones["carol"].answers()
        elif who == "bob":
            at.phones.known = {"bob": 1}
        await asyncio.sleep(40)
        if who == "nobody":
            assert at.caller.is_finished
            assert [call.channel.is_finished for call in at.phones.calls] == [True] * 5
        else:
            assert hears(at.caller, at.channel(who))

    run(work, carol=None)


# attended: by the phone's own means


@pytest.mark.parametrize(("first", "second"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_two_calls_of_one_phone_become_one(first: int, second: int) -> None:
    """Whether one or two are at the other end of each."""

    async def work(at: Office) -> None:
        here = [at.caller]
        if first == 2:
            _, _, carol = await three(at)
            here.append(carol)
        other = make_channel(at.pbx, name="Fake/9-00000000", extension="calls")
        at.pbx.start(other)
        await asyncio.sleep(2)
        there = [at.channel("erin")]
        if second == 2:
            guest = make_channel(at.pbx, name="Fake/8-00000000", extension="joins")
            guest.extension = "added"
            at.pbx.start(guest)
            await asyncio.sleep(2)
            there.append(guest)
        assert join_peers(at.bob, other)
        await asyncio.sleep(1)
        assert await in_bridge(at, *here, *there)
        assert at.bob.is_finished
        assert other.is_finished
        for each in here:
            if each in at.pbx.channels.values() and len(here) == 1:
                assert each.variables["ATTENDEDTRANSFER"] == other.name

    conf = CONF + "exten => added,1,BridgeAdd(Fake/9-00000000)\n"
    office(work, SETTINGS, conf, erin=1)
