"""Findings for people: place, message, the line with what is meant underlined, a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from switchroom.tools.check.checking import Report, counted
from switchroom.tools.check.finding import Finding, Place, Severity
from switchroom.tools.check.lines import Lines
from switchroom.tools.check.report.paths import shown
from switchroom.tools.check.wording import plural

MAX_SHOWN = 140  #: characters of a line; of a longer one the part around the place is shown

Paint = Callable[[str, str], str]

_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report, lines: Lines, *, is_coloured: bool = False) -> str:
    """The whole report as text."""
    paint = _painted if is_coloured else _plain
    blocks = [_block(finding, lines, paint) for finding in report.findings]
    return "".join([*blocks, _summary(report, paint)])


def _plain(text: str, _code: str) -> str:
    return text


def _painted(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _block(finding: Finding, lines: Lines, paint: Paint) -> str:
    place = finding.place
    where = ":".join(str(part) for part in (shown(place.path), place.line, place.column) if part)
    colour = _COLOURS[finding.severity]
    word = paint(f"{_NOUNS[finding.severity]} {finding.code}", colour)
    head = f"{paint(where, '1')}: {word}: {_printable(finding.message)}\n"
    return head + _quoted(place, lines, paint, colour)


def _quoted(place: Place, lines: Lines, paint: Paint, colour: str) -> str:
    raw = lines.line(place.path, place.line)
    if not raw.strip():
        return ""
    begin = max(place.column - 1, 0)
    length = min(max(place.length, 1), max(len(raw) - begin, 1))
    first = max(begin - MAX_SHOWN // 2, 0) if len(raw) > MAX_SHOWN else 0
    text = raw[first : first + MAX_SHOWN]
    length = min(length, MAX_SHOWN)
    before = "".join("\t" if c == "\t" else " " for c in text[: begin - first])
    margin = f"{place.line:>5} | "
    empty = " " * 5 + " | "
    return f"{margin}{_printable(text)}\n{empty}{before}{paint('^' * length, colour)}\n"


def _printable(text: str) -> str:
    """What a terminal can be shown: no control characters, nothing that is no text."""
    safe = "".join(c if c.isprintable() or c == "\t" else "?" for c in text)
    return safe.encode("utf-8", "replace").decode("utf-8")


def _summary(report: Report, paint: Paint) -> str:
    counts = counted(report.findings)
    words = [plural(count, _NOUNS[severity]) for severity, count in counts.items() if count]
    worst = next((severity for severity, count in counts.items() if count), None)
    found = ", ".join(words) or "nothing found"
    text = paint(found, _COLOURS[worst] if worst else "1;32")
    text += f" in {plural(report.files, 'file')}"
    if report.findings:
        codes = Counter(finding.code for finding in report.findings).most_common(5)
        text += " (" + ", ".join(f"{code} {count}x" for code, count in codes)
        text += ", …)" if len({f.code for f in report.findings}) > len(codes) else ")"
    if report.below:
        text += f"; {report.below} below --min-severity"
    if report.suppressed:
        text += f"; {report.suppressed} suppressed by comments"
    return text + "\n"
