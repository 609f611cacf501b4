"""Where sounds come from: the order, the cache, and names that must not lead anywhere else."""

from __future__ import annotations

import asyncio
import os
import threading
import wave
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from switchroom.base.errors import SoundNotFoundError
from switchroom.media.api import Sound
from switchroom.media.codecs.samples import encode
from switchroom.media.library import FileSoundLibrary
from switchroom.media.speech import SpeechUnavailableError
from tests.media.calls import frequencies
from tests.media.rtp_party import tone

T = TypeVar("T")


class FakeSpeaker:
    """Says as many samples as the text has letters, each of them the number of letters."""

    def __init__(self, *, mute: bool = False) -> None:
        self.spoken: list[tuple[str, str]] = []
        self.mute = mute
        self.may_speak = threading.Event()
        self.may_speak.set()

    def speak(self, text: str, language: str) -> bytes:
        assert self.may_speak.wait(10)
        if self.mute:
            raise SpeechUnavailableError("nobody speaks: pip install 'switchroom[speech]'")
        self.spoken.append((text, language))
        return bytes([len(text), 0]) * len(text)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def find(library: FileSoundLibrary, name: str, language: str = "en") -> Sound:
    return run(library.find(name, language=language))


Make = Callable[..., FileSoundLibrary]


@pytest.fixture
def speaker() -> FakeSpeaker:
    return FakeSpeaker()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sounds"


@pytest.fixture
def library(folder: Path, tmp_path: Path, speaker: FakeSpeaker) -> FileSoundLibrary:
    return FileSoundLibrary(folder, sound_sets=[tmp_path / "set"], speaker=speaker)


def put(path: Path, samples: bytes = b"\1\0") -> bytes:
    """Write a file of raw samples; returns them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(samples)
    return samples


def put_wav(path: Path, samples: bytes, rate: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("sounds/en_GB/hello.sln", "sounds/en/hello.sln"),
        ("sounds/en/hello.sln", "sounds/hello.sln"),
        ("sounds/hello.sln", "set/en_GB/hello.sln"),
        ("set/en/hello.sln", "set/hello.sln"),
        ("sounds/en/hello.sln", "sounds/en/hello.gsm"),
    ],
)
def test_the_nearest_file_is_taken(
    tmp_path: Path, library: FileSoundLibrary, better: str, worse: str
) -> None:
    wanted = put(tmp_path / better, b"\1\0\2\0")
    put(tmp_path / worse, b"\3\0\4\0")
    assert find(library, "hello", "en_GB") == Sound("hello", wanted)


def test_a_file_goes_before_a_generated_tone(folder: Path, library: FileSoundLibrary) -> None:
    wanted = put(folder / "en" / "beep.sln", b"\5\0")
    assert find(library, "beep").samples == wanted


def test_an_absolute_path_needs_no_folder(tmp_path: Path, library: FileSoundLibrary) -> None:
    wanted = put(tmp_path / "spool" / "greeting.sln", b"\7\0")
    stem = str(tmp_path / "spool" / "greeting")
    assert find(library, stem) == Sound(stem, wanted)


def test_an_absolute_path_is_never_spoken(
    tmp_path: Path, library: FileSoundLibrary, speaker: FakeSpeaker
) -> None:
    with pytest.raises(SoundNotFoundError, match="no such file"):
        find(library, str(tmp_path / "greeting"))
    assert speaker.spoken == []


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "en/../../secret",
        "a/../b",
        "..",
        "",
        "x" * 2000,
        "a\0b",
        "{tmp}/sounds/../secret",
    ],
)
def test_a_name_never_leads_out_of_the_folders(
    tmp_path: Path, folder: Path, library: FileSoundLibrary, speaker: FakeSpeaker, name: str
) -> None:
    put(tmp_path / "secret.sln")
    put(folder / "en" / "a.sln")
    with pytest.raises(SoundNotFoundError):
        find(library, name.replace("{tmp}", str(tmp_path)))
    assert speaker.spoken == []


@pytest.mark.parametrize("language", ["..", "../..", "en/../..", "", "/", "a b"])
def test_a_language_never_leads_out_either(
    tmp_path: Path, folder: Path, library: FileSoundLibrary, language: str
) -> None:
    put(tmp_path / "secret.sln")
    wanted = put(folder / "hello.sln", b"\6\0")
    assert find(library, "hello", language).samples == wanted
    assert find(library, "secret", language).samples != b"\1\0"


def test_a_fifo_is_no_sound(folder: Path, library: FileSoundLibrary, speaker: FakeSpeaker) -> None:
    folder.mkdir()
    os.mkfifo(folder / "hello.sln")
    find(library, "hello")
    assert len(speaker.spoken) == 1


def test_a_broken_file_is_passed_over(
    folder: Path, library: FileSoundLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    put(folder / "en" / "hello.wav", b"no RIFF at all")
    wanted = put(folder / "en" / "hello.ulaw", b"\xff\x00")
    assert find(library, "hello").samples == b"\0\0\x84\x82"
    assert wanted
    assert "hello.wav" in caplog.text


def test_another_rate_is_brought_to_that_of_the_engine(
    folder: Path, library: FileSoundLibrary
) -> None:
    put_wav(folder / "hello.wav", bytes(2 * 16000), 16000)
    put(folder / "other.sln16", bytes(2 * 8000))
    assert find(library, "hello") == Sound("hello", bytes(2 * 8000))
    assert find(library, "other").duration == 0.5


def test_both_g711_laws_are_read(folder: Path, library: FileSoundLibrary) -> None:
    spoken = tone(440, 0.1)
    for suffix, codec in (("ulaw", "PCMU"), ("alaw", "PCMA")):
        put(folder / f"{suffix}-one.{suffix}", encode(codec, spoken))
        assert len(find(library, f"{suffix}-one").samples) == len(spoken)


@pytest.mark.parametrize("suffix", ["gsm", "WAV", "flac"])
def test_what_libsndfile_reads(folder: Path, library: FileSoundLibrary, suffix: str) -> None:
    soundfile = pytest.importorskip("soundfile", reason="the extra `sounds` is not installed")
    folder.mkdir()
    kinds = {"gsm": ("RAW", "GSM610"), "WAV": ("WAV", "GSM610"), "flac": ("FLAC", "PCM_16")}
    kind, subtype = kinds[suffix]
    with soundfile.SoundFile(
        str(folder / f"hello.{suffix}"), "w", 8000, 1, format=kind, subtype=subtype
    ) as file:
        file.buffer_write(tone(440, 1.0), dtype="int16")
    found = find(library, "hello")
    assert abs(found.duration - 1.0) < 0.05  # frames of gsm are whole
    assert frequencies(found.samples) == [440]


@pytest.mark.parametrize(
    ("name", "seconds"), [("silence/1", 1), ("silence/10", 10), ("silence/0.5", 0.5)]
)
def test_silence_is_made(library: FileSoundLibrary, name: str, seconds: float) -> None:
    assert find(library, name).samples == bytes(round(16000 * seconds))


@pytest.mark.parametrize("name", ["silence/1000000000", "silence/-1", "silence/nan", "silence/x"])
def test_silence_has_its_limits(library: FileSoundLibrary, speaker: FakeSpeaker, name: str) -> None:
    find(library, name)
    assert [language for _, language in speaker.spoken] == ["en"]


def test_a_beep_is_made_where_no_file_has_it(
    library: FileSoundLibrary, speaker: FakeSpeaker
) -> None:
    assert 0.1 < find(library, "beep").duration < 1
    assert speaker.spoken == []


def test_what_no_file_has_is_spoken(library: FileSoundLibrary, speaker: FakeSpeaker) -> None:
    find(library, "vm-goodbye")
    find(library, "custom/my-prompt_two", "de")
    assert speaker.spoken == [("Goodbye.", "en"), ("my prompt two", "de")]


def test_an_english_file_goes_before_an_english_text(
    folder: Path, library: FileSoundLibrary, speaker: FakeSpeaker
) -> None:
    wanted = put(folder / "en" / "tt-weasels.sln", b"\7\0")
    assert find(library, "tt-weasels", "is").samples == wanted
    find(library, "tt-monkeysintro", "is")
    assert speaker.spoken == [("Monkeys took them away.", "en")]


def test_a_missing_sound_says_where_it_was_looked_for_and_what_to_do(
    folder: Path, tmp_path: Path
) -> None:
    library = FileSoundLibrary(
        folder, sound_sets=[tmp_path / "set"], speaker=FakeSpeaker(mute=True)
    )
    with pytest.raises(SoundNotFoundError) as caught:
        find(library, "vm-goodbye", "de")
    message = str(caught.value)
    for word in ("vm-goodbye", str(folder), str(tmp_path / "set"), "switchroom[speech]"):
        assert word in message
    assert "install a sound set" in message


def test_a_decoded_sound_is_kept(folder: Path, library: FileSoundLibrary) -> None:
    put(folder / "hello.sln")

    async def scenario() -> None:
        first = await library.find("hello")
        assert await library.find("hello") is first

    run(scenario())


def test_a_changed_file_is_noticed(
    folder: Path, library: FileSoundLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchroom.media.library.TRUSTED_FOR", 0.0)
    path = folder / "hello.sln"
    put(path, b"\1\0")
    assert find(library, "hello").samples == b"\1\0"
    put(path, b"\2\0")
    os.utime(path, ns=(1, 1))
    assert find(library, "hello").samples == b"\2\0"


def test_a_new_recording_is_heard_at_once(tmp_path: Path, library: FileSoundLibrary) -> None:
    async def scenario() -> None:
        for content in (b"\1\0", b"\2\0\3\0", b"\4\0"):
            put(tmp_path / "greeting.sln", content)
            assert (await library.find(str(tmp_path / "greeting"))).samples == content

    run(scenario())


def test_those_who_ask_at_the_same_time_share_the_work(
    library: FileSoundLibrary, speaker: FakeSpeaker
) -> None:
    async def scenario() -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(library.find("vm-goodbye")) for _ in range(20)]
        assert len({id(task.result()) for task in tasks}) == 1

    run(scenario())
    assert len(speaker.spoken) == 1


def test_who_gives_up_takes_nothing_from_the_others(
    library: FileSoundLibrary, speaker: FakeSpeaker
) -> None:
    async def scenario() -> Sound:
        speaker.may_speak.clear()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(library.find("vm-goodbye"))
            second = group.create_task(library.find("vm-goodbye"))
            while not library._at_work:
                await asyncio.sleep(0)
            first.cancel()
            speaker.may_speak.set()
        return second.result()

    assert run(scenario()).name == "vm-goodbye"
    assert len(speaker.spoken) == 1


def test_the_loop_goes_on_while_somebody_speaks(
    library: FileSoundLibrary, speaker: FakeSpeaker
) -> None:
    async def scenario() -> None:
        speaker.may_speak.clear()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(library.find("vm-goodbye"))
            other = await library.find("beep")  # not behind the speaker either
            assert other.samples
            assert not task.done()
            speaker.may_speak.set()

    run(scenario())


def test_memory_is_bounded(folder: Path, tmp_path: Path) -> None:
    library = FileSoundLibrary(folder, sound_sets=[], speaker=FakeSpeaker(), memory_bytes=1000)
    for number in range(20):
        put(folder / f"s{number}.sln", bytes(300))
    put(folder / "long.sln", bytes(2000))

    async def scenario() -> None:
        for number in range(20):
            assert len((await library.find(f"s{number}")).samples) == 300
        assert len((await library.find("long")).samples) == 2000

    run(scenario())
    assert library._sounds.used_bytes == 900


def test_speech_is_kept_on_disk(folder: Path, tmp_path: Path) -> None:
    cache, first = tmp_path / "cache", FakeSpeaker()
    said = find(FileSoundLibrary(folder, cache=cache, speaker=first, sound_sets=[]), "vm-goodbye")
    second = FakeSpeaker(mute=True)
    again = find(FileSoundLibrary(folder, cache=cache, speaker=second, sound_sets=[]), "vm-goodbye")
    assert again == said
    assert [path.suffix for path in cache.iterdir()] == [".wav"]


def test_a_broken_file_in_the_cache_is_spoken_again(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    said = find(
        FileSoundLibrary(folder, cache=cache, speaker=FakeSpeaker(), sound_sets=[]), "vm-goodbye"
    )
    for path in cache.iterdir():
        path.write_bytes(b"RIFF")
    assert said == find(
        FileSoundLibrary(folder, cache=cache, speaker=FakeSpeaker(), sound_sets=[]), "vm-goodbye"
    )


def test_a_cache_that_cannot_be_written_costs_no_sound(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    library = FileSoundLibrary(
        folder, cache=blocked / "cache", speaker=FakeSpeaker(), sound_sets=[]
    )
    assert find(library, "vm-goodbye").samples
    assert find(library, "vm-sorry").samples
    assert caplog.text.count("not kept") == 1


def test_the_cache_on_disk_does_not_grow_for_ever(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchroom.media.spoken_cache.MOST_FILES", 8)
    cache = tmp_path / "cache"
    library = FileSoundLibrary(folder, cache=cache, speaker=FakeSpeaker(), sound_sets=[])

    async def scenario() -> None:
        for number in range(40):
            await library.find(f"name-{number}")

    run(scenario())
    assert 1 <= len(list(cache.iterdir())) <= 8
