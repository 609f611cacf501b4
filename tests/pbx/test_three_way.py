"""Three in one conversation: by code from an attended transfer, and what becomes of it."""

import asyncio

import pytest

from switchroom.config.features import FeatureSettings
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from tests.support.fakes import FakeStream, fake_stream
from tests.support.office import Office, office
from tests.support.phones import hears

CONF = """\
[default]
exten => s,1,Dial(Phone/bob,,tTh)
 same => n,Set(GLOBAL(AFTER)=on)
exten => 2,1,Dial(Phone/carol)
"""
SETTINGS = FeatureSettings(attended_transfer="*2", complete="*7", disconnect="*9")


def all_hear(at: Office, *who: Channel) -> bool:
    """Whether they are seated in one mix, over Local channels or not."""
    (mix,) = [each for each in at.pbx.engine.mixes if not each.closed]  # type: ignore[attr-defined]  # a fake
    seated = set(mix.seats)
    for channel in who:
        stream = fake_stream(channel)
        while stream not in seated:
            through = stream.connected
            if not isinstance(through, FakeStream) or through.peer is None:
                return False
            stream = through.peer
        seated.remove(stream)
    return not seated


async def three(at: Office) -> tuple[Channel, Channel, Channel]:
    """Bob asks carol, and joins all three."""
    at.key("bob", "*2")
    await asyncio.sleep(0.6)
    at.key("bob", "2")
    await asyncio.sleep(9)
    at.key("bob", "*3")
    await asyncio.sleep(1)
    return at.caller, at.bob, at.channel("carol")


@pytest.mark.parametrize("leaves", [0, 1, 2])
def test_all_three_hear_each_other_and_who_leaves_leaves_two(leaves: int) -> None:
    async def work(at: Office) -> None:
        people = await three(at)
        assert all_hear(at, *people)
        (bridge,) = (b for b in at.pbx.datastore(Bridges).values() if len(b.parties) == 3)
        assert bridge.technology == "softmix"
        peers = at.caller.variables["BRIDGEPEER"].split(",")
        assert len(peers) == 2
        assert at.bob.name in peers
        people[leaves].hangup(HangupCause.NORMAL_CLEARING)
        await asyncio.sleep(1)
        left = [each for each in people if each is not people[leaves]]
        assert hears(*left)
        assert all(mix.closed for mix in at.pbx.engine.mixes)  # type: ignore[attr-defined]  # a fake
        left[0].hangup(HangupCause.NORMAL_CLEARING)
        await asyncio.sleep(1)
        assert at.pbx.channels == {}

    office(work, SETTINGS, CONF)


def test_keys_are_heard_by_both_others_and_the_code_that_ends_it_ends_it_for_all() -> None:
    async def work(at: Office) -> None:
        await three(at)
        at.key("caller", "5")
        await asyncio.sleep(1)
        assert at.phones["bob"].heard == at.phones["carol"].heard == ["5"]
        at.key("bob", "*9")
        await asyncio.sleep(5)
        assert at.pbx.channels == {}
        assert all(mix.closed for mix in at.pbx.engine.mixes)  # type: ignore[attr-defined]  # a fake

    office(work, SETTINGS, CONF)


def test_all_join_while_who_transfers_talks_to_the_first() -> None:
    async def work(at: Office) -> None:
        at.key("bob", "*2")
        await asyncio.sleep(0.6)
        at.key("bob", "2")
        await asyncio.sleep(9)
        at.key("bob", "*4")
        await asyncio.sleep(1)
        assert hears(at.caller, at.bob)
        at.key("bob", "*3")
        await asyncio.sleep(1)
        assert all_hear(at, at.caller, at.bob, at.channel("carol"))

    office(work, SETTINGS, CONF)


def test_the_target_hears_that_the_transfer_is_complete() -> None:
    async def work(at: Office) -> None:
        at.bob.set_variable("ATTENDED_TRANSFER_COMPLETE_SOUND", "ding")
        at.key("bob", "*2")
        await asyncio.sleep(0.6)
        at.key("bob", "2")
        await asyncio.sleep(9)
        at.key("bob", "*7")
        await asyncio.sleep(2)
        assert hears(at.caller, at.channel("carol"))
        assert "ding" in [name for stream in at.pbx.engine.streams for name in stream.played]  # type: ignore[attr-defined]  # a fake
        assert at.caller.variables["ATTENDEDTRANSFER"] == at.bob.name

    office(work, SETTINGS, CONF)
