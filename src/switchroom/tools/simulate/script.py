"""What a party of a simulated call does: ``w3 100 hear:agent-pass 1234#``.

Words, in order, separated by spaces:

    w3, wait:3      wait three seconds (a fraction is allowed)
    100  1ww2#      key digits as SendDTMF does: a ``w`` between them waits half a second, ``W`` one
    hear:agent-pass wait until this prompt begins; ``*`` stands for any text
    talk:5          talk for five seconds
    say:two_three   say something that speech recognition understands; ``say:?``: that it does not
    hangup          hang up
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from switchroom.base.errors import SwitchroomError
from switchroom.pbx.channel import ALL_DIGITS

DIGIT_DURATION = 0.1  #: seconds that a key is held down
DIGIT_GAP = 0.25  #: seconds between two keys
WORD_DURATION = 0.4  #: seconds that a word takes

_PAUSES = {"w": 0.5, "W": 1.0}  #: seconds, as SendDTMF has them
_WAIT = re.compile(r"(?:w|wait:)(\d+(?:\.\d+)?)$")


class ScriptError(SwitchroomError):
    """A script, an outcome or another argument of a simulation makes no sense."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Key:
    """Press one key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait for a prompt."""

    prompt: str


@dataclass(frozen=True, slots=True)
class Talk:
    """Talk so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Say:
    """Say words, in the time that they take."""

    words: str

    @property
    def seconds(self) -> float:
        """How long that takes."""
        return WORD_DURATION * len(self.words.split())


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up."""


Step = Pause | Key | Hear | Talk | Say | HangUp


def parse_script(text: str) -> tuple[Step, ...]:
    """Read a script.

    Raises:
        ScriptError: A word is none of those above.
    """
    return tuple(step for word in text.split() for step in _steps(word))


def _steps(word: str) -> Iterator[Step]:
    kind, colon, rest = word.partition(":")
    if (match := _WAIT.match(word)) is not None:
        yield Pause(float(match[1]))
    elif kind == "hear" and rest:
        yield Hear(rest)
    elif kind == "talk" and colon:
        yield Talk(_seconds(rest, word))
    elif kind == "say" and rest.replace("_", ""):
        yield Say(rest.replace("_", " ").strip())
    elif word == "hangup":
        yield HangUp()
    else:
        yield from _keys(word)


def _keys(word: str) -> Iterator[Step]:
    for letter in word:
        if letter in _PAUSES:
            yield Pause(_PAUSES[letter])
        elif letter.upper() in ALL_DIGITS:
            yield Key(letter.upper())
        else:
            known = "digits, w3, wait:3, hear:PROMPT, talk:5, say:WORDS or hangup"
            raise ScriptError(f"cannot key {word!r}; expected {known}")


def _seconds(text: str, word: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ScriptError(f"expected seconds behind the colon of {word!r}")
    return seconds


class Party(Protocol):
    """Who acts a script out."""

    def key(self, digit: str) -> None:
        """Press a key."""

    def talk(self, seconds: float) -> None:
        """Begin to talk."""

    def say(self, words: str, seconds: float) -> None:
        """Begin to say something."""

    def hang_up(self) -> None:
        """Hang up."""

    async def hear(self, prompt: str) -> None:
        """Wait until a prompt begins that was not waited for before."""


async def act(party: Party, steps: tuple[Step, ...]) -> None:
    """Do one step after the other, in the time they take."""
    for step in steps:
        match step:
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case Key(digit):
                party.key(digit)
                await asyncio.sleep(DIGIT_DURATION + DIGIT_GAP)
            case Hear(prompt):
                await party.hear(prompt)
            case Talk(seconds):
                party.talk(seconds)
                await asyncio.sleep(seconds)
            case Say(words):
                party.say(words, step.seconds)
                await asyncio.sleep(step.seconds)
            case HangUp():
                party.hang_up()
                return


def wildcard(pattern: str) -> Callable[[str], bool]:
    """Whether a text is ``pattern``, in which ``*`` stands for any text; case does not count."""
    words = ".*".join(re.escape(part) for part in pattern.split("*"))
    regex = re.compile(words, re.IGNORECASE | re.DOTALL)
    return lambda text: regex.fullmatch(text) is not None
