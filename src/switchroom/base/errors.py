"""The error tree every package hangs its own branch from."""

from __future__ import annotations

from pathlib import Path


class SwitchroomError(Exception):
    """Base of every error this project raises on purpose."""

    def render(self) -> str:
        """The error as it is shown to a person."""
        return str(self)


class ConfigError(SwitchroomError):
    """A configuration file says something that cannot be used.

    Args:
        message: What is wrong and what to do about it.
        path: The file, or None when the text did not come from one.
        line: The line, counted from 1; 0 when the whole file is meant.
        column: Where in the line it goes wrong, counted from 1; 0 when that is not known.
        source: The line as it stands in the file, where it is known.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int = 0,
        column: int = 0,
        source: str = "",
    ) -> None:
        self.message = message
        self.path = Path(path) if path is not None else None
        self.line = line
        self.column = column
        self.source = source
        where = str(path) if path is not None else "<text>"
        super().__init__(f"{where}:{line}: {message}" if line else f"{where}: {message}")

    def render(self) -> str:
        """The error for a person: file and line, then the line with a caret below the place."""
        source = self.source.rstrip()
        if not source:
            return str(self)
        if not self.column:
            return f"{self}\n    {source}"
        before = source[: self.column - 1]
        return f"{self}\n    {source}\n    {''.join(c if c == chr(9) else ' ' for c in before)}^"


class DialplanError(SwitchroomError):
    """The dialplan asks for something that cannot be done; the node is never harmed."""

    ends_call = False  #: whether the call cannot go on, except in an ``e`` extension


class BadArgumentsError(DialplanError):
    """The dialplan gave an application or a function arguments it cannot take."""

    ends_call = True


class PassedOverError(BadArgumentsError):
    """Arguments it cannot take, to an application that lets the call go on nevertheless."""

    ends_call = False


class ApplicationFailedError(DialplanError):
    """An application failed so that the call cannot go on."""

    ends_call = True


class MediaError(SwitchroomError):
    """A media operation failed: no socket, no such sound, no such codec."""


class SoundNotFoundError(MediaError):
    """No sounds folder, installed sound set or speech synthesis has this prompt."""
