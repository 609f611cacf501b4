"""Coverage of a dialplan as a table, as JSON, and as lcov for whoever draws it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from switchroom.tools.testing.coverage import Coverage, CoveredFile, CoveredPriority, percent_of


class Terminal(Protocol):
    """Where a report is shown; pytest's reporter."""

    def write_line(self, line: str) -> None:
        """Write one line."""

    def section(self, title: str, sep: str = "=") -> None:
        """Begin a section."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report that was asked for."""

    kind: str
    path: Path | None = None  #: None: the terminal

    def write(self, coverage: Coverage, terminal: Any) -> None:
        """Write it, to its file or the terminal."""
        if self.path is None:
            _show(coverage, terminal)
            return
        self.path.write_text(_WRITERS[self.kind](coverage))
        terminal.write_line(f"dialplan coverage ({self.kind}) written to {self.path}")


def parse_reports(words: Sequence[str]) -> list[Report]:
    """Read ``term``, ``json[:FILE]`` and ``lcov[:FILE]``.

    Raises:
        ValueError: A kind that there is not.
    """
    reports: list[Report] = []
    for word in words:
        kind, _, path = word.partition(":")
        if kind == "term" and not path:
            reports.append(Report(kind))
        elif kind in _WRITERS:
            reports.append(Report(kind, Path(path or f"dialplan-coverage.{kind}")))
        else:
            raise ValueError(f"there is no report {word!r}; known are term, json and lcov")
    return reports


def _by_context(file: CoveredFile) -> dict[str, list[CoveredPriority]]:
    contexts: defaultdict[str, list[CoveredPriority]] = defaultdict(list)
    for each in file.priorities():
        contexts[each.spot.context].append(each)
    return contexts


# the terminal


def _show(coverage: Coverage, terminal: Terminal) -> None:
    for file in coverage.files.values():
        terminal.section(f"dialplan coverage: {_shown_path(file.path)}", sep="-")
        for line in table(file):
            terminal.write_line(line)


def _shown_path(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def table(file: CoveredFile) -> Iterator[str]:
    """One line a context: how many priorities, how many ran, which never did."""
    contexts = _by_context(file)
    width = max(map(len, [*contexts, "context"]))
    yield f"{'context':<{width}}  priorities    ran      %   never ran"
    for name, priorities in contexts.items():
        yield f"{name:<{width}}  {_figures(priorities)}   {never_ran(priorities)}".rstrip()
    every = [each for priorities in contexts.values() for each in priorities]
    yield f"{'TOTAL':<{width}}  {_figures(every)}"


def _figures(priorities: Sequence[CoveredPriority]) -> str:
    ran = sum(bool(each.hits) for each in priorities)
    return f"{len(priorities):>10}  {ran:>5}  {percent_of(priorities):>4.0f} %"


def never_ran(priorities: Iterable[CoveredPriority]) -> str:
    """``600,1-5 t,2``: the priorities without hits, by extension."""
    words: list[str] = []
    for extension, group in groupby(priorities, key=lambda each: each.spot.extension):
        ranges: list[list[int]] = []
        follows = False  #: whether the priority before did not run either
        for each in group:
            if each.hits:
                follows = False
                continue
            if follows:
                ranges[-1][1] = each.spot.number
            else:
                ranges.append([each.spot.number, each.spot.number])
            follows = True
        words += [f"{extension},{a}" if a == b else f"{extension},{a}-{b}" for a, b in ranges]
    return " ".join(words)


# files


def as_json(coverage: Coverage) -> str:
    """Everything: each priority with its place in the file and how often it ran."""
    files = [
        {
            "file": str(file.path),
            "percent": round(percent_of(file.priorities()), 2),
            "contexts": {
                name: {
                    "percent": round(percent_of(priorities), 2),
                    "priorities": [_as_data(each) for each in priorities],
                }
                for name, priorities in _by_context(file).items()
            },
        }
        for file in coverage.files.values()
    ]
    return json.dumps({"percent": round(coverage.percent, 2), "dialplans": files}, indent=1) + "\n"


def _as_data(each: CoveredPriority) -> dict[str, Any]:
    return {
        "extension": each.spot.extension,
        "priority": each.spot.number,
        "label": each.priority.label,
        "application": each.priority.application,
        "file": str(each.priority.path) if each.priority.path is not None else None,
        "line": each.priority.line,
        "hits": each.hits,
    }


def as_lcov(coverage: Coverage) -> str:
    """An lcov tracefile: an extension is a function, a priority is a line."""
    by_file: defaultdict[Path, list[CoveredPriority]] = defaultdict(list)
    for covered in coverage.files.values():
        for each in covered.priorities():
            if each.priority.path is not None:
                by_file[each.priority.path].append(each)
    return "".join(f"{line}\n" for path in sorted(by_file) for line in _record(path, by_file[path]))


def _record(path: Path, priorities: Sequence[CoveredPriority]) -> Iterator[str]:
    extensions: dict[str, tuple[int, int]] = {}  #: line of the first priority, and its hits
    lines: defaultdict[int, int] = defaultdict(int)
    for each in priorities:
        name = f"{each.spot.extension}@{each.spot.context}"
        extensions.setdefault(name, (each.priority.line, each.hits))
        lines[each.priority.line] += each.hits
    yield "TN:"
    yield f"SF:{path}"
    for name, (line, _) in extensions.items():
        yield f"FN:{line},{name}"
    for name, (_, hits) in extensions.items():
        yield f"FNDA:{hits},{name}"
    yield f"FNF:{len(extensions)}"
    yield f"FNH:{sum(bool(hits) for _, hits in extensions.values())}"
    for line, hits in sorted(lines.items()):
        yield f"DA:{line},{hits}"
    yield f"LF:{len(lines)}"
    yield f"LH:{sum(map(bool, lines.values()))}"
    yield "end_of_record"


_WRITERS: Mapping[str, Callable[[Coverage], str]] = {"json": as_json, "lcov": as_lcov}
