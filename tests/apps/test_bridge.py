import asyncio

import pytest

from switchroom.pbx.bridge import Bridges, party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual
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
            assert party_of(one) is not None  # the bridge waits for the next

    run_virtual(main())


def test_waiting_in_a_bridge_has_an_end() -> None:
    async def main() -> None:
        async with make_pbx(make_interpreter(CONF)) as pbx:
            await begin(pbx, 1, "holds", OPTIONS="S(5)e(r)")
            await asyncio.sleep(4)
            assert pbx.global_variables["BACK"] == "yes"

    run_virtual(main())
