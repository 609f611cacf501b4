"""``cdr_custom.conf`` and ``cel_custom.conf``: files whose lines somebody has written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.options import ConfigWarning, Warnings
from switchroom.config.reader import ConfigFile


@dataclass(frozen=True, slots=True)
class LineMapping:
    """A file, and what a line of it says of a record."""

    file: str  #: its name in the folder of the backend
    template: str  #: with ``${}`` and ``$[]``
    path: Path  #: where it is written
    line: int


@dataclass(frozen=True, slots=True)
class RecordMappings:
    """All of one file."""

    lines: tuple[LineMapping, ...] = ()
    warnings: tuple[ConfigWarning, ...] = ()


def read_record_mappings(file: ConfigFile) -> RecordMappings:
    """Read a file with a section ``[mappings]``.

    Raises:
        ConfigError: A name that leads out of the folder.
    """
    warnings = Warnings()
    lines: list[LineMapping] = []
    for section in file.sections:
        if section.name != "mappings":
            message = f"[{section.name}] has no effect here: write it in [mappings]"
            warnings.add(message, section.path, section.line)
            continue
        for entry in section.entries:
            if "/" in entry.name or entry.name.startswith("."):
                message = f"{entry.name!r} is no name of a file in the folder of records"
                raise ConfigError(message, path=entry.path, line=entry.line)
            if entry.value.strip():
                lines.append(LineMapping(entry.name, entry.value, entry.path, entry.line))
    return RecordMappings(tuple(lines), tuple(warnings.entries))
