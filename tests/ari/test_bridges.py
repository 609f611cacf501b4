"""Bridges of applications: who hears whom in them."""

import asyncio
from typing import Any

import pytest

from switchroom.pbx.bridging.bridge import Bridges, party_of
from switchroom.pbx.bridging.joining import join_peers
from switchroom.pbx.channel import Channel
from switchroom.pbx.music.classes import hears_music
from switchroom.pbx.stasis import stay_of
from switchroom.pbx.transfers.transfer import TransferResult, transfer
from tests.ari.support import Ari, run_ari
from tests.support.fakes import fake_stream
from tests.support.phones import hears


async def two_calls(ari: Ari) -> tuple[Channel, Channel]:
    return await ari.call(number=1), await ari.call(number=2)


async def make(ari: Ari, *channels: Channel, **query: Any) -> str:
    """A bridge with channels in it; its path."""
    bridge = await ari.ask("POST", "/bridges", type=query.pop("type", "mixing"))
    path = f"/bridges/{bridge['id']}"
    if channels:
        names = ",".join(each.unique_id for each in channels)
        await ari.ask("POST", f"{path}/addChannel", channel=names, **query)
    return path


def test_two_calls_hear_each_other() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await two_calls(ari)
        path = await make(ari, one, two)
        assert hears(one, two)
        assert await ari.ask("GET", path) == {
            **(await ari.ask("GET", "/bridges"))[0],
            "technology": "simple_bridge",
            "bridge_type": "mixing",
            "bridge_class": "stasis",
            "creator": "Stasis",
            "channels": [one.unique_id, two.unique_id],
        }
        assert ivr.types.count("ChannelEnteredBridge") == 2
        fake_stream(one).key("5")
        await asyncio.sleep(0.1)
        assert fake_stream(two).sent_digits == [("5", 0.1)]
        assert ivr.last("ChannelDtmfReceived")["digit"] == "5"
        await ari.ask("POST", f"{path}/removeChannel", channel=two.unique_id)
        assert not hears(one, two)
        assert ivr.last("ChannelLeftBridge")["channel"]["id"] == two.unique_id
        assert stay_of(two) is not None
        assert await ari.refused("POST", f"{path}/removeChannel", channel=two.unique_id) == 422
        one.hangup()
        await asyncio.sleep(0.1)
        assert (await ari.ask("GET", path))["channels"] == []
        await ari.ask("DELETE", path)
        assert await ari.refused("GET", path) == 404
        assert ari.pbx.datastore(Bridges) == {}
        assert ari.context.hub.applications["ivr"].topics == {f"channel:{two.unique_id}": 1}

    run_ari(test)


@pytest.mark.parametrize("asks", [True, False])
def test_whose_channels_are_in_a_bridge_hears_of_its_end(*, asks: bool) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        path = await make(ari, *await two_calls(ari))
        source = f"bridge:{path.rpartition('/')[2]}"
        if asks:
            await ari.ask("POST", "/applications/ivr/subscription", eventSource=source)
        await ari.ask("DELETE", path)
        told = [each for each in ivr.types if each != "ChannelVarset"]
        assert told[-3:] == ["ChannelLeftBridge", "ChannelLeftBridge", "BridgeDestroyed"]
        assert (source in ari.context.hub.applications["ivr"].topics) is asks

    run_ari(test)


def test_a_bridge_is_taken_away_under_its_channels() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve(hears_all=True)
        one, two = await two_calls(ari)
        path = await make(ari, one, two)
        await ari.ask("DELETE", path)
        assert ivr.types[-1] == "BridgeDestroyed"
        assert ivr.types.count("ChannelLeftBridge") == 2
        assert stay_of(one) is not None
        again = await make(ari, one, two)
        assert hears(one, two)
        await ari.ask("POST", f"/channels/{one.unique_id}/continue", extension="200")
        await asyncio.sleep(0.1)
        assert (await ari.ask("GET", again))["channels"] == [two.unique_id]
        assert not two.is_hung_up

    run_ari(test)


def test_three_calls_are_mixed_and_one_is_muted() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        one, two = await two_calls(ari)
        three = await ari.call(number=3)
        path = await make(ari, one, two)
        await ari.ask("POST", f"{path}/addChannel", channel=three.unique_id, mute="true")
        (mix,) = ari.pbx.engine.mixes  # type: ignore[attr-defined]  # a fake
        talks = {stream: plan.talks for stream, plan in mix.seats.items()}
        assert talks == {fake_stream(one): True, fake_stream(two): True, fake_stream(three): False}
        assert (await ari.ask("GET", path))["technology"] == "softmix"
        three.hangup()
        await asyncio.sleep(0.1)
        assert hears(one, two)

    run_ari(test)


def test_a_channel_goes_from_one_bridge_to_another() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        one, two = await two_calls(ari)
        three = await ari.call(number=3)
        first = await make(ari, one, two)
        second = await make(ari, three)
        await ari.ask("POST", f"{second}/addChannel", channel=one.unique_id)
        assert hears(one, three)
        assert not hears(one, two)
        assert (await ari.ask("GET", first))["channels"] == [two.unique_id]

    run_ari(test)


def test_keys_are_absorbed() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await two_calls(ari)
        await make(ari, one, two, absorbDTMF="true")
        fake_stream(one).key("5")
        await asyncio.sleep(0.1)
        assert fake_stream(two).sent_digits == []
        assert ivr.last("ChannelDtmfReceived")["digit"] == "5"

    run_ari(test)


def test_who_is_held_hears_music_until_somebody_announces() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        one, two = await two_calls(ari)
        path = await make(ari, one, type="holding")
        await asyncio.sleep(0.1)
        assert hears_music(one)
        await ari.ask("POST", f"{path}/addChannel", channel=two.unique_id, role="announcer")
        assert not hears_music(one)
        (mix,) = ari.pbx.engine.mixes  # type: ignore[attr-defined]  # a fake
        assert mix.seats[fake_stream(two)].talks
        assert not mix.seats[fake_stream(one)].talks
        await ari.ask("POST", f"{path}/removeChannel", channel=two.unique_id)
        await asyncio.sleep(0.1)
        assert hears_music(one)
        await ari.ask("POST", f"{path}/removeChannel", channel=one.unique_id)
        assert not hears_music(one)
        assert (await ari.ask("GET", path))["bridge_type"] == "holding"

    run_ari(test)


def test_all_in_a_bridge_hear_music() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        one, _ = await two_calls(ari)
        path = await make(ari, one)
        assert await ari.refused("DELETE", f"{path}/moh") == 409
        await ari.ask("POST", f"{path}/moh", mohClass="default")
        await asyncio.sleep(0.1)
        assert hears_music(one)
        await ari.ask("DELETE", f"{path}/moh")
        assert not hears_music(one)

    run_ari(test)


def test_a_bridge_that_is_wanted_by_its_id() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        await ari.ask("POST", "/bridges/mine", {"variables": {"A": 1}}, name="My bridge")
        await ari.ask("POST", "/applications/ivr/subscription", eventSource="bridge:mine")
        again = await ari.ask("POST", "/bridges/mine", name="Other")
        assert (again["id"], again["name"]) == ("mine", "Other")
        assert await ari.ask("GET", "/bridges/mine/variable", variable="A") == {"value": "1"}
        await ari.ask("POST", "/bridges/mine/variables", {"variables": {"B": "two"}})
        found = await ari.ask("GET", "/bridges/mine/variables", variables="A,B,C")
        assert found == {"variables": {"A": "1", "B": "two", "C": ""}}
        assert await ari.refused("GET", "/bridges/mine/variable", variable="C") == 404
        one = await ari.call()
        assert await ari.refused("POST", f"/bridges/mine/videoSource/{one.unique_id}") == 422
        await ari.ask("POST", "/bridges/mine/addChannel", channel=one.unique_id)
        await ari.ask("POST", f"/bridges/mine/videoSource/{one.unique_id}")
        assert ivr.last("BridgeVideoSourceChanged")["bridge"]["video_source_id"] == one.unique_id
        await ari.ask("DELETE", "/bridges/mine/videoSource")
        assert ivr.last("BridgeVideoSourceChanged")["old_video_source_id"] == one.unique_id

    run_ari(test)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/bridges", {"type": "mixing,holding"}, 400),
        ("/bridges", {"type": "wonderful"}, 400),
        ("/bridges/b/addChannel", {}, 400),
        ("/bridges/b/addChannel", {"channel": "nobody"}, 400),
        ("/bridges/c/addChannel", {"channel": "nobody"}, 404),
        ("/bridges/b/addChannel", {"channel": "Fake/1-00000000", "role": "king"}, 422),
        ("/bridges/b/addChannel", {"channel": "Fake/2-00000000"}, 409),
    ],
)
def test_what_cannot_be_done_with_bridges(path: str, query: dict[str, str], status: int) -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        await ari.ask("POST", "/bridges/b")
        await ari.call(number=1)
        await ari.call("300", number=2)
        assert await ari.refused("POST", path, **query) == status

    run_ari(test)


def test_a_phone_transfers_whom_it_talks_with() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await two_calls(ari)
        path = await make(ari, one, two)
        party = party_of(one)
        assert party is not None
        assert transfer(party, "200", "default") is TransferResult.SUCCESS
        await asyncio.sleep(0.1)
        assert ari.pbx.global_variables["THERE"] == two.name
        assert stay_of(two) is None
        assert stay_of(one) is not None
        told = ivr.last("BridgeBlindTransfer")
        assert (told["exten"], told["transferee"]["id"]) == ("200", two.unique_id)
        assert ivr.last("StasisEnd")["channel"]["id"] == two.unique_id
        assert (await ari.ask("GET", path))["channels"] == []
        await ari.ask("POST", f"{path}/addChannel", channel=one.unique_id)
        one.hangup()
        two.hangup()
        await asyncio.sleep(0.1)
        assert ari.pbx.channels == {}

    run_ari(test)


def test_two_conversations_become_one() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await two_calls(ari)
        three, four = await ari.call(number=3), await ari.call(number=4)
        first, second = await make(ari, one, two), await make(ari, three, four)
        assert join_peers(one, three)
        await asyncio.sleep(0.1)
        assert hears(two, four)
        assert one.is_finished
        assert three.is_finished
        assert (await ari.ask("GET", first))["channels"] == []
        assert (await ari.ask("GET", second))["channels"] == [four.unique_id, two.unique_id]
        assert ivr.last("BridgeAttendedTransfer")["destination_bridge"] == second.rpartition("/")[2]
        await ari.ask("DELETE", second)
        assert stay_of(two) is not None

    run_ari(test)


def test_a_channel_is_redirected_out_of_its_bridge() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await two_calls(ari)
        path = await make(ari, one, two)
        two.redirect("default", "200", 1)
        await asyncio.sleep(0.1)
        assert ari.pbx.global_variables["THERE"] == two.name
        assert ivr.types.count("StasisEnd") == 1
        assert (await ari.ask("GET", path))["channels"] == [one.unique_id]

    run_ari(test)
