"""The option letters of Dial(), and what is read out of their values. No application itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

from switchroom.base.text import leading_float
from switchroom.dialplan.options import option

#: What an option without a value becomes where the value may be left out.
BARE = "*"


@dataclass(frozen=True, slots=True)
class DialOptions:
    """Option letters of Dial."""

    announce: str = option("A", "Play sounds at the answer, ``called:calling``.", default="")
    answer_at_once: bool = option("a", "Answer the caller as soon as the called party answers.")
    routine_here: str = option(
        "B", "A routine for the caller before anybody is dialled.", default=""
    )
    routine_there: str = option("b", "A routine for each dialled channel before that.", default="")
    reset_record: bool = option("C", "Begin the call record anew.")
    elsewhere: bool = option(
        "c", "Whoever is cancelled is told that the call was answered elsewhere."
    )
    digit_leaves: bool = option("d", "A digit keyed meanwhile goes to that extension.")
    digits: str = option(
        "D", "Key digits at the answer, ``called:calling:progress``; ``w`` waits.", default=""
    )
    echo_digits: bool = option("E", "Of multi-frequency digits; of no effect.")
    run_h: bool = option("e", "Run ``h`` for the called party at its end.")
    forced_caller: str = option(
        "f",
        "Give this as the caller; nothing: the extension, to whom the call is forwarded only.",
        default="",
        bare=BARE,
    )
    called_goes_on: str = option(
        "F", "The called party goes on at a place when the caller hangs up; nothing: behind here.",
        default="", bare=BARE,
    )  # fmt: skip
    go_on: bool = option("g", "Go on in the dialplan when the called party hangs up.")
    both_go_on: str = option(
        "G", "At the answer send the caller to a place, the called party to the next priority.",
        default="",
    )  # fmt: skip
    called_ends: bool = option("h", "The called party may hang up by a code.")
    calling_ends: bool = option("H", "The caller may hang up by a code.")
    keep_forwards: bool = option("i", "Ignore that a destination forwards the call.")
    keep_connected: bool = option("I", "Do not tell either who the other is at the answer.")
    keep_topology: bool = option("j", "Of streams beyond audio; of no effect.")
    called_parks: bool = option("k", "The called party may park the call by a code.")
    calling_parks: bool = option("K", "The caller may park the call by a code.")
    limit: str = option("L", "Limit in ms, when to warn, how often: ``x:y:z``.", default="")
    music: str = option("m", "Music instead of ringing, of a class.", default="", bare="default")
    macro: str = option(
        "M", "A macro for the called party at the answer, ``name^argument``.", default=""
    )
    no_introduction: str = option("n", "Forget the caller's recorded name.", default="", bare="0")
    no_screening: bool = option("N", "With P: do not screen callers whose number is known.")
    caller_number: str = option(
        "o", "What the called channel is called itself; nothing: the caller.",
        default="", bare=BARE,
    )  # fmt: skip
    operator: str = option("O", "Operator services; of no effect.", default="", bare="1")
    screen: bool = option("p", "Screen: the called party hears who calls and decides.")
    privacy: str = option(
        "P", "Screen, and remember the decision, in a family.", default="", bare=BARE
    )
    cancel_cause: str = option("Q", "The cause of those that are cancelled.", default="")
    ring: str = option(
        "r",
        "Let it ring, or play a tone of that name, whatever the called party sends.",
        default="",
        bare=BARE,
    )
    ring_first: bool = option("R", "Let it ring until early media comes.")
    seconds: float = option("S", "End it so many seconds after the answer.", default=0.0)
    tag: str = option("s", "The caller's tag; for f.", default="")
    called_transfers: bool = option("t", "The called party may transfer by a code.")
    calling_transfers: bool = option("T", "The caller may transfer by a code.")
    presentation: str = option("u", "The caller's presentation; for f.", default="")
    routine_answered: str = option(
        "U", "A routine for the called party at the answer, ``name^argument``.", default=""
    )
    called_records: bool = option("w", "The called party may record by a code.")
    calling_records: bool = option("W", "The caller may record by a code.")
    called_mixes: bool = option("x", "The called party may record both, mixed, by a code.")
    calling_mixes: bool = option("X", "The caller may record both, mixed, by a code.")
    forward_unlimited: bool = option("z", "A forwarded call has no time limit.")


NO_OPTIONS = DialOptions()


def commas(text: str) -> str:
    """A place or routine within options, where ``^`` stands for the comma."""
    return text.replace("^", ",")


def routine_text(text: str) -> str:
    """The routine that ``U(name^argument^…)`` calls: extension ``s`` of the context ``name``."""
    name, _, arguments = commas(text).partition(",")
    return f"{name},s,1({arguments})"


def seconds_of(text: str) -> float | None:
    """A time in which somebody shall answer; None: for ever."""
    return _seconds(text.partition("^")[0])


def silence_of(text: str) -> float | None:
    """Behind the time, and a ``^``: another in which it shall at least ring."""
    return _seconds(text.partition("^")[2])


def _seconds(text: str) -> float | None:
    seconds = leading_float(text)
    return seconds if seconds and 0 < seconds < math.inf else None
