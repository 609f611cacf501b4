"""Dictate(): what the keys do, and what is left on the disk."""

import asyncio
from pathlib import Path

from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream


def dictate(
    folder: Path, arguments: str, keys: str, *, sounds: FakeSounds | None = None
) -> list[str]:
    """Key one a second; ``w`` waits. Returns what was played."""
    played: list[str] = []

    def prepare(pbx: Pbx, _channel: Channel) -> None:
        pbx.directories = Directories(astspooldir=folder)

    async def play(channel: Channel) -> None:
        await asyncio.sleep(0.5)
        for key in keys:
            await asyncio.sleep(1)
            if key != "w":
                channel.on_digit(key)
            played[:] = fake_stream(channel).played
        await asyncio.sleep(1.5)
        channel.hangup()

    conf = lines_of(f"Dictate({arguments})", "Set(R=left)")
    outcome = run_dialplan(conf, prepare=prepare, play=play, sounds=sounds)
    return [*played, outcome["R"]]


def test_a_recording_is_chosen_made_and_left(tmp_path: Path) -> None:
    played = dictate(tmp_path, "", "12#w1ww#w#w")
    assert played == [
        "dictate/enter_filename", "dictate/forhelp", "dictate/record_mode",
        "dictate/enter_filename", "left",
    ]  # fmt: skip
    assert (tmp_path / "dictate" / "12.wav").exists()


def test_help_and_pause(tmp_path: Path) -> None:
    played = dictate(tmp_path, f"{tmp_path}/own,7", "w0ww1w*w0w#w#w")
    assert played[:5] == [
        "dictate/forhelp", "dictate/play_help", "dictate/both_help", "dictate/record_mode",
        "dictate/pause",
    ]  # fmt: skip
    assert played[5] == "dictate/record_help"
    assert (tmp_path / "own" / "7.wav").exists()


def test_listening_and_winding(tmp_path: Path) -> None:
    sound = str(tmp_path / "dictate" / "7")
    played = dictate(tmp_path, ",7", "w*w8w7w2w#w#w", sounds=FakeSounds({sound: 60.0}))
    assert played.count(sound) == 4


def test_what_is_cut_off_is_gone(tmp_path: Path) -> None:
    (tmp_path / "dictate").mkdir()
    dictate(tmp_path, ",7", "w1w*w8w#w#w")
    assert not (tmp_path / "dictate" / "7.wav").exists()


def test_a_name_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    dictate(tmp_path, ",../../evil", "w1ww#w#w")
    assert [path.name for path in (tmp_path / "dictate").iterdir()] == ["evil.wav"]


def test_a_name_that_no_file_can_have_is_told_and_the_call_goes_on(tmp_path: Path) -> None:
    played = dictate(tmp_path, f",{'x' * 300}", "w1ww#w#w")
    assert played[-1] == "left"
    assert not list((tmp_path / "dictate").iterdir())
