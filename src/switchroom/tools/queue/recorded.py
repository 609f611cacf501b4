"""A day's ``queue_log`` as traffic: who called, for how long, how patient; and who was there."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import leading_int
from switchroom.tools.queue.traffic import Call

_OVER = frozenset({"COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER"})
_LEFT = frozenset({"ABANDON", "EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY", "WITHDRAW"})


@dataclass(slots=True)
class RecordedCall:
    """One caller of the log; seconds."""

    at: float
    waited: float | None = None  #: until it was over, or answered
    agent: str = ""  #: who answered
    rang: float = 0.0
    talked: float | None = None
    gave_up: bool = False  #: by hanging up; not: sent on by a rule
    ended_by: str = ""
    misses: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shift:
    """An agent takes calls, or does not, from here on."""

    at: float
    agent: str
    is_on: bool


@dataclass(slots=True)
class Recording:
    """What a log tells of one queue.

    Attributes:
        began: Of the first line, by the wall clock; everything else counts from there.
        agents: Who answered or was there at all, in the order of appearance.
        at_first: Those who were there from the beginning.
    """

    queue: str
    began: float = 0.0
    ended: float = 0.0
    calls: list[RecordedCall] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)

    @property
    def at_first(self) -> list[str]:
        """Whose first word is not that it comes."""
        first: dict[str, bool] = {}
        for shift in self.shifts:
            first.setdefault(shift.agent, shift.is_on)
        return [agent for agent in self.agents if not first.get(agent)]

    def counted_from(self, began: float) -> None:
        """Count all times from another moment, for what happened in other queues meanwhile."""
        later, self.began = self.began - began, began
        for call in self.calls:
            call.at += later
        self.shifts = [replace(shift, at=shift.at + later) for shift in self.shifts]

    def traffic(self, chance: random.Random) -> list[Call]:
        """The calls as they would come again.

        What the log cannot know is drawn: how long those would have talked who gave up (as the
        others did), and how long those would have waited who were answered (longer than they did,
        by the mean patience that the log shows; for ever, where nobody gave up).
        """
        talks = [call.talked for call in self.calls if call.talked is not None]
        waits = [call.waited for call in self.calls if call.waited is not None]
        given_up = sum(call.gave_up for call in self.calls)
        patience = sum(waits) / given_up if given_up else math.inf
        found = []
        for call in self.calls:
            talk = call.talked
            if talk is None:
                talk = chance.choice(talks) if talks else 0.0
            left = call.waited or 0.0
            if not call.gave_up:
                left = left + chance.expovariate(1 / patience) if given_up else math.inf
            rings = call.rang if call.agent else None
            found.append(Call(call.at, talk, left, rings=rings, misses=tuple(call.misses)))
        return found


def read_log(lines: Iterable[str], queue: str = "") -> Recording:
    """Read the lines of a log.

    Args:
        lines: Of a ``queue_log``.
        queue: Which queue; empty: the one with the most callers.

    Raises:
        SwitchroomError: Nobody called there.
    """
    parsed = [cells for line in lines if len(cells := line.rstrip("\n").split("|")) >= 5]
    name = queue or _busiest(parsed)
    recording = Recording(name)
    open_calls: dict[str, RecordedCall] = {}
    for time, call_id, of, agent, event, *data in parsed:
        if of != name or (moment := leading_int(time)) is None:
            continue
        recording.began = recording.began or float(moment)
        recording.ended = float(moment)
        _line(recording, open_calls, moment - recording.began, call_id, agent, event, data)
    if not recording.calls:
        raise SwitchroomError(f"no call of queue {name!r} in the log" if name else "an empty log")
    return recording


def _busiest(parsed: list[list[str]]) -> str:
    counts: dict[str, int] = {}
    for cells in parsed:
        if cells[4] == "ENTERQUEUE":
            counts[cells[2]] = counts.get(cells[2], 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


def _line(  # noqa: PLR0913  # the cells of a line
    recording: Recording,
    open_calls: dict[str, RecordedCall],
    at: float,
    call_id: str,
    agent: str,
    event: str,
    data: list[str],
) -> None:
    numbers = [float(leading_int(each) or 0) for each in (*data, *("",) * 3)]
    call = open_calls.get(call_id)
    if event == "ENTERQUEUE":
        open_calls[call_id] = RecordedCall(at)
        recording.calls.append(open_calls[call_id])
    elif event in {"ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE"}:
        _appears(recording, agent)
        recording.shifts.append(Shift(at, agent, event in {"ADDMEMBER", "UNPAUSE"}))
    elif call is None:
        return
    elif event == "RINGNOANSWER":
        _appears(recording, agent)
        call.misses.append(numbers[0] / 1000)
    elif event == "CONNECT":
        _appears(recording, agent)
        call.waited, call.agent, call.rang = numbers[0], agent, numbers[2]
    elif event in _OVER:
        talked = data[-2] if len(data) > 2 else ""  # hold time, talk time and position stand last
        call.talked, call.ended_by = float(leading_int(talked) or 0), event
        del open_calls[call_id]
    elif event in _LEFT:
        call.waited, call.gave_up, call.ended_by = _waited(at, call), event == "ABANDON", event
        del open_calls[call_id]


def _waited(at: float, call: RecordedCall) -> float:
    return at - call.at


def _appears(recording: Recording, agent: str) -> None:
    if agent not in recording.agents:
        recording.agents.append(agent)
