"""Speech by espeak-ng, where the extra is installed."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from switchroom.media.speech import EspeakSpeaker, SpeechUnavailableError

pytest.importorskip("espeakng_loader", reason="the extra `speech` is not installed")


def test_a_sentence_is_loud_and_has_no_silence_around_it() -> None:
    samples = np.frombuffer(EspeakSpeaker().speak("Enter your password.", "en"), np.int16)
    assert 0.5 < len(samples) / 8000 < 3
    assert 14000 < np.abs(samples.astype(int)).max() <= 18000
    for end in (samples[:400], samples[-400:]):
        assert np.abs(end.astype(int)).max() > 200


def is_alike(one: bytes, other: bytes) -> bool:
    """Whether both may be the same words in the same voice: espeak-ng varies its breath a little."""
    return abs(len(one) - len(other)) <= 0.03 * len(one)


@pytest.mark.parametrize("language", ["de", "fr", "es", "pt_BR", "no", "se", "it"])
def test_languages_sound_different(language: str) -> None:
    speaker = EspeakSpeaker()
    spoken = speaker.speak("1000, 1000", language)
    assert len(spoken) > 8000
    assert not is_alike(spoken, speaker.speak("1000, 1000", "en"))


@pytest.mark.parametrize("language", ["xx", "", "../..", "x" * 5000, "\u00fc"])
def test_an_unknown_language_sounds_english(language: str) -> None:
    speaker = EspeakSpeaker()
    assert is_alike(speaker.speak("hello", language), speaker.speak("hello", "en"))


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\u00fc\u00df\u20ac\U0001f600", "<b>&amp;[[x]]", "x" * 5000]
)
def test_any_text_is_taken(text: str) -> None:
    EspeakSpeaker().speak(text, "en")


def test_many_threads_get_each_their_own_words() -> None:
    speaker = EspeakSpeaker()
    words = ["one", "two hundred", "three hundred thousand"]
    expected = [speaker.speak(word, "en") for word in words]
    heard: list[list[bytes]] = [[] for _ in words]

    def work(number: int) -> None:
        mine = EspeakSpeaker() if number else speaker
        heard[number] = [mine.speak(words[number], "en") for _ in range(10)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(words))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, want in enumerate(expected):
        assert len(heard[number]) == 10
        assert all(is_alike(each, want) for each in heard[number])


def test_without_the_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "espeakng_loader", None)
    with pytest.raises(SpeechUnavailableError, match="pip install"):
        EspeakSpeaker().speak("hello", "en")
