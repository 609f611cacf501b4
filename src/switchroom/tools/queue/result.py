"""What a day comes to: service level, waiting, occupancy; as a whole and by the half hour."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from switchroom.tools.queue.recorded import Recording
from switchroom.tools.queue.simulation import Outcome, Span
from switchroom.tools.queue.traffic import Call


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some calls; seconds, and percent.

    Attributes:
        service_level: Answered in time, of all that were answered or gave up late.
        asa: The mean wait of those that were answered (average speed of answer).
        occupancy: Ringing, talking and wrap-up, of the time that agents were there.
    """

    offered: int
    answered: int
    abandoned: int
    timed_out: int
    refused: int
    service_level: float
    asa: float
    wait_p90: float
    wait_longest: float
    talk: float
    agents: float
    occupancy: float


@dataclass(frozen=True, slots=True)
class Estimation:
    """How far estimated waiting times were off, of those that were answered; seconds."""

    count: int
    mean_wait: float
    mean_error: float  #: without its sign
    bias: float  #: above 0: callers were told more than they waited


@dataclass(frozen=True, slots=True)
class Result:
    """Of one run.

    Attributes:
        within: Seconds of the service level; the longest of several queues.
        rows: From when, and the figures of the calls that joined from then on.
    """

    within: float
    whole: Figures
    rows: tuple[tuple[float, Figures], ...]
    estimation: Estimation | None


def result_of(
    outcomes: Sequence[Outcome],
    staffed: Sequence[Span],
    *,
    within: float | Mapping[str, float],
    interval: float,
) -> Result:
    """Sum up.

    Args:
        outcomes: Of all calls.
        staffed: From when to when an agent was there, of each agent.
        within: Seconds of the service level; of several queues, by their names.
        interval: Seconds of a row.
    """
    end = max((each.handled_until for each in outcomes), default=0.0)
    whole = _figures(outcomes, outcomes, staffed, within, (0.0, end))
    last = max((each.call.at for each in outcomes), default=0.0)
    rows = []
    for number in range(int(last // interval) + 1):
        span = (number * interval, (number + 1) * interval)
        joined = [each for each in outcomes if span[0] <= each.call.at < span[1]]
        rows.append((span[0], _figures(joined, outcomes, staffed, within, span)))
    longest = max(within.values()) if isinstance(within, Mapping) else within
    return Result(longest, whole, tuple(rows), _estimation(outcomes))


def _figures(
    joined: Sequence[Outcome],
    everybody: Sequence[Outcome],
    staffed: Sequence[Span],
    within: float | Mapping[str, float],
    span: Span,
) -> Figures:
    def is_in_time(each: Outcome) -> bool:
        limit = within[each.call.queue] if isinstance(within, Mapping) else within
        return each.waited <= limit

    answered = [each for each in joined if each.how == "answered"]
    abandoned = [each for each in joined if each.how == "abandoned"]
    waits = sorted(each.waited for each in answered)
    in_time = sum(map(is_in_time, answered))
    late = len(waits) + sum(not is_in_time(each) for each in abandoned)
    busy = _overlap(
        (
            (each.call.at + each.rang_after, each.handled_until)
            for each in everybody
            if each.how == "answered"
        ),
        span,
    )
    there = _overlap(staffed, span)
    length = span[1] - span[0]
    return Figures(
        offered=len(joined),
        answered=len(answered),
        abandoned=len(abandoned),
        timed_out=sum(each.how == "timeout" for each in joined),
        refused=sum(each.how in {"full", "empty"} for each in joined),
        service_level=100.0 * in_time / late if late else 100.0,
        asa=statistics.fmean(waits) if waits else 0.0,
        wait_p90=waits[math.ceil(0.9 * len(waits)) - 1] if waits else 0.0,
        wait_longest=max((each.waited for each in joined), default=0.0),
        talk=statistics.fmean(each.call.talk for each in answered) if answered else 0.0,
        agents=there / length if length else 0.0,
        occupancy=100.0 * busy / there if there else 0.0,
    )


def _overlap(spans: Iterable[Span], span: Span) -> float:
    return sum(max(0.0, min(end, span[1]) - max(begin, span[0])) for begin, end in spans)


def _estimation(outcomes: Iterable[Outcome]) -> Estimation | None:
    pairs = [
        (each.estimated, each.rang_after)
        for each in outcomes
        if each.estimated is not None and each.how == "answered"
    ]
    if not pairs:
        return None
    errors = [estimated - real for estimated, real in pairs]
    return Estimation(
        len(pairs),
        statistics.fmean(real for _, real in pairs),
        statistics.fmean(abs(error) for error in errors),
        statistics.fmean(errors),
    )


def recorded_result(
    recording: Recording, *, within: float, wrap_up: float, interval: float
) -> Result:
    """What the log itself says, summed up as a simulation is.

    Args:
        recording: The log.
        within: Seconds of the service level.
        wrap_up: Seconds behind each call, which the log does not tell.
        interval: Seconds of a row.
    """
    words = {"ABANDON": "abandoned", "EXITWITHTIMEOUT": "timeout"}
    outcomes = []
    for call in recording.calls:
        waited, talked = call.waited or 0.0, call.talked or 0.0
        how = "answered" if call.agent and call.waited is not None else ""
        outcomes.append(
            Outcome(
                Call(call.at, talked),
                waited=waited,
                rang_after=max(0.0, waited - call.rang),
                agent=call.agent,
                handled_until=call.at + waited + (talked + wrap_up if how else 0.0),
                how=how or words.get(call.ended_by, "left"),
            )
        )
    return result_of(outcomes, staffed_by(recording), within=within, interval=interval)


def staffed_by(recording: Recording) -> list[Span]:
    """From when to when agents were there, by the log."""
    since = dict.fromkeys(recording.at_first, 0.0)
    spans: list[Span] = []
    for shift in recording.shifts:
        if shift.is_on:
            since.setdefault(shift.agent, shift.at)
        elif shift.agent in since:
            spans.append((since.pop(shift.agent), shift.at))
    end = recording.ended - recording.began
    return [*spans, *((begin, end) for begin in since.values())]
