"""The language of Asterisk's ``.conf`` files.

Sections with templates, ``=`` and ``=>``, ``+=``, includes and two kinds of comments::

    #include "more/*.conf"
    [phone](!)              ; a template
    allow = ulaw
    [alice](phone)          ; inherits its entries
    allow += ,alaw
    [alice](+)              ; adds to the section before
    ;-- all this
        is a comment --;

Every entry knows the file and line it was written at. What cannot be read is a
:class:`~switchroom.base.errors.ConfigError` that names both.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from switchroom.base.errors import ConfigError

MAX_FILE_BYTES = 64 * 1024 * 1024  #: a list of a million numbers still fits
MAX_INCLUDE_DEPTH = 10  #: as the original allows
EXEC_TIMEOUT = 10.0  #: seconds that a command of ``#exec`` may take

_SECTION = re.compile(r"\[(?P<name>[^\]]*)\]\s*(?:\((?P<options>[^)]*)\))?\s*(?P<rest>.*)$")
_DIRECTIVE = re.compile(r"#\s*(?P<word>\w+)\s*(?P<argument>.*)$")
_ENTRY = re.compile(r"(?P<name>[^=+]*?(?:\+(?!=)[^=+]*?)*)\s*(?P<operator>=>|\+=|=)(?P<value>.*)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``name = value`` line."""

    name: str
    value: str
    path: Path
    line: int
    is_object: bool = False  #: written with ``=>``


@dataclass(slots=True)
class Section:
    """One ``[name]`` with its entries, inherited ones first. Names may repeat in a file."""

    name: str
    path: Path
    line: int
    entries: list[Entry] = field(default_factory=list)
    is_template: bool = False
    parents: tuple[str, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The last value of ``name`` in any case of letters, which is the one that counts."""
        wanted = name.lower()
        for entry in reversed(self.entries):
            if entry.name.lower() == wanted:
                return entry.value
        return default


@dataclass(slots=True)
class ConfigFile:
    """A file with all it includes, in order."""

    path: Path
    sections: list[Section] = field(default_factory=list)

    def section(self, name: str) -> Section | None:
        """The first section called ``name``, or None."""
        return next((s for s in self.sections if s.name == name and not s.is_template), None)


def read_config(
    path: Path, *, allow_exec: bool = False, errors: list[ConfigError] | None = None
) -> ConfigFile:
    """Read a file and what it includes.

    Args:
        path: The file; relative includes are looked for in its folder.
        allow_exec: Whether ``#exec`` may run commands (``execincludes`` in asterisk.conf).
        errors: Takes what is wrong with single lines, which are then passed over; for who wants to
            know all of it. None: the first error is raised.

    Raises:
        ConfigError: A file is missing, too large or wrong; names file and line.
    """
    reader = _Reader(path, allow_exec=allow_exec, errors=errors)
    reader.read_file(path, depth=0, included_at=None)
    return reader.file


def parse_config(text: str, *, path: Path = Path("<text>")) -> ConfigFile:
    """Read configuration text as if it stood in ``path``; includes are relative to its folder.

    Raises:
        ConfigError: The text is wrong; names file and line.
    """
    reader = _Reader(path, allow_exec=False)
    reader.read_text(text, path, depth=0)
    return reader.file


class _Reader:
    def __init__(
        self, path: Path, *, allow_exec: bool, errors: list[ConfigError] | None = None
    ) -> None:
        self.file = ConfigFile(path)
        self._folder = path.parent
        self._allow_exec = allow_exec
        self._errors = errors
        self._current: Section | None = None
        self._newest: dict[str, Section] = {}

    def read_file(self, path: Path, *, depth: int, included_at: tuple[Path, int] | None) -> None:
        where = {"path": included_at[0], "line": included_at[1]} if included_at else {"path": path}
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise ConfigError(f"{path} is larger than {MAX_FILE_BYTES} bytes", path=path)
            text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}"
            raise ConfigError(message, **where) from error
        self.read_text(text, path, depth=depth)

    def read_text(self, text: str, path: Path, *, depth: int) -> None:
        try:
            for number, line in _without_comments(text, path):
                try:
                    self._line(line, path, number, depth)
                except ConfigError as error:
                    self._note(error)
        except ConfigError as error:  # a comment that is never closed
            self._note(error)

    def _note(self, error: ConfigError) -> None:
        """Keep an error where all are asked for; otherwise it ends the reading."""
        if self._errors is None:
            raise error
        self._errors.append(error)

    def _line(self, line: str, path: Path, number: int, depth: int) -> None:
        if line.startswith("["):
            try:
                self._open_section(line, path, number)
            except ConfigError:
                # What stands below a wrong header does not belong to the section above it.
                name = line[1:].partition("]")[0].strip()
                self._current = Section(name, path, number)
                self.file.sections.append(self._current)
                raise
        elif line.startswith("#"):
            self._directive(line, path, number, depth)
        else:
            self._entry(line, path, number)

    def _open_section(self, line: str, path: Path, number: int) -> None:
        match = _SECTION.match(line)
        if match is None:
            raise ConfigError("a section needs a closing ']'", path=path, line=number)
        if match["rest"]:
            message = f"unexpected {match['rest']!r} behind the section's name"
            raise ConfigError(message, path=path, line=number)
        options = [word.strip() for word in (match["options"] or "").split(",") if word.strip()]
        name = match["name"].strip()
        if "+" in options:
            self._current = self._known(name, path, number)
            return
        parents = tuple(word for word in options if word != "!")
        section = Section(name, path, number, is_template="!" in options, parents=parents)
        for parent in parents:
            section.entries += self._known(parent, path, number).entries
        self.file.sections.append(section)
        self._newest[name] = section
        self._current = section

    def _known(self, name: str, path: Path, number: int) -> Section:
        if (section := self._newest.get(name)) is not None:
            return section
        message = f"there is no section or template [{name}] above this line"
        raise ConfigError(message, path=path, line=number)

    def _directive(self, line: str, path: Path, number: int, depth: int) -> None:
        match = _DIRECTIVE.match(line)
        word = match["word"] if match else ""
        argument = match["argument"].strip() if match else ""
        if len(argument) > 1 and (argument[0], argument[-1]) in {('"', '"'), ("<", ">")}:
            argument = argument[1:-1]
        if word not in {"include", "tryinclude", "exec"}:
            message = f"unknown directive {line!r}; known are #include, #tryinclude and #exec"
            raise ConfigError(message, path=path, line=number)
        if not argument:
            raise ConfigError(f"#{word} needs an argument", path=path, line=number)
        if depth >= MAX_INCLUDE_DEPTH:
            message = f"includes are nested deeper than {MAX_INCLUDE_DEPTH}; is it a loop?"
            raise ConfigError(message, path=path, line=number)
        if word == "exec":
            self.read_text(self._run(argument, path, number), path, depth=depth + 1)
            return
        try:
            found = self._matching(argument)
        except (OSError, ValueError) as error:  # a folder that is closed to us; a pattern like **x
            message = f"cannot look for {argument!r}: {error}"
            raise ConfigError(message, path=path, line=number) from error
        if not found and word == "include":
            raise ConfigError(f"there is no file {argument!r}", path=path, line=number)
        for each in found:
            self.read_file(each, depth=depth + 1, included_at=(path, number))

    def _matching(self, pattern: str) -> list[Path]:
        absolute = Path(pattern) if pattern.startswith("/") else self._folder / pattern
        if not any(letter in pattern for letter in "*?["):
            return [absolute] if absolute.is_file() else []
        anchor = Path(absolute.anchor or ".")
        relative = absolute.relative_to(anchor) if absolute.anchor else absolute
        return sorted(path for path in anchor.glob(str(relative)) if path.is_file())

    def _run(self, command: str, path: Path, number: int) -> str:
        if not self._allow_exec:
            message = "#exec is off; `execincludes = yes` in asterisk.conf allows it"
            raise ConfigError(message, path=path, line=number)
        try:
            done = subprocess.run(  # what #exec is for, and allowed explicitly
                command, shell=True, capture_output=True, timeout=EXEC_TIMEOUT, check=True
            )
        except (subprocess.SubprocessError, OSError) as error:
            message = f"#exec {command!r} failed: {error}"
            raise ConfigError(message, path=path, line=number) from error
        return done.stdout.decode("utf-8", "surrogateescape")

    def _entry(self, line: str, path: Path, number: int) -> None:
        match = _ENTRY.match(line)
        name = match["name"].strip() if match else ""
        if match is None or not name:
            message = f"expected `name = value`, a [section] or an #include, not {line!r}"
            raise ConfigError(message, path=path, line=number)
        if self._current is None:
            raise ConfigError(f"{name!r} stands before any [section]", path=path, line=number)
        value = match["value"].strip()
        if match["operator"] == "+=":
            value = self._current.get(name) + value
        is_object = match["operator"] == "=>"
        self._current.entries.append(Entry(name, value, path, number, is_object))


def _without_comments(text: str, path: Path) -> Iterator[tuple[int, str]]:
    r"""Yield the number and text of each line that says something, ``\;`` read as ``;``."""
    depth = 0
    opened_at = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        if depth == 0 and ";" not in raw:
            line = raw.strip()
        else:
            before = depth
            line, depth = _strip_comments(raw, depth)
            line = line.strip()
            if depth and not before:
                opened_at = number
        if line:
            yield number, line
    if depth:
        raise ConfigError("the comment opened with ;-- is never closed", path=path, line=opened_at)


def _strip_comments(line: str, depth: int) -> tuple[str, int]:
    """Take the comments out of one line; ``depth`` counts open ``;--``."""
    kept: list[str] = []
    position = 0
    while position < len(line):
        if depth:
            if line.startswith("--;", position):
                depth -= 1
                position += 3
            elif _opens_block(line, position):
                depth += 1
                position += 3
            else:
                position += 1
            continue
        letter = line[position]
        if letter == "\\" and line.startswith(";", position + 1):
            kept.append(";")
            position += 2
        elif letter == ";":
            if not _opens_block(line, position):
                break
            depth += 1
            position += 3
        else:
            kept.append(letter)
            position += 1
    return "".join(kept), depth


def _opens_block(line: str, position: int) -> bool:
    """``;--`` opens a block, ``;---`` is a ruler in an ordinary comment."""
    return line.startswith(";--", position) and not line.startswith(";---", position)
