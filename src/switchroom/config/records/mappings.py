"""``cdr_custom.conf`` and ``cel_custom.conf``: files whose lines somebody has written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.records.formats import (
    LineFormat,
    Reference,
    call_reference,
    event_reference,
    read_line_format,
)


@dataclass(frozen=True, slots=True)
class LineMapping:
    """A file, and what a line of it says of a record."""

    file: str  #: its name in the folder of the backend
    template: str  #: with ``${}`` and ``$[]``
    path: Path  #: where it is written
    line: int
    format: LineFormat | None = None  #: of a file with a section of its own


@dataclass(frozen=True, slots=True)
class RecordMappings:
    """All of one file."""

    lines: tuple[LineMapping, ...] = ()
    warnings: tuple[ConfigWarning, ...] = ()


def read_record_mappings(file: ConfigFile, reference: Reference = call_reference) -> RecordMappings:
    """Read a file with a section ``[mappings]``, and others for files with columns.

    Args:
        file: As read.
        reference: What the dialplan calls a column.

    Raises:
        ConfigError: A name that leads out of the folder.
    """
    warnings = Warnings()
    lines: list[LineMapping] = []
    for section in file.sections:
        if section.is_template:
            continue
        if section.name != "mappings":
            lines += _formatted(section, reference, warnings)
            continue
        for entry in section.entries:
            _check_name(entry.name, entry.path, entry.line)
            if entry.value.strip():
                lines.append(LineMapping(entry.name, entry.value, entry.path, entry.line))
    return RecordMappings(tuple(lines), tuple(warnings.entries))


def read_event_mappings(file: ConfigFile) -> RecordMappings:
    """The same of channel events."""
    return read_record_mappings(file, event_reference)


def _formatted(section: Section, reference: Reference, warnings: Warnings) -> Sequence[LineMapping]:
    """The file of a section; none where it says something that is not understood."""
    _check_name(section.name, section.path, section.line)
    try:
        found = read_line_format(section, reference, warnings)
    except ConfigError as error:
        message = f"[{section.name}] is left out: {error.message}"
        warnings.add(message, error.path or section.path, error.line)
        return ()
    # Whoever reads the files later finds the columns by what they would be called in a line.
    is_plain = not found.is_json and found.separator == ","
    template = ",".join(each.template for each in found.columns) if is_plain else ""
    return [LineMapping(section.name, template, section.path, section.line, found)]


def _check_name(name: str, path: Path, line: int) -> None:
    if "/" in name or name.startswith("."):
        message = f"{name!r} is no name of a file in the folder of records"
        raise ConfigError(message, path=path, line=line)
