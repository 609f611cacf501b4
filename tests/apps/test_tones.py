"""Signal tones and music beside the dialplan."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.config.indications import read_indications
from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import read_musiconhold
from switchroom.media.api import Sound
from switchroom.pbx.channel import Channel
from switchroom.pbx.music.classes import MusicClasses, MusicStarted, MusicStopped
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.signal_tones import Indications
from tests.support.dialplan import Outcome, lines_of, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream


class Heard:
    """Runs a dialplan and keeps what its party heard in the background."""

    def __init__(self) -> None:
        self.tones: list[str] = []
        self.played: list[str] = []
        self.hums_at_end: str | None = None
        self.events: list[str] = []

    def run(
        self,
        *lines: str,
        indications: str = "",
        music: str = "",
        folder: Path | None = None,
        sounds: FakeSounds | None = None,
    ) -> Outcome:
        def prepare(pbx: Pbx, channel: Channel) -> None:
            if indications:
                config = read_indications(parse_config(indications))
                pbx.datastore(Indications).config = config
            if music:
                pbx.datastore(MusicClasses).use(read_musiconhold(parse_config(music)))
            if folder is not None:
                pbx.directories = Directories(astdatadir=folder)
            pbx.events.subscribe(MusicStarted, lambda e: self.events.append(e.music_class))
            pbx.events.subscribe(MusicStopped, lambda e: self.events.append("end"))
            channel.at_end(lambda: self.keep(channel))

        return run_dialplan(lines_of(*lines), prepare=prepare, sounds=sounds)

    def keep(self, channel: Channel) -> None:
        if channel.opened_stream is not None:
            stream = fake_stream(channel)
            self.tones = stream.backgrounds
            self.played = stream.played


@pytest.fixture
def heard() -> Heard:
    return Heard()


# tones


def test_tones_go_on_beside_the_dialplan(heard: Heard) -> None:
    outcome = heard.run("PlayTones(busy)", "Wait(3)", "StopPlayTones()", "Set(R=done)")
    assert (outcome["R"], outcome.seconds) == ("done", 3.0)
    assert heard.tones == ["busy"]


def test_a_list_of_tones_with_a_beginning(heard: Heard) -> None:
    heard.run("PlayTones(!950/330,!1400/330,400/500)", "Wait(1)")
    assert heard.tones == ["!950/330,!1400/330,400/500"] * 2


def test_what_is_no_tone_does_not_end_the_call(heard: Heard) -> None:
    assert heard.run("PlayTones(nonsense)", "Set(R=on)")["R"] == "on"
    assert heard.tones == []


def test_a_prompt_ends_tones(heard: Heard) -> None:
    heard.run("PlayTones(dial)", "Playback(hello)", "Wait(1)", "StopPlayTones()")
    assert (heard.tones, heard.played) == (["dial"], ["hello"])


def test_the_zone_of_the_channel(heard: Heard) -> None:
    lines = (
        "Set(CHANNEL(tonezone)=UK)",
        "Set(R=${CHANNEL(tonezone)})",
        "Set(CHANNEL(tonezone)=nowhere)",
        "PlayTones(mine)",
        "Wait(1)",
    )
    outcome = heard.run(*lines, indications="[general]\ncountry=us\n[uk]\nmine = 400/100\n")
    assert outcome["R"] == "uk"
    assert heard.tones == ["mine"]


def test_there_is_no_zone_without_a_file(heard: Heard) -> None:
    assert heard.run("Set(CHANNEL(tonezone)=uk)", "Set(R=[${CHANNEL(tonezone)}])")["R"] == "[]"


@pytest.mark.parametrize(
    ("line", "tone"), [("Ringing()", "ring"), ("Busy(2)", "busy"), ("Congestion(2)", "congestion")]
)
def test_who_is_answered_hears_what_others_are_told(heard: Heard, line: str, tone: str) -> None:
    heard.run("Answer()", line, "Wait(2)")
    assert heard.tones == [tone]
    heard.tones = []
    heard.run(line, "Wait(2)")
    assert heard.tones == []


# music


def folder_of(path: Path, *names: str) -> Path:
    folder = path / "moh"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"")
    return path


def stems(heard: Heard) -> list[str]:
    return [Path(tone).name for tone in heard.tones]


def test_music_for_a_while(heard: Heard, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "b.wav", "a.ulaw", "a.gsm", "notes.txt")
    outcome = heard.run("MusicOnHold(default,3.5)", "Set(R=on)", folder=folder)
    assert (outcome["R"], outcome.seconds) == ("on", 3.5)
    assert stems(heard) == ["a", "b", "a", "b"]
    assert heard.events == ["default", "end"]


def test_music_is_held_up_by_prompts_and_ended(heard: Heard, tmp_path: Path) -> None:
    lines = ("StartMusicOnHold()", "Playback(hello)", "Wait(1)", "StopMusicOnHold()", "Wait(9)")
    heard.run(*lines, folder=folder_of(tmp_path, "a.wav"))
    assert heard.played == ["hello"]
    assert set(stems(heard)) == {"a"}
    assert heard.events == ["default", "end"]
    assert len(heard.tones) <= 3


def test_a_machine_without_music_has_a_melody(heard: Heard, tmp_path: Path) -> None:
    heard.run("MusicOnHold(,2)", folder=tmp_path)
    assert heard.tones == ["melody"]


def test_files_that_cannot_be_read_give_way_to_the_melody(heard: Heard, tmp_path: Path) -> None:
    sounds = FakeSounds({"/empty": 0.0})
    sounds.missing.add("/gone")
    music = "[default]\nmode=playlist\nentry=/gone\nentry=/empty.wav\n"
    heard.run("MusicOnHold(,2)", folder=tmp_path, sounds=sounds, music=music)
    assert heard.tones == ["melody"]


def test_the_class_of_the_channel_and_one_there_is_not(heard: Heard) -> None:
    music = "[default]\nmode=playlist\nentry=/plain\n[jazz]\nmode=playlist\nentry=/jazz\n"
    heard.run("Set(CHANNEL(musicclass)=jazz)", "MusicOnHold(,0.5)", music=music)
    assert heard.tones == ["/jazz"]
    heard.run("Set(CHANNEL(musicclass)=jazz)", "MusicOnHold(default,0.5)", music=music)
    assert heard.tones == ["/plain"]
    heard.run("MusicOnHold(rock,0.5)", music=music)
    assert heard.tones == ["/plain"]


def test_announcements_and_the_last_piece(heard: Heard) -> None:
    music = (
        "[default]\nmode=playlist\nentry=/a\nentry=/b\nannouncement=thanks\nloop_last=yes\n"
        "[up]\nmode=playlist\nentry=/c\nansweredonly=yes\n"
    )
    heard.run("MusicOnHold(,5.5)", music=music)
    assert heard.tones == ["/a", "thanks", "/b", "thanks", "/b", "thanks"]
    heard.tones = []
    heard.run("MusicOnHold(up,1)", music=music)
    assert heard.tones == []
    heard.run("Answer()", "MusicOnHold(up,0.5)", music=music)
    assert heard.tones == ["/c"]


@pytest.mark.parametrize("sort", ["random", "randstart", "alpha"])
def test_orders_of_music(heard: Heard, tmp_path: Path, sort: str) -> None:
    folder = folder_of(tmp_path, *(f"{n}.wav" for n in range(8)))
    music = f"[default]\nmode=files\ndirectory=moh\nsort={sort}\n"
    heard.run("MusicOnHold(,7.5)", folder=folder, music=music)
    played = stems(heard)
    assert sorted(played) == list("01234567")
    numbers = [int(each) for each in played]
    in_turn = all((b - a) % 8 == 1 for a, b in itertools.pairwise(numbers))
    assert in_turn == (sort != "random")


def test_music_of_a_command() -> None:
    """It runs while somebody listens, is run again when it ends, and is killed with the last."""
    heard = Heard()
    music = (
        "[default]\nmode=custom\nformat=ulaw\napplication=head -c 1600 /dev/zero; exec sleep 60\n"
    )

    async def leave(channel: Channel) -> None:
        async with asyncio.timeout(5):
            while channel.opened_stream is None or len(fake_stream(channel).backgrounds) < 2:
                await asyncio.sleep(0.01)
        heard.keep(channel)
        channel.hangup()

    def prepare(pbx: Pbx, channel: Channel) -> None:
        pbx.datastore(MusicClasses).use(read_musiconhold(parse_config(music)))

    run_dialplan(lines_of("MusicOnHold()"), play=leave, prepare=prepare, real=True)
    assert heard.tones[:2] == ["default", "default"]


class _SlowSounds(FakeSounds):
    """A library that takes its time."""

    async def find(self, name: str, *, language: str = "en") -> Sound:
        await asyncio.sleep(1)
        return await super().find(name, language=language)


@pytest.mark.parametrize("mode", ["playlist", "custom"])
def test_nobody_who_talks_hears_music(mode: str) -> None:
    """Connected before the first piece is read, or between two chunks of a command."""
    music = f"[default]\nmode={mode}\nentry=/a\nformat=ulaw\napplication=cat /dev/zero\n"
    heard: list[str | None] = []

    async def talk(channel: Channel) -> None:
        await asyncio.sleep(0.5)
        pbx = channel.pbx
        other, _ = pbx.engine.open_pipe(lambda _: None, lambda _: None)
        pbx.engine.connect(await channel.stream(), other)
        await asyncio.sleep(1.5)
        heard.append(fake_stream(channel).background.name)
        channel.hangup()

    def prepare(pbx: Pbx, channel: Channel) -> None:
        pbx.datastore(MusicClasses).use(read_musiconhold(parse_config(music)))

    conf = lines_of("StartMusicOnHold()", "Wait(9)")
    run_dialplan(conf, play=talk, prepare=prepare, sounds=_SlowSounds(), real=mode == "custom")
    assert heard == [None]
