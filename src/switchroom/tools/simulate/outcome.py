"""How a dialled party behaves: ``busy``, ``ring:5,answer:30,keys:w1``; several, joined by ``;``.

answer[:SECONDS]   answers, and hangs up after so long (without: when the caller does)
busy  congestion   refuses
noanswer           rings for ever, or so long as ``ring`` says and gives up then
chanunavail        cannot be reached: not even dialled
cause:NUMBER       refuses with this Q.850 cause
ring:SECONDS       how long it rings before that
keys:SCRIPT        what it keys once it has answered (see :mod:`.script`)
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from switchroom.pbx.hangup_cause import HangupCause
from switchroom.tools.simulate.script import ScriptError, Step, parse_script, wildcard


class OutcomeKind(StrEnum):
    """What becomes of a dial."""

    ANSWER = "answer"
    BUSY = "busy"
    CONGESTION = "congestion"
    NOANSWER = "noanswer"
    CHANUNAVAIL = "chanunavail"
    REFUSAL = "cause"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One dial of one resource."""

    kind: OutcomeKind = OutcomeKind.ANSWER
    ring: float | None = None  #: seconds; None: as long as is usual for the kind
    talk: float | None = None  #: seconds until an answered party hangs up; None: it does not
    steps: tuple[Step, ...] = ()  #: what it does once it has answered
    cause: HangupCause = HangupCause.NOT_DEFINED
    text: str = ""  #: as written, for the trace

    @property
    def rings_for(self) -> float:
        """Seconds that it rings."""
        if self.ring is not None:
            return self.ring
        return _USUAL_RINGING.get(self.kind, 0.0)


_USUAL_RINGING = {OutcomeKind.ANSWER: 2.0, OutcomeKind.NOANSWER: math.inf}

_CAUSES = {
    OutcomeKind.BUSY: HangupCause.USER_BUSY,
    OutcomeKind.CONGESTION: HangupCause.NORMAL_CIRCUIT_CONGESTION,
    OutcomeKind.NOANSWER: HangupCause.NO_ANSWER,
    OutcomeKind.CHANUNAVAIL: HangupCause.SUBSCRIBER_ABSENT,
}

#: What nobody scripted: it rings, answers, and hangs up after half a minute.
DEFAULT = Outcome(OutcomeKind.ANSWER, 2.0, 30.0, text="answer:30")


def parse_outcome(text: str) -> Outcome:
    """Read one outcome.

    Raises:
        ScriptError: A word is unknown, or its number is none.
    """
    outcome = Outcome(text=text.strip())
    for word in filter(None, (word.strip() for word in text.split(","))):
        name, colon, rest = word.partition(":")
        reader = _WORDS.get(name.strip().lower())
        if reader is None:
            near = difflib.get_close_matches(name.lower(), _WORDS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ScriptError(f"unknown outcome {name!r}{hint} Known: {', '.join(_WORDS)}")
        outcome = reader(outcome, rest.strip() if colon else None)
    return outcome


def _number(rest: str | None, what: str) -> float:
    try:
        number = float(rest or "")
    except ValueError:
        number = -1.0
    if not 0 <= number < math.inf:
        raise ScriptError(f"expected a number behind {what}:, not {rest or 'nothing'!r}")
    return number


def _answer(outcome: Outcome, rest: str | None) -> Outcome:
    talk = _number(rest, "answer") if rest is not None else None
    return replace(outcome, kind=OutcomeKind.ANSWER, talk=talk)


def _refuse(kind: OutcomeKind) -> Callable[[Outcome, str | None], Outcome]:
    def read(outcome: Outcome, rest: str | None) -> Outcome:
        if rest is not None:
            raise ScriptError(f"{kind} takes no number (got {rest!r}); write ring:{rest} for that")
        return replace(outcome, kind=kind, cause=_CAUSES[kind])

    return read


def _cause(outcome: Outcome, rest: str | None) -> Outcome:
    try:
        cause = HangupCause(int(_number(rest, "cause")))
    except ValueError as error:
        raise ScriptError(f"{rest} is no Q.850 cause that a call meets") from error
    return replace(outcome, kind=OutcomeKind.REFUSAL, cause=cause)


_WORDS: Mapping[str, Callable[[Outcome, str | None], Outcome]] = {
    "answer": _answer,
    "busy": _refuse(OutcomeKind.BUSY),
    "congestion": _refuse(OutcomeKind.CONGESTION),
    "noanswer": _refuse(OutcomeKind.NOANSWER),
    "chanunavail": _refuse(OutcomeKind.CHANUNAVAIL),
    "cause": _cause,
    "ring": lambda outcome, rest: replace(outcome, ring=_number(rest, "ring")),
    "keys": lambda outcome, rest: replace(outcome, steps=parse_script(rest or "")),
}


class Outcomes:
    """The scripted outcomes of a simulation, by ``Technology/resource``."""

    def __init__(self) -> None:
        self._scripts: dict[str, list[Outcome]] = {}

    def script(self, resource: str, text: str) -> None:
        """Say how a resource behaves; what was said of the same resource before is forgotten.

        Args:
            resource: ``PJSIP/bob``, or with ``*``: ``PJSIP/*``. A name without star goes before
                those with one, and those in the order in which they were scripted.
            text: Outcomes, joined by ``;``, one for each dial; the last one stays.

        Raises:
            ScriptError: See :func:`parse_outcome`.
        """
        self._scripts[resource] = [parse_outcome(each) for each in text.split(";")]

    def next(self, resource: str) -> Outcome | None:
        """The outcome of this dial, None where nothing was scripted."""
        pattern = self._pattern_of(resource)
        if pattern is None:
            return None
        outcomes = self._scripts[pattern]
        return outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]

    def names(self, resource: str) -> bool:
        """Whether something was scripted whose technology is that of ``resource``, word by word."""
        pattern = self._pattern_of(resource)
        if pattern is None:
            return False
        technology = resource.partition("/")[0]
        return pattern.partition("/")[0].lower() == technology.lower()

    def _pattern_of(self, resource: str) -> str | None:
        exact = [name for name in self._scripts if name.lower() == resource.lower()]
        fitting = (name for name in self._scripts if "*" in name and wildcard(name)(resource))
        return exact[0] if exact else next(fitting, None)


def parse_outcome_option(text: str) -> tuple[str, str]:
    """Split ``PJSIP/bob=busy`` at its equals sign.

    Raises:
        ScriptError: There is none, or nothing on one of its sides.
    """
    resource, _, outcome = text.partition("=")
    if not resource.strip() or not outcome.strip():
        raise ScriptError(f"expected Technology/resource=outcome, not {text!r}")
    return resource.strip(), outcome.strip()
