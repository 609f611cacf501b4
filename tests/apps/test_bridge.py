import asyncio

import pytest

from switchroom.pbx.bridging.bridge import Bridge, Bridges, party_of
from switchroom.pbx.bridging.holding_bridge import HoldingBridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones, hears

CONF = """\
[default]
exten => waits,1,Answer()
 same => n,Wait(30)
 same => n,Set(GLOBAL(BACK)=yes)
exten => dials,1,Dial(Phone/bob)
exten => joins,1,Bridge(${WHOM},${OPTIONS})
 same => n,Set(GLOBAL(R)=${BRIDGERESULT})
 same => n,Wait(5)
exten => holds,1,BridgeWait(,,${OPTIONS})
 same => n,Set(GLOBAL(BACK)=yes)
exten => lobby,1,BridgeWait(lobby,${ROLE},${OPTIONS})
exten => adds,1,BridgeAdd(${WHOM})
 same => n,Set(GLOBAL(R)=${BRIDGERESULT})
exten => there,1,Set(GLOBAL(BACK)=there)
"""


async def begin(pbx: Pbx, number: int, extension: str, **variables: str) -> Channel:
    channel = make_channel(pbx, name=f"Fake/{number}-00000000", extension=extension)
    channel.variables.update(variables)
    pbx.start(channel)
    await asyncio.sleep(1.5)
    return channel


def bridge_of(channel: Channel) -> Bridge:
    party = party_of(channel)
    assert party is not None
    assert party.bridge is not None
    return party.bridge


@pytest.mark.parametrize(
    ("options", "back"), [("", None), ("x", "yes"), ("F(default^there^1)", "there")]
)
def test_a_channel_is_taken_out_of_its_dialplan(options: str, back: str | None) -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            other = await begin(pbx, 1, "waits")
            one = await begin(pbx, 2, "joins", WHOM=other.name, OPTIONS=options)
            assert hears(one, other)
            fake_stream(one).key("5")
            await asyncio.sleep(0.1)
            assert fake_stream(other).sent_digits == [("5", 0.1)]
            one.hangup()
            await asyncio.sleep(1)
            assert pbx.global_variables.get("BACK") == back
            assert pbx.channels == {}
            assert pbx.datastore(Bridges) == {}

    run_virtual(main())


def test_a_party_is_taken_out_of_its_bridge() -> None:
    async def main() -> None:
        phones = Phones(bob=1)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = await begin(pbx, 1, "dials")
            bob = phones["bob"].channel
            assert hears(caller, bob)
            one = await begin(pbx, 2, "joins", WHOM=bob.name)
            assert caller.is_finished
            assert hears(one, bob)
            bob.hangup()
            await asyncio.sleep(1)
            assert pbx.global_variables["R"] == "SUCCESS"
            assert not one.is_hung_up
            one.hangup()

    run_virtual(main())


@pytest.mark.parametrize(
    ("whom", "result"), [("Fake/9-00000000", "NONEXISTENT"), ("Fake/1-00000000", "LOOP")]
)
def test_who_cannot_be_bridged(whom: str, result: str) -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            await begin(pbx, 1, "joins", WHOM=whom)
            assert pbx.global_variables["R"] == result

    run_virtual(main())


def test_who_waits_in_a_bridge_is_joined() -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            other = await begin(pbx, 1, "holds")
            one = await begin(pbx, 2, "adds", WHOM="Fake/1")
            assert hears(one, other)
            other.hangup()
            await asyncio.sleep(1)
            assert pbx.global_variables["R"] == "SUCCESS"
            assert pbx.datastore(Bridges) == {}

    run_virtual(main())


def test_a_third_joins_two_that_talk() -> None:
    async def main() -> None:
        phones = Phones(bob=1)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = await begin(pbx, 1, "dials")
            bob = phones["bob"].channel
            third = await begin(pbx, 2, "adds", WHOM=bob.name)
            (mix,) = pbx.engine.mixes  # type: ignore[attr-defined]  # a fake
            assert set(mix.seats) == {fake_stream(each) for each in (caller, bob, third)}
            assert third.variables["BRIDGEPEER"] == f"{caller.name},{bob.name}"
            fourth = await begin(pbx, 3, "adds", WHOM=third.name)
            assert len(mix.seats) == 4
            caller.hangup()
            third.hangup()
            await asyncio.sleep(1)
            assert hears(bob, fourth)
            assert mix.closed
            bob.hangup()
            await asyncio.sleep(1)
            assert pbx.channels == {}

    run_virtual(main())


def test_those_who_wait_hear_the_announcer_instead_of_music_and_nobody_else() -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            one = await begin(pbx, 1, "lobby", ROLE="participant")
            two = await begin(pbx, 2, "lobby", ROLE="participant", OPTIONS="e(r)")
            other = await begin(pbx, 3, "holds")
            bridge = bridge_of(one)
            assert bridge is bridge_of(two)
            assert (bridge.kind, bridge.name) == ("holding", "lobby")
            assert not hears(one, two)
            music, ringing = fake_stream(one).background, fake_stream(two).background
            assert music.name is not None
            assert ringing.name == "ring"
            announcer = await begin(pbx, 4, "lobby", ROLE="announcer")
            (mix,) = pbx.engine.mixes  # type: ignore[attr-defined]  # a fake
            assert music.name is None
            assert ringing.name is None
            assert fake_stream(other).background.name is not None, "another bridge"
            seats = {stream: (plan.talks, plan.hears) for stream, plan in mix.seats.items()}
            assert seats == {
                fake_stream(announcer): (True, False),
                fake_stream(one): (False, True),
                fake_stream(two): (False, True),
            }
            second = await begin(pbx, 5, "lobby", ROLE="announcer")
            assert second.is_finished
            late = await begin(pbx, 6, "lobby", ROLE="participant")
            assert fake_stream(late) in mix.seats
            announcer.hangup()
            await asyncio.sleep(1)
            assert mix.closed
            assert music.name is not None
            assert ringing.name == "ring"
            talks = await begin(pbx, 7, "adds", WHOM=one.name)
            assert hears(one, talks)
            assert bridge_of(two) is bridge
            for channel in (one, two, other, late):
                channel.hangup()
            await asyncio.sleep(1)
            assert pbx.channels == {}
            assert pbx.datastore(HoldingBridges) == {}
            assert pbx.datastore(Bridges) == {}

    run_virtual(main())


def test_waiting_in_a_bridge_has_an_end() -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            await begin(pbx, 1, "holds", OPTIONS="S(5)e(r)")
            await asyncio.sleep(4)
            assert pbx.global_variables["BACK"] == "yes"

    run_virtual(main())


def test_the_other_hangs_up_while_the_beep_is_heard() -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF), sounds=FakeSounds({"beep": 5.0})) as pbx:
            other = await begin(pbx, 1, "waits")
            one = await begin(pbx, 2, "joins", WHOM=other.name, OPTIONS="p")
            other.hangup()
            await asyncio.sleep(10)
            assert pbx.global_variables["R"] == "FAILURE"
            assert one.is_finished
            assert pbx.datastore(Bridges) == {}

    run_virtual(main())
