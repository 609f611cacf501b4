"""What is done to channels, besides playing and bridging."""

import asyncio
from typing import Any

import pytest

from switchroom.pbx.music.classes import hears_music
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.transfers.by_program import (
    ProgramTransfers,
    TransferProgress,
    TransferWanted,
)
from switchroom.tools.simulate.media import SimulatedStream
from tests.ari.support import Ari, run_ari
from tests.support.fakes import FakeDriver, fake_stream


def test_a_caller_hears_that_it_rings() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}"
        await ari.ask("POST", f"{path}/ring")
        await ari.ask("POST", f"{path}/progress")
        await ari.ask("DELETE", f"{path}/ring")
        assert isinstance(channel.driver, FakeDriver)
        assert channel.driver.told == ["ringing", "progress"]
        assert (await ari.ask("GET", path))["state"] == "Ringing"
        await ari.ask("POST", f"{path}/answer")
        await ari.ask("POST", f"{path}/ring")
        assert fake_stream(channel).background.name is not None
        await ari.ask("DELETE", f"{path}/ring")
        assert fake_stream(channel).background.name is None

    run_ari(test)


def test_a_channel_is_muted_and_held() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}"
        await ari.ask("POST", f"{path}/mute", direction="in")
        assert fake_stream(channel).gains == (0.0, 1.0)
        await ari.ask("POST", f"{path}/mute")
        assert fake_stream(channel).gains == (0.0, 0.0)
        await ari.ask("DELETE", f"{path}/mute", direction="in")
        assert fake_stream(channel).gains == (1.0, 0.0)
        assert await ari.refused("POST", f"{path}/mute", direction="up") == 400
        for begin, end in (("hold", "hold"), ("moh", "moh")):
            await ari.ask("POST", f"{path}/{begin}")
            await asyncio.sleep(0.1)
            assert hears_music(channel)
            await ari.ask("DELETE", f"{path}/{end}")
            assert not hears_music(channel)
        await ari.ask("POST", f"{path}/silence")
        assert fake_stream(channel).backgrounds[-1] == "silence"
        await ari.ask("DELETE", f"{path}/silence")
        assert fake_stream(channel).background.name is None

    run_ari(test)


def test_variables_of_a_channel() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}"
        await ari.ask("POST", f"{path}/variable", variable="A", value="one")
        assert ivr.last("ChannelVarset")["variable"] == "A"
        await ari.ask("POST", f"{path}/variable", variable="CALLERID(num)", value="4711")
        assert channel.caller.number == "4711"
        read = await ari.ask("GET", f"{path}/variable", variable="CALLERID(num)")
        assert read == {"value": "4711"}
        assert await ari.refused("GET", f"{path}/variable", variable="NOTHING") == 404
        assert await ari.refused("GET", f"{path}/variable", variable="") == 400
        assert await ari.refused("POST", f"{path}/variable", variable="NOSUCH(1)") == 400
        await ari.ask("POST", f"{path}/variables", {"variables": {"B": 2, "C": True}})
        several = await ari.ask("GET", f"{path}/variables", variables="A,B,C,D")
        assert several == {"variables": {"A": "one", "B": "2", "C": "true", "D": ""}}
        assert await ari.refused("POST", f"{path}/variables", {"variables": {"B": [1]}}) == 400
        assert await ari.refused("POST", f"{path}/variables", {"variables": "B"}) == 400
        ari.context.view.channel_variables = ("A", "CALLERID(num)")
        told = await ari.ask("GET", path)
        assert told["channelvars"] == {"A": "one", "CALLERID(num)": "4711"}

    run_ari(test)


@pytest.mark.parametrize("name", ["SHELL(touch x)", "FILE(/etc/passwd)"])
def test_functions_that_reach_beyond_the_call_refuse(name: str) -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/variable"
        answer = await ari.answer("GET", path, variable=name)
        assert answer.status == 400
        assert b"live_dangerously" in answer.body

    run_ari(test)


@pytest.mark.parametrize(
    ("query", "cause"),
    [({}, 16), ({"reason": "busy"}, 17), ({"reason_code": "21"}, 21), ({"reason": "timeout"}, 102)],
)
def test_why_a_channel_is_hung_up(query: dict[str, str], cause: int) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        await ari.ask("DELETE", f"/channels/{channel.unique_id}", **query)
        await asyncio.sleep(0.1)
        assert ivr.last("ChannelDestroyed")["cause"] == cause
        assert ivr.last("ChannelDestroyed")["cause_txt"]

    run_ari(test)


@pytest.mark.parametrize(
    ("method", "path", "query", "status"),
    [
        ("DELETE", "", {"reason": "boredom"}, 400),
        ("DELETE", "", {"reason": "busy", "reason_code": "17"}, 400),
        ("DELETE", "", {"reason_code": "eleven"}, 400),
        ("POST", "/dtmf", {"dtmf": "xyz"}, 400),
        ("POST", "/dtmf", {"dtmf": "1", "between": -1}, 400),
        ("POST", "/redirect", {"endpoint": "nonsense"}, 422),
        ("POST", "/redirect", {"endpoint": "Phone/alice"}, 422),
        ("POST", "/redirect", {"endpoint": "Fake/alice"}, 412),
        ("POST", "/dial", {}, 409),
        ("POST", "/transfer_progress", {"states": "channel_progress"}, 412),
        ("POST", "/transfer_progress", {"states": "perhaps"}, 400),
        ("POST", "/snoop", {"app": "ivr"}, 400),
        ("POST", "/snoop", {"app": "ivr", "spy": "up"}, 400),
        ("GET", "/rtp_statistics", {}, 404),
    ],
)
def test_what_cannot_be_done(method: str, path: str, query: dict[str, Any], status: int) -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        assert await ari.refused(method, f"/channels/{channel.unique_id}{path}", **query) == status

    run_ari(test)


def test_how_well_audio_arrives() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        await channel.stream()
        found = await ari.ask("GET", f"/channels/{channel.unique_id}/rtp_statistics")
        assert found["channel_uniqueid"] == channel.unique_id
        assert {"txcount", "rxcount", "txploss", "rtt"} <= found.keys()

    run_ari(test)


def spied(pbx: Pbx) -> list[tuple[Any, Any]]:
    """Who listens in on whom, and how."""
    return [
        stream.spied
        for channel in pbx.channels.values()
        if isinstance(stream := channel.opened_stream, SimulatedStream)
        and (stream := stream.peer) is not None
        and stream.spied is not None
    ]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"spy": "both"}, (True, True, False, False)),
        ({"spy": "in", "whisper": "out"}, (True, False, True, False)),
        ({"spy": "out", "whisper": "both"}, (False, True, False, True)),
    ],
)
def test_a_channel_listens_in(query: dict[str, str], wanted: tuple[bool, ...]) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        made = await ari.ask(
            "POST", f"/channels/{channel.unique_id}/snoop/spy-1", app="ivr", appArgs="a", **query
        )
        assert (made["id"], made["state"]) == ("spy-1", "Up")
        assert made["name"].startswith(f"Snoop/{channel.unique_id}-")
        assert ivr.last("StasisStart")["args"] == ["a"]
        ((target, plan),) = spied(ari.pbx)
        assert target is channel.opened_stream
        heard = (plan.hears_said, plan.hears_heard, plan.whispers, plan.barges)
        assert heard == wanted
        channel.hangup()
        await asyncio.sleep(0.1)
        assert ari.pbx.channels == {}
        assert ivr.types.count("StasisEnd") == 2

    run_ari(test)


def test_external_media_needs_a_driver() -> None:
    async def test(ari: Ari) -> None:
        path = "/channels/externalMedia"
        good = {"app": "ivr", "format": "ulaw", "external_host": "127.0.0.1:9999"}
        for more in (
            {"encapsulation": "carrier pigeon"},
            {"connection_type": "peer"},
            {"direction": "in"},
            {"external_host": ""},
            {"encapsulation": "audiosocket", "data": "no uuid"},
        ):
            assert await ari.refused("POST", path, **{**good, **more}) == 400

    run_ari(test)


def test_external_media_is_a_channel_of_its_technology() -> None:
    asked: list[str] = []

    async def test(ari: Ari) -> None:
        phones = ari.phones
        phones.known = {"127.0.0.1:9999/c(ulaw)": 0.1}
        ari.pbx.technologies["UNICASTRTP"] = phones  # type: ignore[index]  # a dictionary here
        ivr = ari.serve()
        made = await ari.ask(
            "POST", "/channels/externalMedia", {"variables": {"UNICASTRTP_LOCAL_PORT": "4000"}},
            app="ivr", format="ulaw", external_host="127.0.0.1:9999", channelId="media",
        )  # fmt: skip
        assert made["id"] == "media"
        assert made["channelvars"] == {"UNICASTRTP_LOCAL_PORT": "4000"}
        await asyncio.sleep(1)
        assert ivr.last("StasisStart")["channel"]["id"] == "media"
        asked.append(made["name"])

    run_ari(test)
    assert asked


def test_a_program_carries_a_transfer_out() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await ari.call(number=1), await ari.call(number=2)
        await ari.ask("POST", "/bridges/b")
        await ari.ask("POST", "/bridges/b/addChannel", channel=f"{one.unique_id},{two.unique_id}")
        reported: list[TransferProgress] = []
        one.datastore(ProgramTransfers).begin(reported.append)
        ari.pbx.events.publish(
            TransferWanted(one.name, one.unique_id, "200", "a@b", (("to-tag", "1"),), two.name)
        )
        told = ivr.last("ChannelTransfer")
        assert told["refer_to"]["requested_destination"] == {
            "protocol_id": "a@b", "destination": "200",
            "additional_protocol_params": [{"parameter_name": "to-tag", "parameter_value": "1"}],
        }  # fmt: skip
        assert told["refer_to"]["destination_channel"]["id"] == two.unique_id
        assert told["referred_by"]["source_channel"]["id"] == one.unique_id
        assert told["referred_by"]["connected_channel"]["id"] == two.unique_id
        assert told["referred_by"]["bridge"]["id"] == "b"
        path = f"/channels/{one.unique_id}/transfer_progress"
        await ari.ask("POST", path, states="channel_progress")
        await ari.ask("POST", path, states="channel_answered")
        assert await ari.refused("POST", path, states="channel_answered") == 412
        assert reported == [TransferProgress.PROGRESS, TransferProgress.ANSWERED]

    run_ari(test)
