import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.apps.park import park_by_code
from switchroom.config.features import FeatureSettings
from switchroom.config.parking import read_parking
from switchroom.config.reader import parse_config
from switchroom.parking.lots import lots_of
from switchroom.pbx.bridge import Bridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.device_state import DeviceState, device_state
from switchroom.pbx.features import Features
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import Phones, hears

PARKING = """\
[default]
parkpos = 701-703
parkingtime = 10
comebackdialtime = 5
[away]
parkpos = 801-802
parkingtime = 10
comebacktoorigin = no
"""
CONF = """\
[default]
exten => calls,1,Dial(Phone/bob,,kK)
exten => parks,1,Park(${LOT},${OPTIONS})
exten => fetches,1,ParkedCall(,${SPACE})
 same => n,Set(GLOBAL(MISSED)=yes)
exten => tells,1,ParkAndAnnounce(,,sorry:PARKED,Phone/bob)
exten => there,1,Set(GLOBAL(BACK)=${PARKINGSLOT} ${PARKEDLOT})
[parkedcallstimeout]
exten => s,1,Set(GLOBAL(BACK)=${PARKINGSLOT} ${PARKER})
"""


async def begin(pbx: Pbx, number: int, extension: str, **variables: str) -> Channel:
    channel = make_channel(pbx, name=f"Fake/{number}-00000000", extension=extension)
    channel.variables.update(variables)
    pbx.start(channel)
    await asyncio.sleep(3)
    return channel


def run(work: Callable[[Pbx, Phones], Awaitable[None]]) -> None:
    async def main() -> None:
        phones = Phones(bob=1)
        sounds = FakeSounds({f"digits/{digit}": 0.2 for digit in range(10)})
        interpreter = make_interpreter(CONF)
        async with make_pbx(interpreter, sounds=sounds, technologies={"PHONE": phones}) as pbx:
            lots_of(pbx).use(read_parking(parse_config(PARKING)))
            features = pbx.datastore(Features)
            features.settings = FeatureSettings(park="#72")
            features.actions["park"] = park_by_code
            await work(pbx, phones)
            for channel in list(pbx.channels.values()):
                channel.hangup()
            await asyncio.sleep(20)
            assert pbx.channels == {}
            assert pbx.datastore(Bridges) == {}
            assert all(not lot.calls for lot in lots_of(pbx).lots.values())

    run_virtual(main())


@pytest.mark.parametrize("space", ["701", ""])
def test_a_parked_call_is_fetched(space: str) -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        parked = await begin(pbx, 1, "parks")
        assert fake_stream(parked).played == ["digits/7", "digits/0", "digits/1"]
        assert parked.variables["PARKEDAT"] == "701"
        assert device_state(pbx, "park:701@parkedcalls") is DeviceState.INUSE
        assert device_state(pbx, "park:702@parkedcalls") is DeviceState.NOT_INUSE
        fetcher = await begin(pbx, 2, "fetches", SPACE=space)
        assert hears(parked, fetcher)
        assert device_state(pbx, "park:701@parkedcalls") is DeviceState.NOT_INUSE
        await asyncio.sleep(20)
        assert hears(parked, fetcher)
        fetcher.hangup()
        await asyncio.sleep(1)
        assert parked.is_finished

    run(work)


def test_nobody_stands_in_that_space() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        fetcher = await begin(pbx, 2, "fetches", SPACE="702")
        assert pbx.global_variables["MISSED"] == "yes"
        assert fetcher.is_finished

    run(work)


@pytest.mark.parametrize(("by", "other"), [("caller", "bob"), ("bob", "caller")])
def test_a_code_parks_the_other_party(by: str, other: str) -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        caller = await begin(pbx, 1, "calls")
        channels = {"caller": caller, "bob": phones["bob"].channel}
        for digit in "#72":
            fake_stream(channels[by]).key(digit)
        await asyncio.sleep(2)
        assert fake_stream(channels[by]).played == ["digits/7", "digits/0", "digits/1"]
        assert channels[by].is_finished
        fetcher = await begin(pbx, 2, "fetches", SPACE="701")
        assert hears(channels[other], fetcher)

    run(work)


def test_who_parked_it_is_called_when_nobody_fetches_it() -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        caller = await begin(pbx, 1, "calls")
        first = phones["bob"]
        first.keys("#72")
        await asyncio.sleep(2)
        assert first.channel.is_finished
        await asyncio.sleep(11)
        assert phones["bob"] is not first
        assert hears(caller, phones["bob"].channel)
        assert caller.variables["PARKER"] == "Phone/bob"

    run(work)


@pytest.mark.parametrize(
    ("lot", "options", "back"),
    [("away", "", "801 Fake/1"), ("", "c(default,there,1)t(4)", "701 default")],
)
def test_where_it_goes_when_nobody_fetches_it(lot: str, options: str, back: str) -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        await begin(pbx, 1, "parks", LOT=lot, OPTIONS=options)
        await asyncio.sleep(10)
        assert pbx.global_variables["BACK"] == back

    run(work)


def test_somebody_is_told_where_it_is() -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        await begin(pbx, 1, "tells")
        stream = phones["bob"].stream
        assert stream is not None
        assert stream.played == ["sorry", "digits/7", "digits/0", "digits/1"]
        assert phones["bob"].channel.is_finished

    run(work)


def test_a_parked_call_hangs_up() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        parked = await begin(pbx, 1, "parks")
        parked.hangup()
        await asyncio.sleep(1)
        assert not lots_of(pbx).lots["default"].calls

    run(work)
