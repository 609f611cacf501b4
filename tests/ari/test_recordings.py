"""Recordings: made, controlled, listed, fetched."""

import asyncio
from pathlib import Path

import pytest

from tests.ari.support import Ari, run_ari
from tests.support.fakes import fake_stream


def test_a_call_is_recorded(tmp_path: Path) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/record"
        made = await ari.ask("POST", path, name="a/b", format="wav", maxDurationSeconds=10)
        assert (made["name"], made["format"], made["state"]) == ("a/b", "wav", "queued")
        await asyncio.sleep(1)
        live = "/recordings/live/a%2Fb"
        assert (await ari.ask("GET", live))["state"] == "recording"
        assert await ari.refused("POST", path, name="a/b", format="wav") == 409
        await ari.ask("POST", f"{live}/pause")
        assert (await ari.ask("GET", live))["state"] == "paused"
        (monitor,) = fake_stream(channel).monitors
        assert monitor.paused
        await ari.ask("POST", f"{live}/mute")
        assert monitor.muted == (True, True)  # silence in the file, which goes on
        await ari.ask("DELETE", f"{live}/pause")
        assert not monitor.paused
        await ari.ask("DELETE", f"{live}/mute")
        assert monitor.muted == (False, False)
        await asyncio.sleep(15)
        assert ivr.last("RecordingFinished")["recording"]["state"] == "done"
        assert await ari.refused("GET", live) == 404
        stored = await ari.ask("GET", "/recordings/stored")
        assert stored == [{"name": "a/b", "format": "wav"}]
        assert await ari.refused("POST", path, name="a/b", format="wav") == 409
        copied = await ari.ask(
            "POST", "/recordings/stored/a%2Fb/copy", destinationRecordingName="c"
        )
        assert copied == {"name": "c", "format": "wav"}
        (tmp_path / "spool/recording/c.wav").write_bytes(b"RIFF")
        file = await ari.answer("GET", "/recordings/stored/c/file")
        assert (file.body, file.content_type) == (b"RIFF", "audio/wav")
        await ari.ask("DELETE", "/recordings/stored/c")
        assert await ari.refused("GET", "/recordings/stored/c") == 404
        assert (await ari.ask("GET", "/recordings/stored/a%2Fb"))["format"] == "wav"

    run_ari(test, folder=tmp_path)


@pytest.mark.parametrize("how", ["stop", "cancel", "key", "silence", "hangup"])
def test_how_a_recording_ends(tmp_path: Path, how: str) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        await ari.ask(
            "POST", f"/channels/{channel.unique_id}/record", name="r", format="wav",
            terminateOn="#", maxSilenceSeconds=5, beep="true",
        )  # fmt: skip
        await asyncio.sleep(2)
        match how:
            case "stop":
                await ari.ask("POST", "/recordings/live/r/stop")
            case "cancel":
                await ari.ask("DELETE", "/recordings/live/r")
            case "key":
                fake_stream(channel).key("5")
                await asyncio.sleep(0.1)
                assert "RecordingFinished" not in ivr.types
                fake_stream(channel).key("#")
            case "silence":
                fake_stream(channel).talk(2.0)
                await asyncio.sleep(6)
                assert "RecordingFinished" not in ivr.types
                await asyncio.sleep(2)
            case _:
                channel.hangup()
        await asyncio.sleep(0.1)
        state = "canceled" if how == "cancel" else "done"
        assert ivr.last("RecordingFinished")["recording"]["state"] == state
        assert (tmp_path / "spool/recording/r.wav").exists() is (how != "cancel")
        assert fake_stream(channel).played == ["beep"]

    run_ari(test, folder=tmp_path)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"name": "../evil", "format": "wav"}, 400),
        ({"name": "/etc/evil", "format": "wav"}, 400),
        ({"name": "", "format": "wav"}, 400),
        ({"name": "r", "format": "doc"}, 422),
        ({"name": "r", "format": "wav/../x"}, 400),
        ({"name": "r", "format": "wav", "ifExists": "perhaps"}, 400),
        ({"name": "r", "format": "wav", "terminateOn": "bell"}, 400),
        ({"name": "r", "format": "wav", "maxDurationSeconds": -1}, 400),
        ({"name": "r"}, 400),
    ],
)
def test_what_cannot_be_recorded(tmp_path: Path, query: dict[str, str], status: int) -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/record"
        assert await ari.refused("POST", path, **query) == status
        assert await ari.refused("GET", "/recordings/stored/..%2F..%2Fsecret") == 404

    run_ari(test, folder=tmp_path)


def test_a_bridge_is_recorded(tmp_path: Path) -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await ari.call(number=1), await ari.call(number=2)
        await ari.ask("POST", "/bridges/b")
        await ari.ask("POST", "/bridges/b/addChannel", channel=f"{one.unique_id},{two.unique_id}")
        await ari.ask("POST", "/bridges/b/record", name="talk", format="wav")
        await asyncio.sleep(1)
        assert ivr.last("RecordingStarted")["recording"]["target_uri"] == "bridge:b"
        assert (await ari.ask("GET", "/bridges/b"))["technology"] == "softmix"
        await ari.ask("DELETE", "/bridges/b")
        await asyncio.sleep(0.1)
        assert [each["name"] for each in await ari.ask("GET", "/recordings/stored")] == ["talk"]

    run_ari(test, folder=tmp_path)
