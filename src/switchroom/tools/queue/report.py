"""A result for people, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from switchroom.tools.queue.result import Estimation, Figures, Result

NARROW = 6  #: what stands in front of a row
_HEADER = (
    f" {'calls':>6} {'answ.':>6} {'aband.':>6} {'left':>5} {'SL %':>6}"
    f" {'ASA s':>7} {'p90 s':>6} {'max s':>6} {'talk s':>6} {'agents':>6} {'occ. %':>6}\n"
)


def text_report(results: Mapping[str, Result], *, paper: Mapping[str, float] | None = None) -> str:
    """For people.

    Args:
        results: By what they are: ``simulated``, ``recorded``; the first one is told whole.
        paper: What a formula says, by name.
    """
    name, result = next(iter(results.items()))
    width = max(NARROW, *map(len, results)) if len(results) > 2 else NARROW
    header = f"{'from':>{width}}{_HEADER}"
    text = header + "".join(_row(_clock(at), figures, width) for at, figures in result.rows)
    text += "\n" + header
    text += _row("all", result.whole, width)
    others = {other: each for other, each in results.items() if other != name}
    for other, each in others.items():
        text += _row("log" if other == "recorded" else other, each.whole, width)
    limits = {each.within for each in others.values()} | {result.within}
    told = [f"{limit:g} s" for limit in sorted(limits)]
    text += f"\nSL: answered within {' or '.join(told)}{', as each queue says' * (len(told) > 1)}\n"
    if result.estimation is not None:
        text += _estimation(result.estimation)
    if paper:
        said = ", ".join(f"{what} {value:.1f}" for what, value in paper.items())
        text += f"On paper (Erlang C, nobody gives up): {said}\n"
    return text


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600:02}:{int(seconds) % 3600 // 60:02}"


def _row(name: str, told: Figures, width: int) -> str:
    return (
        f"{name:>{width}} {told.offered:>6} {told.answered:>6} {told.abandoned:>6}"
        f" {told.timed_out + told.refused:>5} {told.service_level:>6.1f} {told.asa:>7.1f}"
        f" {told.wait_p90:>6.0f} {told.wait_longest:>6.0f} {told.talk:>6.0f} {told.agents:>6.1f}"
        f" {told.occupancy:>6.1f}\n"
    )


def _estimation(told: Estimation) -> str:
    return (
        f"Waiting times estimated when callers joined: off by {told.mean_error:.1f} s"
        f" ({told.bias:+.1f} s), where they waited {told.mean_wait:.1f} s\n"
    )


def json_report(results: Mapping[str, Result], *, paper: Mapping[str, float] | None = None) -> str:
    """For programs; seconds and percent."""
    told = {name: _described(result) for name, result in results.items()}
    if paper:
        told["erlang_c"] = dict(paper)
    return json.dumps(told, indent=2) + "\n"


def _described(result: Result) -> dict[str, object]:
    rows: Iterable[dict[str, object]] = (
        {"from": at, **asdict(figures)} for at, figures in result.rows
    )
    estimation = result.estimation
    return {
        "service_level_within": result.within,
        **asdict(result.whole),
        "estimation": None if estimation is None else asdict(estimation),
        "intervals": list(rows),
    }
