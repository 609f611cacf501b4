"""FILE, FILE_COUNT_LINE, FILE_FORMAT and STAT: files from the dialplan.

Family: Files, commands and the machine
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from switchroom.base.errors import DialplanError
from switchroom.base.text import from_octets, leading_int, to_octets
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.text_files import (
    Piece,
    append,
    format_of,
    line_end_of,
    read_all,
    read_piece,
    replace_piece,
    split_lines,
)
from switchroom.pbx.channel import Channel


def _piece(path: Path, offset: str, length: str, options: str, form: str) -> Piece:
    in_lines = "l" in options
    end = line_end_of(form, path) if in_lines else b""
    return Piece(leading_int(offset) or 0, leading_int(length), in_lines, end)


@function("FILE")
@escalates
async def read_file(  # the dialplan's own arguments
    channel: Channel,
    filename: str,
    offset: str = "",
    length: str = "",
    options: str = "",
    form: str = "",
) -> str:
    """A part of a text file.

    Args:
        channel: The channel.
        filename: The file; when it is written it is made where there is none.
        offset: Where the part begins; negative: from the end of the file.
        length: How long it is; negative: up to so far from the end. When it is written, 0 puts the
            text between what is there.
        options: ``l``: offset and length count lines, not characters, and what is written gets a
            line's end; when writing also ``a``: put it at the end, and ``d``: no line's end.
        form: What ends a line: ``u`` line feed, ``m`` carriage return, ``d`` both; as the file has
            it where it is not given.

    Examples:
        Set(first=${FILE(/etc/hostname,0,1,l)})
        Set(FILE(/var/log/calls.csv,,,al,u)=${EPOCH},${CSV_QUOTE(${CALLERID(name)})})
    """

    def read() -> bytes:
        path = Path(filename)
        return read_piece(path, _piece(path, offset, length, options, form))

    return from_octets((await asyncio.to_thread(read)).partition(b"\0")[0])


@function("FILE", write=True)
@escalates
async def write_file(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    value: str,
    filename: str,
    offset: str = "",
    length: str = "",
    options: str = "",
    form: str = "",
) -> None:
    """Replace a part of a text file, all of it where no part is given.

    Args:
        channel: The channel.
        value: What is written.
        filename: The file; when it is written it is made where there is none.
        offset: Where the part begins; negative: from the end of the file.
        length: How long it is; negative: up to so far from the end. When it is written, 0 puts the
            text between what is there.
        options: ``l``: offset and length count lines, not characters, and what is written gets a
            line's end; when writing also ``a``: put it at the end, and ``d``: no line's end.
        form: What ends a line: ``u`` line feed, ``m`` carriage return, ``d`` both; as the file has
            it where it is not given.
    """

    def write() -> None:
        path = Path(filename)
        piece = _piece(
            path, offset, length, options, form or ("" if os.path.lexists(path) else "u")
        )
        octets = to_octets(value)
        if piece.in_lines and "d" not in options:
            octets += piece.line_end
        if "a" in options:
            append(path, octets)
        else:
            replace_piece(path, piece, octets)

    await asyncio.to_thread(write)


@function("FILE_COUNT_LINE")
@escalates
async def count_lines(channel: Channel, filename: str, form: str = "") -> str:
    """How many lines a text file has; -1 where it cannot be read.

    Args:
        channel: The channel.
        filename: The file.
        form: What ends a line: ``u``, ``m`` or ``d``; as the file has it where it is not given.

    Examples:
        Set(lines=${FILE_COUNT_LINE(/etc/hosts)})
        NoOp(${FILE_COUNT_LINE(/no/such/file)})  ; => -1
    """

    def count() -> int:
        path = Path(filename)
        return len(split_lines(read_all(path), line_end_of(form, path)))

    try:
        return str(await asyncio.to_thread(count))
    except DialplanError:
        return "-1"


@function("FILE_FORMAT")
@escalates
async def file_format(channel: Channel, filename: Rest) -> str:
    """How the lines of a text file end: ``u``, ``m``, ``d``, or ``x`` where none does.

    Args:
        channel: The channel.
        filename: The file.

    Examples:
        ExecIf($["${FILE_FORMAT(/tmp/import.csv)}" = "d"]?Log(NOTICE,written on Windows))
    """
    return await asyncio.to_thread(format_of, Path(filename))


@function("STAT")
@escalates
async def stat(channel: Channel, flag: str, filename: Rest) -> str:
    """A fact about a file; 0 where there is no such file.

    Args:
        channel: The channel.
        flag: ``e`` whether it exists, ``d`` is a folder, ``f`` is a file; ``m`` its mode in octal,
            ``s`` its size, ``A`` when it was read, ``C`` changed in some way, ``M`` written.
        filename: The file.

    Examples:
        ExecIf(${STAT(e,/var/spool/closed)}?Playback(office-is-closed))
        NoOp(${STAT(d,/)} ${STAT(e,/no/such/file)})  ; => 1 0
    """
    try:
        found = await asyncio.to_thread(os.stat, filename)
    except (OSError, ValueError):
        return "0"
    kind = found.st_mode & 0o170000
    facts = {
        "e": "1", "d": str(int(kind == 0o040000)), "f": str(int(kind == 0o100000)),
        "m": f"{found.st_mode:o}", "s": str(found.st_size), "A": str(int(found.st_atime)),
        "C": str(int(found.st_ctime)), "M": str(int(found.st_mtime)),
    }  # fmt: skip
    if flag[:1] not in facts:
        raise DialplanError(f"STAT: {flag!r} is none of {', '.join(facts)}")
    return facts[flag[:1]]
