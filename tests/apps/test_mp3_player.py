"""MP3Player() with real programs that stand in for decoders, in real time."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.channel import Channel, ChannelState
from tests.support.dialplan import make_interpreter
from tests.support.fakes import fake_stream, make_channel, make_pbx

FINITE = "sys.stdout.buffer.write(bytes(2 * 4800))"  # 0.3 seconds
ENDLESS = "while True: sys.stdout.buffer.write(bytes(4096))"


def decoder(folder: Path, name: str, code: str) -> None:
    """A program that notes how it was called."""
    path = folder / name
    path.write_text(
        f"#!{sys.executable}\nimport sys, time\n"
        f"open({str(folder / 'called')!r}, 'w').write(chr(10).join(sys.argv[1:]))\n{code}\n"
    )
    path.chmod(0o755)


def play(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    location: str,
    *,
    once_heard: Callable[[Channel], object] | None = None,
) -> Channel:
    monkeypatch.setenv("PATH", str(folder))
    found: list[Channel] = []

    async def main() -> None:
        plan = f"[default]\nexten => s,1,MP3Player({location})\n same => n,Set(after=yes)\n"
        async with asyncio.timeout(30), make_pbx(make_interpreter(plan)) as pbx:
            pbx.directories = replace(Directories(), astdatadir=folder)
            channel = make_channel(pbx)
            channel.state = ChannelState.UP
            found.append(channel)
            async with asyncio.TaskGroup() as group:
                call = group.create_task(pbx.dialplan.run(channel))
                while once_heard is not None and not heard(channel):
                    assert not call.done()
                    await asyncio.sleep(0.01)
                if once_heard is not None:
                    once_heard(channel)
            channel.finish()

    def heard(channel: Channel) -> list[str]:
        return fake_stream(channel).backgrounds if channel.opened_stream is not None else []

    asyncio.run(main())
    return found[0]


@pytest.mark.parametrize(
    ("name", "location", "call"),
    [
        ("mpg123", "/a/b.mp3", ["-q", "--mono", "-r", "16000", "-e", "s16", "-s", "--", "/a/b.mp3"]),
        ("mpg123", "/a.m3u", ["-q", "--mono", "-r", "16000", "-e", "s16", "-s", "-@", "/a.m3u"]),
        (
            "mpg123",
            "http://radio.example/-x,y",
            ["-q", "--mono", "-r", "16000", "-e", "s16", "-s", "--", "http://radio.example/-x,y"],
        ),
        (
            "ffmpeg",
            "-x.mp3",
            [
                "-nostdin", "-loglevel", "error", "-i", "file:{folder}/sounds/-x.mp3", "-vn", "-f",
                "s16le", "-ac", "1", "-ar", "16000", "-",
            ],
        ),
    ],
)  # fmt: skip
def test_to_its_end(
    name: str, location: str, call: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder(tmp_path, name, FINITE)
    channel = play(tmp_path, monkeypatch, location)
    assert channel.variables["after"] == "yes"
    assert len(fake_stream(channel).backgrounds) == 3, "three times a tenth of a second"
    assert (tmp_path / "called").read_text() == "\n".join(call).replace("{folder}", str(tmp_path))


def test_a_key_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder(tmp_path, "mpg123", ENDLESS)
    channel = play(tmp_path, monkeypatch, "/x.mp3", once_heard=lambda each: each.on_digit("5"))
    assert channel.variables["after"] == "yes"
    assert channel.on_key is None


def test_a_hangup_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder(tmp_path, "mpg123", ENDLESS)
    channel = play(tmp_path, monkeypatch, "/x.mp3", once_heard=lambda each: each.hangup())
    assert "after" not in channel.variables


def test_other_music_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder(tmp_path, "mpg123", ENDLESS)
    end = Background.stop

    def stop(channel: Channel) -> None:
        stream = channel.opened_stream
        assert stream is not None
        end(channel.datastore(Background), stream, BackgroundKind.MUSIC)

    assert play(tmp_path, monkeypatch, "/x.mp3", once_heard=stop).variables["after"] == "yes"


@pytest.mark.parametrize("code", ["", "sys.exit(1)"])
def test_nothing_comes(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decoder(tmp_path, "mpg123", code)
    assert play(tmp_path, monkeypatch, "/x.mp3").variables["after"] == "yes"
    assert "nothing of /x.mp3" in caplog.text


def test_without_a_decoder_a_file_is_read_by_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = play(tmp_path, monkeypatch, "jazz.mp3")
    assert fake_stream(channel).played == [str(tmp_path / "sounds" / "jazz")]


@pytest.mark.parametrize("location", ["http://radio.example/", "list.m3u"])
def test_without_a_decoder_there_is_no_stream(
    location: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert play(tmp_path, monkeypatch, location).variables["after"] == "yes"
    assert "needs mpg123 or ffmpeg" in caplog.text
