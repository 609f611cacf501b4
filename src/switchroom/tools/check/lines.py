"""The files' own lines: where in a line something stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from switchroom.config.language.reader import ConfigFile
from switchroom.tools.check.finding import Place
from switchroom.tools.check.plan import Step


class Lines:
    """The lines of all files that were read."""

    def __init__(self) -> None:
        self._lines: dict[Path, list[str]] = {}

    def add(self, file: ConfigFile) -> None:
        """Take the texts of a file and of all that it includes."""
        for path, text in file.texts.items():
            self.add_text(path, text)

    def add_text(self, path: Path, text: str) -> None:
        """Take the text of one file."""
        self._lines[path] = [line.removesuffix("\r") for line in text.split("\n")]

    def of(self, path: Path) -> list[str]:
        """All lines of a file, as they are."""
        return self._lines.get(path, [])

    def line(self, path: Path, number: int) -> str:
        """One line, from 1; empty where there is none."""
        lines = self.of(path)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def paths(self) -> Iterator[Path]:
        """The files, in the order in which they were read."""
        return iter(self._lines)

    def whole(self, path: Path, line: int) -> Place:
        """A line without the blanks around it."""
        raw = self.line(path, line)
        text = raw.strip()
        return Place(path, line, raw.find(text) + 1 if text else 0, len(text))

    def word(self, path: Path, line: int, word: str, *, behind: str = "") -> Place:
        """The first ``word`` in a line, ``behind`` some text of it; else the whole line."""
        raw = self.line(path, line)
        begin = raw.find(behind) + len(behind) if behind and behind in raw else 0
        found = raw.find(word, begin) if word else -1
        if found < 0:
            return self.whole(path, line)
        return Place(path, line, found + 1, len(word))

    def name(self, step: Step) -> Place:
        """The application's name of a step."""
        if not step.name_column:
            return self.word(step.path, step.line, step.written)
        return self._at(step, step.name_column, len(step.written))

    def data(self, step: Step, offset: int, length: int) -> Place:
        """A part of a step's data."""
        if not step.data_column:
            text = step.data[offset : offset + length]
            return self.word(step.path, step.line, text)
        return self._at(step, step.data_column + offset, length)

    def _at(self, step: Step, column: int, length: int) -> Place:
        raw = self.line(step.path, step.line)
        if not column or not raw:
            return self.whole(step.path, step.line)
        # The reader dropped the backslash of each escaped semicolon.
        column += raw.count("\\;", 0, column)
        return Place(step.path, step.line, column, max(length, 1))
