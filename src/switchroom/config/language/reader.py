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
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from switchroom.base.errors import ConfigError
from switchroom.config.language.sources import CommandError, Files, Sources

MAX_INCLUDE_DEPTH = 10  #: as the original allows

_SECTION = re.compile(r"\[(?P<name>[^\]]*)\]\s*(?:\((?P<options>[^)]*)\))?\s*(?P<rest>.*)$")
_KEYS = re.compile(r"#[0-9A-D*#]*\s*=")  # of a telephone, in a menu: no directive
_DIRECTIVE = re.compile(r"#\s*(?P<word>\w+)\s*(?P<argument>.*)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``name = value`` line."""

    name: str
    value: str
    path: Path
    line: int
    is_object: bool = False  #: written with ``=>``
    column: int = 0  #: where the value begins, counted from 1; 0: not known


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
    texts: dict[Path, str] = field(default_factory=dict)  #: what stood in each file

    def section(self, name: str) -> Section | None:
        """The first section called ``name``, or None."""
        return next((s for s in self.sections if s.name == name and not s.is_template), None)

    def pointed(self, error: ConfigError) -> ConfigError:
        """The same error with the line it speaks of, so that it can be shown below it."""
        text = self.texts.get(error.path) if error.path is not None else None
        found = pointed(error, text or "")
        if found is not error:
            # The reader drops the backslash of each escaped semicolon.
            found.column += found.source.count("\\;", 0, found.column)
        return found


def pointed(error: ConfigError, text: str) -> ConfigError:
    """The same error with the line it speaks of.

    Args:
        error: With a line, and a column if it is known.
        text: The file's; nothing where it is not known.
    """
    if not text or not error.line or error.source:
        return error
    lines = text.split("\n", error.line)
    if len(lines) < error.line:
        return error
    return ConfigError(
        error.message,
        path=error.path,
        line=error.line,
        column=error.column,
        source=lines[error.line - 1],
    )


def read_config(
    path: Path,
    *,
    allow_exec: bool = False,
    errors: list[ConfigError] | None = None,
    sources: Sources | None = None,
) -> ConfigFile:
    """Read a file and what it includes.

    Args:
        path: The file; relative includes are looked for in its folder.
        allow_exec: Whether ``#exec`` may run commands (``execincludes`` in asterisk.conf).
        errors: Takes what is wrong with single lines, which are then passed over; for who wants to
            know all of it. None: the first error is raised.
        sources: What the text comes from; none: the files themselves.

    Raises:
        ConfigError: A file is missing, too large or wrong; names file and line.
    """
    reader = _Reader(path, allow_exec=allow_exec, errors=errors, sources=sources)
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
        self,
        path: Path,
        *,
        allow_exec: bool,
        errors: list[ConfigError] | None = None,
        sources: Sources | None = None,
    ) -> None:
        self.file = ConfigFile(path)
        self._folder = path.parent
        self._allow_exec = allow_exec
        self._errors = errors
        self._sources = sources or Files()
        self._current: Section | None = None
        self._newest: dict[str, Section] = {}
        self._open: list[Path] = []  #: the files that include what is read now, and that one

    def read_file(self, path: Path, *, depth: int, included_at: tuple[Path, int] | None) -> None:
        where = {"path": included_at[0], "line": included_at[1]} if included_at else {"path": path}
        try:
            text = self._sources.read(path)
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}"
            raise ConfigError(message, **where) from error
        self._open.append(path.resolve())
        try:
            self.read_text(text, path, depth=depth)
        finally:
            self._open.pop()

    def read_text(self, text: str, path: Path, *, depth: int) -> None:
        self.file.texts[path] = text
        try:
            for line in _without_comments(text, path):
                try:
                    self._line(line, depth)
                except ConfigError as error:
                    self._note(error)
        except ConfigError as error:  # a comment that is never closed
            self._note(error)

    def _note(self, error: ConfigError) -> None:
        """Keep an error where all are asked for; otherwise it ends the reading."""
        error = self.file.pointed(error)
        if self._errors is None:
            raise error
        self._errors.append(error)

    def _line(self, line: _Line, depth: int) -> None:
        if line.text.startswith("["):
            try:
                self._open_section(line)
            except ConfigError:
                # What stands below a wrong header does not belong to the section above it.
                name = line.text[1:].partition("]")[0].strip()
                self._current = Section(name, line.path, line.number)
                self.file.sections.append(self._current)
                raise
        elif line.text.startswith("#") and not _KEYS.match(line.text):
            self._directive(line, depth)
        else:
            self._entry(line)

    def _open_section(self, line: _Line) -> None:
        match = _SECTION.match(line.text)
        if match is None:
            raise line.error("a section needs a closing ']'", len(line.text))
        if match["rest"]:
            message = f"unexpected {match['rest']!r} behind the section's name"
            raise line.error(message, match.start("rest"))
        options = [word.strip() for word in (match["options"] or "").split(",") if word.strip()]
        name = match["name"].strip()
        parents = tuple(word for word in options if word not in {"!", "+"})
        if "+" in options:
            section = self._known(name, line)
        else:
            section = Section(
                name, line.path, line.number, is_template="!" in options, parents=parents
            )
        for parent in parents:
            section.entries += self._known(parent, line).entries
        if "+" not in options:
            self.file.sections.append(section)
            self._newest[name] = section
        self._current = section

    def _known(self, name: str, line: _Line) -> Section:
        if (section := self._newest.get(name)) is not None:
            return section
        message = f"there is no section or template [{name}] above this line"
        raise line.error(message, line.text.rfind(name))

    def _directive(self, line: _Line, depth: int) -> None:
        match = _DIRECTIVE.match(line.text)
        word = match["word"] if match else ""
        argument = match["argument"].strip() if match else ""
        if len(argument) > 1 and (argument[0], argument[-1]) in {('"', '"'), ("<", ">")}:
            argument = argument[1:-1]
        if word not in {"include", "tryinclude", "exec"}:
            message = f"unknown directive {line.text!r}; known are #include, #tryinclude and #exec"
            raise line.error(message, 0)
        if not argument:
            raise line.error(f"#{word} needs an argument", len(line.text))
        if depth >= MAX_INCLUDE_DEPTH:
            message = f"includes are nested deeper than {MAX_INCLUDE_DEPTH}"
            raise line.error(message, 0)
        at = line.text.find(argument)
        if word == "exec":
            output = self._run(argument, line, at)
            self.read_text(output, Path(f"#exec {argument}"), depth=depth + 1)
            return
        try:
            found = self._sources.matching(self._folder, argument)
        except (OSError, ValueError) as error:  # a folder that is closed to us; a pattern like **x
            raise line.error(f"cannot look for {argument!r}: {error}", at) from error
        if not found and word == "include":
            raise line.error(f"there is no file {argument!r}", at)
        for each in found:
            if each.resolve() in self._open:
                raise line.error(f"{each.name} includes itself", at)
            self.read_file(each, depth=depth + 1, included_at=(line.path, line.number))

    def _run(self, command: str, line: _Line, at: int) -> str:
        if not self._allow_exec:
            message = "#exec is off; `execincludes = yes` in asterisk.conf allows it"
            raise line.error(message, 0)
        try:
            return self._sources.run(command)
        except CommandError as error:
            raise line.error(f"#exec {command!r} failed: {error}", at) from error

    def _entry(self, line: _Line) -> None:
        at = line.text.find("=")
        adds = line.text[at - 1 : at] == "+" if at > 0 else False
        name = line.text[: at - 1 if adds else max(at, 0)].strip()
        if at < 0 or not name:
            message = f"expected `name = value`, a [section] or an #include, not {line.text!r}"
            raise line.error(message, 0)
        if self._current is None:
            raise line.error(f"{name!r} stands before any [section]", 0)
        is_object = not adds and line.text[at + 1 : at + 2] == ">"
        rest = line.text[at + 1 + is_object :]
        value = rest.strip()
        column = line.indent + len(line.text) - len(rest.lstrip()) + 1
        if adds:
            value = self._current.get(name) + value
        self._current.entries.append(
            Entry(name, value, line.path, line.number, is_object, 0 if adds else column)
        )


class _Line(NamedTuple):
    """One line that says something."""

    text: str  #: without comments, stripped
    path: Path
    number: int
    indent: int  #: letters before ``text`` in the file

    def error(self, message: str, at: int) -> ConfigError:
        """An error at a place within ``text``."""
        column = self.indent + max(at, 0) + 1
        return ConfigError(message, path=self.path, line=self.number, column=column)


def _without_comments(text: str, path: Path) -> Iterator[_Line]:
    r"""Yield each line that says something, ``\;`` read as ``;``."""
    depth = 0
    opened_at = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        if depth == 0 and ";" not in raw:
            line = raw.strip()
        else:
            before = depth
            line, depth = _strip_comments(raw, depth)
            line = line.strip()
            if depth and not before:
                opened_at = number
        if line:
            yield _Line(line, path, number, len(raw) - len(raw.lstrip()))
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
