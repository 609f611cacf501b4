"""A person or a machine, by spans of voice and silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from switchroom.pbx.listening.answering_machine import (
    AmdSettings,
    AnsweringMachineDetector,
    Verdict,
)

SETTINGS = AmdSettings()


def verdict(greeting: str, settings: AmdSettings = SETTINGS) -> Verdict | None:
    """``v300 s100``: 300 ms of voice, 100 of silence, in frames of 20."""
    detector = AnsweringMachineDetector(settings)
    for span in greeting.split():
        for _ in range(int(span[1:]) // 20):
            found = detector.hear(20, voice=span[0] == "v")
            if found is not None:
                return found
    return None


@pytest.mark.parametrize(
    ("greeting", "status", "cause"),
    [
        ("s3000", "MACHINE", "INITIALSILENCE-2500-2500"),
        ("s400 v400 s1000", "HUMAN", "HUMAN-800-800"),
        ("v300 s60 v300 s1000", "HUMAN", "HUMAN-800-800"),
        ("v300 s40 v300 s40 v300 s1000", "HUMAN", "HUMAN-800-800"),  # one word: no pause in it
        ("v1800", "MACHINE", "LONGGREETING-1520-1500"),
        ("v300 s100 v300 s100 v300", "MACHINE", "MAXWORDS-3-2"),
        ("s80 v80 s2500", "MACHINE", "INITIALSILENCE-2500-2500"),  # a click is no word
    ],
)
def test_greetings(greeting: str, status: str, cause: str) -> None:
    assert verdict(greeting) == Verdict(status, cause)


def test_too_long_and_not_yet() -> None:
    patient = replace(SETTINGS, initial_silence=9000)
    assert verdict("s5200", patient) == Verdict("NOTSURE", "TOOLONG-5000")
    assert verdict("v400 s700") is None


def test_a_word_that_is_too_long() -> None:
    settings = replace(SETTINGS, greeting=9000, maximum_word_length=1000)
    assert verdict("v2000", settings) == Verdict("MACHINE", "MAXWORDLENGTH-1020")
