"""Playing to calls and bridges, and controlling it."""

import asyncio

import pytest

from tests.ari.support import Ari, run_ari
from tests.support.fakes import fake_stream
from tests.support.phones import hears

DURATIONS = {"long": 10.0, "short": 2.0}


def test_sounds_are_played_one_after_the_other() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/play"
        answer = await ari.answer("POST", path, media="sound:long", playbackId="p1")
        assert (answer.status, answer.headers["Location"]) == (201, "/playbacks/p1")
        second = await ari.ask("POST", f"{path}/p2", media=["sound:short", "digits:12"], lang="de")
        assert (second["id"], second["state"], second["language"]) == ("p2", "queued", "de")
        assert second["target_uri"] == f"channel:{channel.unique_id}"
        await asyncio.sleep(5)
        assert (await ari.ask("GET", "/playbacks/p1"))["state"] == "playing"
        assert (await ari.ask("GET", "/playbacks/p2"))["state"] == "queued"
        assert await ari.refused("POST", "/playbacks/p2/control", operation="pause") == 409
        await asyncio.sleep(15)
        assert fake_stream(channel).played == ["long", "short", "digits/1", "digits/2"]
        told = [
            (each["type"], each["playback"]["id"], each["playback"].get("next_media_uri"))
            for each in ivr.heard
            if each["type"].startswith("Playback")
        ]
        assert told == [
            ("PlaybackStarted", "p1", None),
            ("PlaybackFinished", "p1", None),
            ("PlaybackStarted", "p2", "digits:12"),
            ("PlaybackContinuing", "p2", None),
            ("PlaybackFinished", "p2", None),
        ]
        assert ivr.last("PlaybackFinished")["playback"]["state"] == "done"
        assert await ari.refused("GET", "/playbacks/p1") == 404

    run_ari(test, durations=DURATIONS)


def test_a_playback_is_paused_wound_and_stopped() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        loop = asyncio.get_running_loop()
        began = loop.time()
        await ari.ask(
            "POST", f"/channels/{channel.unique_id}/play/p", media="sound:long", skipms=2000
        )  # fmt: skip

        async def control(operation: str) -> None:
            await ari.ask("POST", "/playbacks/p/control", operation=operation)

        await asyncio.sleep(1)  # at 1 s
        await control("pause")
        await asyncio.sleep(20)
        await control("unpause")
        await asyncio.sleep(1)  # at 2 s
        await control("forward")  # at 4 s
        await asyncio.sleep(1)  # at 5 s
        await control("reverse")  # at 3 s
        while "PlaybackFinished" not in ivr.types:
            await asyncio.sleep(0.1)
        assert loop.time() - began == pytest.approx(30, abs=0.3)
        await ari.ask("POST", f"/channels/{channel.unique_id}/play/p", media="sound:long")
        await asyncio.sleep(5)
        await control("restart")
        await asyncio.sleep(9)
        assert (await ari.ask("GET", "/playbacks/p"))["state"] == "playing"
        await ari.ask("DELETE", "/playbacks/p")
        await asyncio.sleep(0.1)
        assert ivr.last("PlaybackFinished")["playback"]["state"] == "done"
        assert ivr.types.count("PlaybackFinished") == 2

    run_ari(test, durations=DURATIONS)


def test_one_id_given_twice_means_the_latest() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/play/p"
        await ari.ask("POST", path, media="sound:short")
        await ari.ask("POST", path, media="sound:long")
        found = await ari.ask("GET", "/playbacks/p")
        assert (found["media_uri"], found["state"]) == ("sound:long", "queued")
        await asyncio.sleep(DURATIONS["short"] + 0.5)
        finished = ivr.last("PlaybackFinished")["playback"]
        assert (finished["media_uri"], finished["state"]) == ("sound:short", "done")
        assert (await ari.ask("GET", "/playbacks/p"))["state"] == "playing"
        await ari.ask("DELETE", "/playbacks/p")
        await asyncio.sleep(0.5)
        assert await ari.refused("GET", "/playbacks/p") == 404
        assert ivr.types.count("PlaybackFinished") == 2

    run_ari(test, durations=DURATIONS)


def test_a_sound_that_is_not_there() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        ari.pbx.sounds.missing.add("gone")  # type: ignore[attr-defined]  # a fake
        path = f"/channels/{channel.unique_id}/play"
        await ari.ask("POST", path, media="sound:gone")
        await asyncio.sleep(0.1)
        assert ivr.last("PlaybackFinished")["playback"]["state"] == "failed"
        for media in ("gone", "nonsense:gone", "sound:"):
            assert await ari.refused("POST", path, media=media) == 400

    run_ari(test, durations=DURATIONS)


def test_a_tone_is_heard_until_it_is_stopped() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/play/p"
        await ari.ask("POST", path, media="tone:ring")
        await asyncio.sleep(30)
        assert fake_stream(channel).background.name is not None
        await ari.ask("DELETE", "/playbacks/p")
        await asyncio.sleep(0.1)
        assert fake_stream(channel).background.name is None
        assert ivr.last("PlaybackFinished")["playback"]["state"] == "done"

    run_ari(test)


def test_who_hangs_up_hears_no_more() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        channel = await ari.call()
        path = f"/channels/{channel.unique_id}/play"
        for name in ("p", "q"):
            await ari.ask("POST", path, media="sound:long", playbackId=name)
        await asyncio.sleep(1)
        channel.hangup()
        await asyncio.sleep(0.1)
        ends = [each["playback"] for each in ivr.heard if each["type"] == "PlaybackFinished"]
        assert [(each["id"], each["state"]) for each in ends] == [("p", "failed"), ("q", "failed")]
        assert await ari.refused("GET", "/playbacks/p") == 404

    run_ari(test, durations=DURATIONS)


def test_what_is_asked_for_later_waits_for_the_sound() -> None:
    async def test(ari: Ari) -> None:
        ari.serve()
        channel = await ari.call()
        await ari.ask("POST", f"/channels/{channel.unique_id}/play", media="sound:short")
        await ari.ask("POST", f"/channels/{channel.unique_id}/dtmf", dtmf="1#")
        await ari.ask("POST", f"/channels/{channel.unique_id}/continue")
        await asyncio.sleep(1.9)
        assert "BACK" not in ari.pbx.global_variables
        await asyncio.sleep(1)
        assert ari.pbx.global_variables["BACK"] == "SUCCESS"
        assert fake_stream(channel).sent_digits == [("1", 0.1), ("#", 0.1)]

    run_ari(test, durations=DURATIONS)


def test_all_in_a_bridge_hear_a_sound() -> None:
    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        one, two = await ari.call(number=1), await ari.call(number=2)
        await ari.ask("POST", "/bridges/b")
        names = f"{one.unique_id},{two.unique_id}"
        await ari.ask("POST", "/bridges/b/addChannel", channel=names)
        await ari.ask("POST", "/bridges/b/play", media="sound:short", playbackId="p")
        await ari.ask("POST", "/bridges/b/play/q", media="sound:long")
        await asyncio.sleep(3)
        assert fake_stream(one).played == fake_stream(two).played == ["short", "long"]
        assert hears(one, two)
        assert ivr.last("PlaybackFinished")["playback"]["target_uri"] == "bridge:b"
        await ari.ask("DELETE", "/bridges/b")
        await asyncio.sleep(0.1)
        assert ivr.types.count("PlaybackStarted") == 2
        assert await ari.refused("GET", "/playbacks/q") == 404

    run_ari(test, durations=DURATIONS)
