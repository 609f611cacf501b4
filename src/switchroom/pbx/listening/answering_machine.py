"""Tells a person from an answering machine by how it greets (AMD).

Pure: it gets spans of voice and silence. Who says "Hello?" and waits is a person; who talks long,
or in many words, is a machine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AmdSettings:
    """Milliseconds, with the defaults of ``amd.conf`` as it is shipped."""

    initial_silence: int = 2500  #: of silence before any greeting: a machine
    greeting: int = 1500  #: a longer greeting is a machine's
    after_greeting_silence: int = 800  #: behind a greeting: a person who waits
    total_analysis_time: int = 5000  #: then nobody knows
    minimum_word_length: int = 100  #: a shorter noise is none
    between_words_silence: int = 50  #: behind a word, so that the next one is another
    maximum_number_of_words: int = 2  #: more are a machine's
    silence_threshold: int = 256  #: mean magnitude of samples
    maximum_word_length: int = 5000  #: a longer word is a machine's


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it is; the texts of AMDSTATUS and AMDCAUSE."""

    status: str
    cause: str


class AnsweringMachineDetector:
    """Fed with what is heard from the answer on.

    Args:
        settings: What makes a machine.
    """

    def __init__(self, settings: AmdSettings) -> None:
        self._settings = settings
        self._total = 0
        self._silence = 0
        self._word = 0  # milliseconds of the word under way
        self._voice = 0  # of all words
        self._words = 0

    def hear(self, milliseconds: int, *, voice: bool) -> Verdict | None:
        """Go on by a span of voice or of silence; returns what it is once that is sure."""
        self._total += milliseconds
        verdict = self._hear_voice(milliseconds) if voice else self._hear_silence(milliseconds)
        if verdict is None and self._total >= self._settings.total_analysis_time:
            return Verdict("NOTSURE", f"TOOLONG-{self._total}")
        return verdict

    def _hear_silence(self, milliseconds: int) -> Verdict | None:
        settings = self._settings
        self._silence += milliseconds
        if self._silence >= settings.between_words_silence:
            self._word = 0
        if self._words and self._silence >= settings.after_greeting_silence:
            cause = f"HUMAN-{self._silence}-{settings.after_greeting_silence}"
            return Verdict("HUMAN", cause)
        if not self._words and self._silence >= settings.initial_silence:
            cause = f"INITIALSILENCE-{self._silence}-{settings.initial_silence}"
            return Verdict("MACHINE", cause)
        return None

    def _hear_voice(self, milliseconds: int) -> Verdict | None:
        settings = self._settings
        was_short = self._word < settings.minimum_word_length
        self._word += milliseconds
        if self._word < settings.minimum_word_length:
            return None
        self._silence = 0
        if was_short:
            self._words += 1
            self._voice += self._word
        else:
            self._voice += milliseconds
        if self._word > settings.maximum_word_length:
            return Verdict("MACHINE", f"MAXWORDLENGTH-{self._word}")
        if self._words > settings.maximum_number_of_words:
            cause = f"MAXWORDS-{self._words}-{settings.maximum_number_of_words}"
            return Verdict("MACHINE", cause)
        if self._voice > settings.greeting:
            return Verdict("MACHINE", f"LONGGREETING-{self._voice}-{settings.greeting}")
        return None
