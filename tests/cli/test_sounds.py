"""core show sounds, core show sound, file convert."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.media.files.reading import read_sound
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run
from tests.support.tones import seconds_of, write_tone


@pytest.fixture
def sounds(cli: CliNode, tmp_path: Path) -> Path:
    cli.context.pbx.directories = replace(cli.context.pbx.directories, astdatadir=tmp_path)
    folder = cli.context.pbx.directories.sounds
    folder.mkdir(parents=True)
    write_tone(folder / "hello.wav", 1000, 2)
    return folder


def test_a_sound_in_another_format(cli: CliNode, sounds: Path) -> None:
    said = run(cli, "file convert hello.wav hello.ulaw")
    assert said == "Converted hello.wav to hello.ulaw (2.0 s)\n"
    samples, rate = read_sound(sounds / "hello.ulaw")
    assert (len(samples), rate) == (32000, 8000)
    assert seconds_of(samples, 1000) >= 1.8
    assert sorted(each.name for each in sounds.iterdir()) == ["hello.ulaw", "hello.wav"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("hello.wav hello.mp9", "Unable to write 'hello.mp9': unknown format"),
        ("hello.wav hello.wav", "A file cannot be written into itself"),
        ("hello.wav ./hello.wav", "A file cannot be written into itself"),
        ("none.wav hello.ulaw", ""),
        ("hello.txt hello.ulaw", "cannot read"),
        ("hello.wav nowhere/hello.ulaw", ""),
    ],
)
def test_what_cannot_be_converted(cli: CliNode, sounds: Path, arguments: str, message: str) -> None:
    answer = run(cli, f"file convert {arguments}")
    assert answer.startswith(message)
    assert answer.endswith("failed.\n")
    assert [each.name for each in sounds.iterdir()] == ["hello.wav"]


def test_lists(cli: CliNode, sounds: Path) -> None:
    listed = run(cli, "core show sounds").splitlines()
    assert listed[0] == "Available audio files:"
    assert "hello: en/wav" in listed
    assert listed[-1] == f"{len(listed) - 2} sounds"
    assert run(cli, "core show sound hello").splitlines()[:2] == [
        "Sound ID: hello", "Formats: en/wav",
    ]  # fmt: skip
    assert "Text: Goodbye" in run(cli, "core show sound vm-goodbye")
    assert run(cli, "core show sound nothing").startswith("There is no sound 'nothing'\n")
