"""What the phone does in a call, as words: ``prompt 100 wait:4 1234# expect-hangup``.

Parsing is all that happens here; :mod:`.performance` acts.
"""

from __future__ import annotations

import difflib
import itertools
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import SwitchroomError

PATIENCE = 30.0  #: seconds that a word which waits for the other side waits at most
PAUSE = 0.5  #: seconds of a ``w`` among digits, as in SendDTMF
LONGEST = 86400.0  #: seconds; more is a slip of the finger

_DIGITS = re.compile(r"[0-9*#A-Dw]+$")
_WORD = re.compile(
    r"(?P<name>[a-z][a-z-]*)(?::(?P<argument>.*?))?(?:<(?P<limit>[^<]*))?$", re.DOTALL
)
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?$|\.[0-9]+$")


class ScriptError(SwitchroomError):
    """A script that cannot be understood.

    Args:
        word: Which word of it.
        message: What is wrong with it.
    """

    def __init__(self, word: str, message: str) -> None:
        super().__init__(f"{word!r}: {message}")


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Key digits; ``w`` among them is a pause."""

    digits: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HearPrompts:
    """Wait until the other side talked and fell silent, so often."""

    count: int
    limit: float


@dataclass(frozen=True, slots=True)
class HearTalking:
    """Wait until the other side talks."""

    limit: float


@dataclass(frozen=True, slots=True)
class HearSilence:
    """Wait until the other side was silent for so long."""

    seconds: float
    limit: float


@dataclass(frozen=True, slots=True)
class HearDigits:
    """Wait until the other side keyed these digits."""

    digits: str
    limit: float


@dataclass(frozen=True, slots=True)
class Play:
    """Play a sound file to the other side."""

    path: Path


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the other side on hold."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Take the other side back from hold."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send the other side to somebody else, without asking anybody (RFC 5589 §5)."""

    target: str
    limit: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True, slots=True)
class ExpectHangUp:
    """Wait until the other side ends the call."""

    limit: float


Action = (
    SendDigits
    | Wait
    | HearPrompts
    | HearTalking
    | HearSilence
    | HearDigits
    | Play
    | Hold
    | Resume
    | Transfer
    | HangUp
    | ExpectHangUp
)


@dataclass(frozen=True, slots=True)
class Step:
    """One word, and what it means."""

    word: str
    action: Action


class _Argument(Enum):
    NONE = auto()
    OPTIONAL = auto()
    NEEDED = auto()


@dataclass(frozen=True, slots=True)
class _Word:
    """How a word is written, and what it makes of its argument and its limit."""

    argument: _Argument
    make: Callable[[str, float], Action]
    has_limit: bool = False


def _seconds(text: str) -> float:
    if not _SECONDS.match(text) or float(text) > LONGEST:
        raise ValueError(f"expected seconds, not {text!r}")
    return float(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text or "1"):
        raise ValueError(f"expected how many prompts, not {text!r}")
    return int(text or "1")


def _digits(text: str) -> str:
    if not _DIGITS.match(text) or "w" in text:
        raise ValueError(f"expected digits (0-9 * # A-D), not {text!r}")
    return text


WORDS: Mapping[str, _Word] = MappingProxyType(
    {
        "wait": _Word(_Argument.NEEDED, lambda text, _: Wait(_seconds(text))),
        "prompt": _Word(
            _Argument.OPTIONAL, lambda text, limit: HearPrompts(_count(text), limit), has_limit=True
        ),
        "talking": _Word(_Argument.NONE, lambda _, limit: HearTalking(limit), has_limit=True),
        "silence": _Word(
            _Argument.NEEDED, lambda text, limit: HearSilence(_seconds(text), limit), has_limit=True
        ),
        "expect": _Word(
            _Argument.NEEDED, lambda text, limit: HearDigits(_digits(text), limit), has_limit=True
        ),
        "play": _Word(_Argument.NEEDED, lambda text, _: Play(Path(text).expanduser())),
        "hold": _Word(_Argument.NONE, lambda *_: Hold()),
        "resume": _Word(_Argument.NONE, lambda *_: Resume()),
        "transfer": _Word(_Argument.NEEDED, Transfer, has_limit=True),
        "hangup": _Word(_Argument.NONE, lambda *_: HangUp()),
        "expect-hangup": _Word(
            _Argument.NONE, lambda _, limit: ExpectHangUp(limit), has_limit=True
        ),
    }
)


def parse_script(text: str) -> tuple[Step, ...]:
    """Read a script.

    Args:
        text: Words with white space between them; quotes keep a word together.

    Raises:
        ScriptError: A word that nobody knows, an argument that is none, or words behind the end.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ScriptError(text, str(error)) from error
    steps = [Step(word, _parse_word(word)) for word in words]
    for step, following in itertools.pairwise(steps):
        if isinstance(step.action, Transfer | HangUp | ExpectHangUp):
            raise ScriptError(following.word, f"nothing can come after {step.word!r}")
    return tuple(steps)


def _parse_word(text: str) -> Action:
    if _DIGITS.match(text):
        return SendDigits(text)
    match = _WORD.match(text)
    word = WORDS.get(match["name"]) if match is not None else None
    if match is None or word is None:
        raise ScriptError(text, f"no such word; {_hint(text)}")
    try:
        return _make(word, match["argument"], match["limit"])
    except ValueError as error:
        raise ScriptError(text, str(error)) from error


def _make(word: _Word, argument: str | None, limit: str | None) -> Action:
    if limit is not None and not word.has_limit:
        if argument is None:
            raise ValueError("it takes no limit")
        argument, limit = f"{argument}<{limit}", None  # a file may be called so
    if word.argument is _Argument.NEEDED and not argument:
        raise ValueError("it needs something behind a colon")
    if word.argument is _Argument.NONE and argument is not None:
        raise ValueError("it takes nothing behind a colon")
    return word.make(argument or "", PATIENCE if limit is None else _seconds(limit))


def _hint(text: str) -> str:
    name = re.split(r"[:<]", text, maxsplit=1)[0]
    near = difflib.get_close_matches(name, WORDS, n=1)
    return f"did you mean {near[0]}?" if near else f"words are digits, {', '.join(WORDS)}"
