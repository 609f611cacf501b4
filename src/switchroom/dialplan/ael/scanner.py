"""Takes AEL text apart: words, punctuation, raw text up to a closing bracket.

What stands in parentheses and behind ``=`` is another language, that of the dialplan's arguments
and expressions, so the parser asks for it raw. Comments count only where a word could begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.sources import Sources
from switchroom.dialplan.ael.syntax import Where

MAX_INCLUDE_DEPTH = 10
_ENDS_A_WORD = frozenset(" \t\r\n;{}(),|=:&@")
_OPENING = "([{"
_CLOSING = ")]}"


@dataclass(slots=True)
class _Text:
    """One file that is being read."""

    path: Path
    text: str
    includer: _Text | None
    position: int = 0
    line: int = 1  #: where ``position`` is
    line_start: int = 0

    def around(self) -> list[Path]:
        """This file, and those that it is included in."""
        return [self.path, *(self.includer.around() if self.includer is not None else [])]


class Scanner:
    """Reads one file and what it includes, as one text.

    Args:
        path: The file; includes are looked for in its folder.
        sources: What answers for files.

    Raises:
        ConfigError: The file cannot be read.
    """

    def __init__(self, path: Path, sources: Sources) -> None:
        self._folder = path.parent
        self._sources = sources
        self._stack: list[_Text] = []
        self._open(path)

    def _open(
        self, path: Path, included_at: Where | None = None, includer: _Text | None = None
    ) -> None:
        try:
            text = self._sources.read(path)
        except OSError as error:
            message = f"cannot read {path}: {error.strerror}"
            if included_at is not None:
                raise self.error(message, included_at) from error
            raise ConfigError(message, path=path) from error
        self._stack.append(_Text(path, text, includer))

    # where it stands

    def where(self) -> Where:
        """The place of what comes next, blanks and comments passed over."""
        self.skip()
        return self._here()

    def _here(self) -> Where:
        top = self._stack[-1]
        return Where(top.path, top.line, top.position - top.line_start + 1)

    def error(self, message: str, where: Where | None = None) -> ConfigError:
        """An error at a place, or at what comes next."""
        where = where or self.where()
        source = ""
        for text in self._stack:
            if text.path == where.path:
                source = text.text.split("\n", where.line)[where.line - 1].rstrip("\r")
        return ConfigError(
            message, path=where.path, line=where.line, column=where.column, source=source
        )

    def _move(self, position: int) -> str:
        """Go on to a position; returns what was passed."""
        top = self._stack[-1]
        passed = top.text[top.position : position]
        top.line += passed.count("\n")
        if "\n" in passed:
            top.line_start = top.position + passed.rfind("\n") + 1
        top.position = position
        return passed

    # blanks, comments, includes

    def skip(self) -> None:
        """Pass over blanks and comments; enter included files and leave them at their end."""
        while True:
            top = self._stack[-1]
            text, position = top.text, top.position
            while position < len(text) and text[position].isspace():
                position += 1
            self._move(position)
            if position >= len(text):
                if len(self._stack) == 1:
                    return
                self._stack.pop()
            elif text.startswith("//", position):
                end = text.find("\n", position)
                self._move(len(text) if end < 0 else end)
            elif text.startswith("/*", position):
                end = text.find("*/", position + 2)
                if end < 0:
                    raise self.error("the comment opened with /* is never closed", self._here())
                self._move(end + 2)
            elif text.startswith("#include", position):
                self._include()
            else:
                return

    def _include(self) -> None:
        where = self._here()
        top = self._stack[-1]
        end = top.text.find("\n", top.position)
        line = self._move(len(top.text) if end < 0 else end)
        name = line.removeprefix("#include").strip().rstrip(";").strip()
        if len(name) > 1 and (name[0], name[-1]) in {('"', '"'), ("<", ">")}:
            name = name[1:-1]
        if not name:
            raise self.error("#include needs the name of a file", where)
        around = top.around()
        if len(around) > MAX_INCLUDE_DEPTH:
            message = f"includes are nested deeper than {MAX_INCLUDE_DEPTH}"
            raise self.error(message, where)
        try:
            found = self._sources.matching(self._folder, name)
        except (OSError, ValueError) as error:
            raise self.error(f"cannot look for {name!r}: {error}", where) from error
        if not found:
            raise self.error(f"there is no file {name!r}", where)
        for path in reversed(found):  # the first is to be on top
            if path in around:
                raise self.error(f"{path.name} includes itself", where)
            self._open(path, where, top)

    # what comes next

    @property
    def at_end(self) -> bool:
        """Whether nothing comes any more."""
        self.skip()
        top = self._stack[-1]
        return top.position >= len(top.text)

    def peek(self, text: str) -> bool:
        """Whether ``text`` comes next."""
        self.skip()
        top = self._stack[-1]
        return top.text.startswith(text, top.position)

    def take(self, text: str) -> bool:
        """Take ``text`` if it comes next."""
        if not self.peek(text):
            return False
        self._move(self._stack[-1].position + len(text))
        return True

    def expect(self, text: str, behind: str) -> None:
        """Take ``text``.

        Raises:
            ConfigError: Something else comes.
        """
        if not self.take(text):
            raise self.error(f"expected {text!r} behind {behind}, not {self._next()!r}")

    def _next(self) -> str:
        self.skip()
        top = self._stack[-1]
        end = self._word_end(top)
        return top.text[top.position : max(end, top.position + 1)][:40] or "the end"

    def word(self) -> str:
        """The next word, empty where none comes; ``${…}`` belongs to it with all it holds."""
        self.skip()
        return self._move(self._word_end(self._stack[-1]))

    def peek_word(self) -> str:
        """The next word, which stays."""
        self.skip()
        top = self._stack[-1]
        return top.text[top.position : self._word_end(top)]

    @staticmethod
    def _word_end(top: _Text) -> int:
        text, position = top.text, top.position
        while position < len(text):
            if text.startswith(("${", "$["), position):
                position = closing(text, position + 1)
                if position < 0:
                    return len(text)
            elif text[position] == "\\":
                position += 1
            elif text[position] in _ENDS_A_WORD:
                break
            position += 1
        return min(position, len(text))

    def parenthesised(self) -> str:
        """What stands between ``(``, which comes next, and its ``)``; lines are joined.

        Raises:
            ConfigError: It is not closed.
        """
        where = self.where()
        top = self._stack[-1]
        end = closing(top.text, top.position)
        if end < 0:
            raise self.error("this '(' is never closed", where)
        inside = self._move(end + 1)[1:-1]
        return " ".join(line.strip() for line in inside.strip().splitlines())

    def rest(self, *ends: str) -> str:
        """The raw text up to one of ``ends`` outside of brackets, which is taken as well.

        Raises:
            ConfigError: There is none.
        """
        where = self.where()
        top = self._stack[-1]
        text, position = top.text, top.position
        while position < len(text) and text[position] not in ends:
            if text[position] in _OPENING:
                end = closing(text, position)
                if end < 0:
                    raise self.error(f"a {text[position]!r} here is never closed", where)
                position = end
            elif text[position] == "\\":
                position += 1
            elif text[position] == "}":
                break
            position += 1
        if position >= len(text) or text[position] not in ends:
            raise self.error(f"expected {ends[0]!r} behind this", where)
        taken = self._move(position + 1)[:-1]
        return " ".join(line.strip() for line in taken.strip().splitlines())


def closing(text: str, opening: int) -> int:
    """Where the bracket at ``opening`` is closed; -1 where it is not."""
    own, other = text[opening], _CLOSING[_OPENING.index(text[opening])]
    depth = 0
    position = opening
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            position += 1
        elif letter == own:
            depth += 1
        elif letter == other:
            depth -= 1
            if not depth:
                return position
        position += 1
    return -1
