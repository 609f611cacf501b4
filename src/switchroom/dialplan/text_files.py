"""Text files as FILE() sees them: some characters or lines of them, read or replaced."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import DialplanError

MAX_SIZE = 16 * 1024 * 1024  #: octets of a file that is read into memory

_ENDS = {"u": b"\n", "d": b"\r\n", "m": b"\r"}
_ANY_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Piece:
    """Which part of a file: characters, or lines; both counted from the end where negative."""

    offset: int = 0
    length: int | None = None  #: None: to the end
    in_lines: bool = False
    line_end: bytes = b"\n"

    def bounds(self, size: int) -> tuple[int, int]:
        """Where it begins and ends among ``size`` characters or lines."""
        start = max(0, size + self.offset) if self.offset < 0 else min(self.offset, size)
        if self.length is None:
            return start, size
        end = start + self.length if self.length >= 0 else size + self.length
        return start, max(start, min(end, size))


def line_end_of(letter: str, path: Path) -> bytes:
    """What ends a line, by ``u``, ``d`` or ``m``; what the file has where nothing is said."""
    if letter[:1].lower() in _ENDS:
        return _ENDS[letter[:1].lower()]
    return _ENDS.get(format_of(path), b"\n")


def format_of(path: Path) -> str:
    """``u``, ``d`` or ``m`` by the first line's end; ``x`` where there is none.

    Raises:
        DialplanError: The file cannot be read.
    """
    match = _ANY_END.search(read_all(path))
    return "x" if match is None else {end: name for name, end in _ENDS.items()}[match[0]]


def read_all(path: Path) -> bytes:
    """A whole file.

    Raises:
        DialplanError: It cannot be read, is no file, or is too large.
    """
    try:
        if not path.is_file():  # a pipe or a device might never end
            raise DialplanError(f"{path}: not a file")
        if path.stat().st_size > MAX_SIZE:
            raise DialplanError(f"{path}: larger than {MAX_SIZE} octets")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise DialplanError(f"{path}: {error}") from error


def split_lines(octets: bytes, end: bytes) -> list[bytes]:
    """The lines, each with what ends it."""
    lines = octets.split(end)
    last = lines.pop()
    return [line + end for line in lines] + ([last] if last else [])


def read_piece(path: Path, piece: Piece) -> bytes:
    """A part of a file.

    Raises:
        DialplanError: The file cannot be read.
    """
    octets = read_all(path)
    if not piece.in_lines:
        start, end = piece.bounds(len(octets))
        return octets[start:end]
    lines = split_lines(octets, piece.line_end)
    start, end = piece.bounds(len(lines))
    return b"".join(lines[start:end])


def append(path: Path, octets: bytes) -> None:
    """Put octets at the end of a file, which is made when there is none.

    Raises:
        DialplanError: The file cannot be written.
    """
    try:
        with path.open("ab") as file:
            file.write(octets)
    except (OSError, ValueError) as error:
        raise DialplanError(f"{path}: {error}") from error


def replace_piece(path: Path, piece: Piece, octets: bytes) -> None:
    """Put octets in the place of a part of a file, which is made when there is none.

    Raises:
        DialplanError: The file cannot be read or written.
    """
    before = read_all(path) if os.path.lexists(path) else b""
    if piece.in_lines:
        lines = split_lines(before, piece.line_end)
        start, end = piece.bounds(len(lines))
        after = b"".join([*lines[:start], octets, *lines[end:]])
    else:
        start, end = piece.bounds(len(before))
        after = before[:start] + octets + before[end:]
    try:
        path.write_bytes(after)
    except (OSError, ValueError) as error:
        raise DialplanError(f"{path}: {error}") from error
