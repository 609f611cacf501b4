"""Checks small configurations."""

import re
from pathlib import Path

from switchroom.base.release import Release
from switchroom.tools.check.checking import Report, Selection, check
from switchroom.tools.check.finding import Finding
from switchroom.tools.check.project import load_folder

_FILE = re.compile(r"^; (?P<name>[\w.]+\.(?:conf|ael))$", re.MULTILINE)


def write(folder: Path, text: str) -> Path:
    """Write a configuration; a line ``; pjsip.conf`` begins another file than extensions.conf."""
    name, begun = "extensions.conf", 0
    for match in [*_FILE.finditer(text), None]:
        content = text[begun : match.start() if match else None].removeprefix("\n")
        if content.strip() or not match:
            (folder / name).write_text(content)
        if match:
            name, begun = match["name"], match.end()
    return folder


def checked(
    folder: Path,
    text: str,
    select: str = "",
    *,
    migration: tuple[Release, Release] | None = None,
    **more: object,
) -> Report:
    """Check a configuration given as text."""
    project = load_folder(write(folder, text), **more)  # type: ignore[arg-type]  # sounds
    project.migration = migration
    return check(project, Selection(select=tuple(select.split(",")) if select else ()))


def lines(report: Report) -> list[tuple[str, int, str]]:
    """Code, line and what is underlined, without the file."""
    return [(f.code, f.place.line, f.message) for f in report.findings]


def underlined(finding: Finding) -> str:
    """The text that a finding points at."""
    place = finding.place
    line = place.path.read_text().split("\n")[place.line - 1]
    return line[place.column - 1 : place.column - 1 + place.length]
