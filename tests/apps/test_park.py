import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.apps.parking.park import park_by_code
from switchroom.channels.local import LocalTechnology
from switchroom.config.features import FeatureSettings
from switchroom.config.language.reader import parse_config
from switchroom.config.parking import read_old_parking, read_parking
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.listing import list_dialplan
from switchroom.parking.events import ParkingChanged
from switchroom.parking.lots import ParkingLots, lots_of
from switchroom.pbx.bridging.bridge import Bridges, party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.features import FeatureKeys, Features
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
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
exten => moves,1,Dial(Phone/bob,,t)
exten => 9,1,Park(away)
exten => fetches801,1,ParkedCall(away,801)
exten => asks,1,Set(GLOBAL(WHO)=${PARK_GET_CHANNEL(701,default)}/${PARK_GET_CHANNEL(702,default)}/${PARK_GET_CHANNEL(801,away)})
exten => parks,1,Park(${LOT},${OPTIONS})
exten => fetches,1,ParkedCall(,${SPACE})
 same => n,Set(GLOBAL(MISSED)=yes)
exten => tells,1,ParkAndAnnounce(,,sorry:PARKED,Phone/bob)
exten => there,1,Set(GLOBAL(BACK)=${PARKINGSLOT} ${PARKEDLOT})
[parkedcallstimeout]
exten => s,1,Set(GLOBAL(BACK)=${PARKINGSLOT} ${PARKER})
"""


async def begin(
    pbx: Pbx, number: int, extension: str, context: str = "default", **variables: str
) -> Channel:
    name = f"Fake/{number}-00000000"
    channel = make_channel(pbx, name=name, context=context, extension=extension)
    channel.variables.update(variables)
    pbx.start(channel)
    await asyncio.sleep(3)
    return channel


def use(pbx: Pbx, text: str) -> None:
    """Read another res_parking.conf."""
    lots_of(pbx).use(read_parking(parse_config(text)))
    lots_of(pbx).add_extensions(pbx)


def run(work: Callable[[Pbx, Phones], Awaitable[None]]) -> None:
    async def main() -> None:
        phones = Phones(bob=1)
        sounds = FakeSounds({f"digits/{digit}": 0.2 for digit in range(10)})
        interpreter = make_interpreter(CONF)
        async with make_pbx(interpreter, sounds=sounds, technologies={"PHONE": phones}) as pbx:
            lots_of(pbx).use(read_parking(parse_config(PARKING)))
            features = pbx.datastore(Features)
            features.settings = FeatureSettings(park="#72", mix="*5", attended_transfer="*2")
            features.actions["park"] = features.park_in = park_by_code
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


# lots with extensions, hints and rights of their own


def test_lots_add_their_extensions_and_hints_to_the_dialplan() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        use(pbx, "[default]\nparkext = 700\nparkinghints = yes\nparkpos = 701-702\n")
        interpreter = pbx.dialplan
        assert isinstance(interpreter, Interpreter)
        assert list_dialplan(interpreter.dialplan, "parkedcalls") == (
            "[ Context 'parkedcalls' created by 'res_parking' ]\n"
            "  '700' =>          1. Park()                                     [res_parking]\n"
            "  '701' =>          hint: park:701@parkedcalls                    [res_parking]\n"
            "                    1. ParkedCall(default,701)                    [res_parking]\n"
            "  '702' =>          hint: park:702@parkedcalls                    [res_parking]\n"
            "                    1. ParkedCall(default,702)                    [res_parking]\n\n"
            "-= 3 extensions (5 priorities) in 1 context. =-\n"
        )
        parked = await begin(pbx, 1, "700", context="parkedcalls")
        fetcher = await begin(pbx, 2, "701", context="parkedcalls")
        assert hears(parked, fetcher)
        use(pbx, "[default]\nparkext = 799\nparkpos = 701-701\nparkext_exclusive = yes\n")
        assert not pbx.dialplan.has_extension("parkedcalls", "700")
        assert pbx.dialplan.step_at(parked, "parkedcalls", "799", 1) is None, "a call in progress"
        other = make_channel(pbx, name="Fake/9-00000000")
        assert pbx.dialplan.step_at(other, "parkedcalls", "799", 1) == ("Park", "default")
        assert pbx.dialplan.hint_text("parkedcalls", "701") == ""
        other.hangup()

    run(work)


def test_what_is_written_goes_before_what_a_lot_adds() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        use(pbx, "[default]\nparkext = tells\ncontext = default\nparkpos = 701-701\n")
        channel = make_channel(pbx)
        found = pbx.dialplan.step_at(channel, "default", "tells", 1)
        assert found == ("ParkAndAnnounce", ",,sorry:PARKED,Phone/bob")
        assert pbx.dialplan.has_extension("default", "701")
        channel.hangup()

    run(work)


def test_lamps_and_listeners_are_told() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        states: list[DeviceStateChanged] = []
        changes: list[tuple[str, str, int, str]] = []
        pbx.events.subscribe(DeviceStateChanged, states.append)
        pbx.events.subscribe(
            ParkingChanged,
            lambda event: changes.append((event.change, event.channel, event.space, event.fetcher)),
        )
        parked = await begin(pbx, 1, "parks")
        assert states == [DeviceStateChanged("park:701@parkedcalls", DeviceState.INUSE)]
        fetcher = await begin(pbx, 2, "fetches")
        assert states[1:] == [DeviceStateChanged("park:701@parkedcalls", DeviceState.NOT_INUSE)]
        fetcher.hangup()
        gives_up = await begin(pbx, 3, "parks")
        gives_up.hangup()
        await begin(pbx, 4, "parks", OPTIONS="t(2)", LOT="away")
        await asyncio.sleep(4)
        assert changes == [
            ("ParkedCall", parked.name, 701, ""),
            ("UnParkedCall", parked.name, 701, fetcher.name),
            ("ParkedCall", gives_up.name, 701, ""),
            ("ParkedCallGiveUp", gives_up.name, 701, ""),
            ("ParkedCall", "Fake/4-00000000", 801, ""),
            ("ParkedCallTimeOut", "Fake/4-00000000", 801, ""),
        ]

    run(work)


def test_a_channel_makes_a_lot_of_its_own() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        dynamic = {
            "PARKINGDYNAMIC": "default", "PARKINGDYNCONTEXT": "mine", "PARKINGDYNPOS": "91-92",
            "PARKINGDYNEXTEN": "90", "PARKINGLOT": "mylot",
        }  # fmt: skip
        refused = await begin(pbx, 1, "parks", **dynamic)
        assert refused.is_finished
        use(pbx, "[general]\nparkeddynamic = yes\n[default]\nparkpos = 701-702\n")
        parked = await begin(pbx, 2, "parks", **dynamic)
        assert parked.variables["PARKEDAT"] == "91"
        assert pbx.dialplan.has_extension("mine", "90")
        fetcher = await begin(pbx, 3, "92", context="mine")
        assert fetcher.is_finished, "nobody stands there"
        fetcher = await begin(pbx, 4, "91", context="mine")
        assert hears(parked, fetcher)
        parked.hangup()
        await asyncio.sleep(1)
        assert "mylot" not in lots_of(pbx).lots

    run(work)


def test_who_may_use_which_codes_after_a_call_was_fetched() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        use(
            pbx,
            "[default]\nparkpos = 701-702\nparkedcalltransfers = caller\nparkedcallhangup = both\n"
            "parkedcallreparking = callee\nparkedcallrecording = caller\n",
        )
        parked = await begin(pbx, 1, "parks")
        fetcher = await begin(pbx, 2, "fetches")
        here, there = party_of(fetcher), party_of(parked)
        assert here is not None
        assert there is not None
        assert isinstance(here.keys, FeatureKeys)
        assert isinstance(there.keys, FeatureKeys)
        assert set(here.keys.codes) == {"#", "*2", "*", "*5"}
        assert set(there.keys.codes) == {"*", "#72"}
        for digit in "#72":
            fake_stream(parked).key(digit)
        await asyncio.sleep(1)
        assert lots_of(pbx).lots["default"].calls[701].call.channel is fetcher

    run(work)


def test_the_courtesy_tone_is_heard_by_both() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        use(pbx, "[default]\nparkpos = 701-702\ncourtesytone = ding\nparkedplay = both\n")
        parked = await begin(pbx, 1, "parks")
        fetcher = await begin(pbx, 2, "fetches")
        assert fake_stream(fetcher).played == ["ding"]
        assert fake_stream(parked).played[-1] == "ding"
        assert hears(parked, fetcher)

    run(work)


def test_a_blind_transfer_to_an_extension_that_parks_says_the_space() -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        caller = await begin(pbx, 1, "moves")
        bob = phones["bob"]
        bob.keys("#")
        await asyncio.sleep(2)
        bob.keys("9")
        await asyncio.sleep(6)
        assert bob.stream is not None
        assert bob.stream.played[-3:] == ["digits/8", "digits/0", "digits/1"]
        assert bob.channel.is_finished
        assert lots_of(pbx).lots["away"].calls[801].call.channel is caller
        assert lots_of(pbx).lots["away"].calls[801].parker == "Phone/bob"

    run(work)


def test_an_attended_transfer_to_an_extension_that_parks() -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        pbx.technologies = {**pbx.technologies, "LOCAL": LocalTechnology()}
        caller = await begin(pbx, 1, "moves")
        bob = phones["bob"]
        bob.keys("*2")
        await asyncio.sleep(2)
        bob.keys("9")
        await asyncio.sleep(6)  # he hears the space
        bob.hangs_up()
        await asyncio.sleep(1)
        parked = lots_of(pbx).lots["away"].calls[801]
        assert parked.parker == "Phone/bob"
        fetcher = make_channel(pbx, name="Fake/2-00000000", extension="fetches801")
        pbx.start(fetcher)
        await asyncio.sleep(2)
        assert hears(caller, fetcher)
        assert {"Local" in name for name in pbx.channels} == {False}

    run(work)


def test_the_space_is_free_when_it_is_asked_who_stands_there() -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        parked = await begin(pbx, 1, "parks")
        asks = make_channel(pbx, name="Fake/2-00000000", extension="asks")
        pbx.start(asks)
        await asyncio.sleep(1)
        assert pbx.global_variables["WHO"] == f"{parked.name}//"

    run(work)


def test_old_files_have_lots_in_features_conf() -> None:
    text = (
        "[general]\nparkext => 700\nparkpos => 701-705\nxfersound = beep\n"
        "[parkinglot_plaza]\nparkpos => 801-802\ncontext => plaza\n[featuremap]\nblindxfer = #1\n"
    )
    config = read_old_parking(parse_config(text))
    assert config is not None
    assert (config.lots["default"].extension, config.lots["default"].last) == ("700", 705)
    assert config.lots["parkinglot_plaza"].context == "plaza"
    assert read_old_parking(parse_config("[general]\nxfersound = beep\n")) is None
    lots = ParkingLots()
    lots.use(config)
    assert lots.find("plaza") is lots.lots["parkinglot_plaza"]


@pytest.mark.parametrize("how", ["while it is parked", "for ever"])
def test_who_fetches_a_call_and_hangs_up_during_the_tone_takes_it_with_him(how: str) -> None:
    async def work(pbx: Pbx, _phones: Phones) -> None:
        time = "0" if how == "for ever" else "60"
        use(pbx, f"[default]\nparkpos = 701-703\nparkingtime = {time}\ncourtesytone = long\n")
        parked = await begin(pbx, 1, "parks")
        pbx.sounds.durations["long"] = 10.0  # type: ignore[attr-defined]  # a fake
        fetcher = await begin(pbx, 2, "fetches", SPACE="701")
        fetcher.hangup()
        await asyncio.sleep(1)
        assert parked.is_finished

    run(work)


def test_two_that_are_parked_by_code_at_once_stand_in_two_spaces() -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        first = await begin(pbx, 1, "calls")
        one = phones["bob"]
        second = await begin(pbx, 2, "calls")
        one.keys("#72")
        phones["bob"].keys("#72")
        await asyncio.sleep(3)
        assert {first.variables["PARKEDAT"], second.variables["PARKEDAT"]} == {"701", "702"}
        assert one.channel.is_finished
        assert one.stream is not None
        assert one.stream.played[-1] != phones["bob"].stream.played[-1]  # type: ignore[union-attr]  # it is open

    run(work)


def test_the_last_space_is_taken_while_one_parks_by_code() -> None:
    async def work(pbx: Pbx, phones: Phones) -> None:
        use(pbx, "[default]\nparkpos = 701-701\n")
        first = await begin(pbx, 1, "calls")
        one = phones["bob"]
        second = await begin(pbx, 2, "calls")
        one.keys("#72")
        phones["bob"].keys("#72")
        await asyncio.sleep(3)
        assert first.variables["PARKEDAT"] == "701"
        assert second.is_finished
        assert phones["bob"].channel.is_finished

    run(work)
