"""What is told of a run: lines for people, one object for scripts."""

from __future__ import annotations

import json
from typing import Any, TextIO

from switchroom.sip.message import REASONS
from switchroom.tools.bench.measuring import Spans, Tally
from switchroom.tools.bench.settings import Kind, Settings
from switchroom.tools.bench.verdict import Verdict, judge, own_limits

_QUANTILES = ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"))
_VERDICTS = {
    Verdict.CLEAN: "clean: nothing failed and nothing had to be sent twice",
    Verdict.FAILING: "not clean: see what failed or was late",
    Verdict.SATURATED: "this side was the limit: the figures say nothing of the server's",
    Verdict.NOBODY: "no answer at all: is a server there, and may we call it?",
}


class Progress:
    """One line of a terminal that is written again and again.

    Args:
        stream: Where to; where it is no terminal nothing is written.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_shown = stream.isatty()

    def show(self, text: str) -> None:
        """Write it over what was there."""
        if self._is_shown:
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()

    def clear(self) -> None:
        """Leave nothing of it."""
        self.show("")


def describe(settings: Settings, tally: Tally) -> list[str]:
    """What one run was and gave, in lines."""
    load, effort = settings.load, tally.effort
    what = "registrations" if load.kind is Kind.REGISTER else "calls"
    done = "registered" if load.kind is Kind.REGISTER else "answered"
    processes = "1 process" if effort.processes == 1 else f"{effort.processes} processes"
    begun = f"{tally.begun} begun in {tally.seconds:.1f} s ({tally.rate:.1f}/s)"
    lines = [f"{what:<20}{begun}, {tally.done} {done}, {tally.failed} failed"]
    lines += [
        f"{'':<20}{number} times {status} {REASONS.get(status, '')}".rstrip()
        for status, number in sorted(tally.refused.items())
    ]
    if tally.unanswered:
        lines.append(f"{'':<20}{tally.unanswered} times no answer")
    if tally.dropped:
        lines.append(f"{'':<20}{tally.dropped} times hung up by the server before the time")
    if tally.answered.count:
        lines.append(f"{done + ' after':<20}{_spans(tally.answered)}")
    if tally.late:
        lines.append(f"{'sent twice':<20}{tally.late}, since nothing came within 0.5 s")
    if load.kind is Kind.AUDIO:
        lines += _audio(tally)
    lines.append(f"{'this side':<20}{processes}, the busiest took {effort.cpu_share:.0%} of a core")
    lines += [f"{'':<20}{why}" for why in own_limits(tally)]
    return lines


def _audio(tally: Tally) -> list[str]:
    audio = tally.audio
    lines = [
        f"{'at once':<20}{tally.up_at_once} calls up",
        f"{'packets':<20}{audio.sent} sent, {audio.received} received, {audio.lost} lost",
    ]
    if audio.jitter.count:
        lines.append(f"{'jitter':<20}{_spans(audio.jitter)}")
    if audio.silent:
        lines.append(f"{'silent':<20}{audio.silent} calls on which nothing came")
    return lines


def _spans(spans: Spans) -> str:
    parts = [f"{name} {(spans.quantile(share) or 0) * 1000:.1f} ms" for share, name in _QUANTILES]
    return ", ".join([*parts, f"longest {spans.longest * 1000:.1f} ms"])


def verdict_line(verdict: Verdict) -> str:
    """What it comes to, in words."""
    return f"{'verdict':<20}{_VERDICTS[verdict]}"


def as_values(settings: Settings, tally: Tally) -> dict[str, Any]:
    """One run, for scripts; spans are seconds."""
    load, audio = settings.load, tally.audio
    values: dict[str, Any] = {
        "kind": load.kind.value,
        "target": load.target,
        "verdict": judge(tally).value,
        "asked_rate": round(load.rate, 3),
        "rate": round(tally.rate, 3),
        "begun": tally.begun,
        "done": tally.done,
        "refused": {str(status): count for status, count in sorted(tally.refused.items())},
        "unanswered": tally.unanswered,
        "dropped": tally.dropped,
        "sent_twice": tally.late,
        "answer": _values(tally.answered),
        "processes": tally.effort.processes,
        "busiest_process": round(tally.effort.cpu_share, 3),
        "own_limits": own_limits(tally),
    }
    if load.kind is Kind.AUDIO:
        values["up_at_once"] = tally.up_at_once
        values["audio"] = {
            "sent": audio.sent, "received": audio.received, "lost": audio.lost,
            "silent_calls": audio.silent, "jitter": _values(audio.jitter),
        }  # fmt: skip
    return values


def _values(spans: Spans) -> dict[str, float | None]:
    found = {name: spans.quantile(share) for share, name in _QUANTILES}
    rounded = {name: None if value is None else round(value, 6) for name, value in found.items()}
    return {**rounded, "longest": round(spans.longest, 6)}


def to_json(values: dict[str, Any]) -> str:
    """One line."""
    return json.dumps(values)
