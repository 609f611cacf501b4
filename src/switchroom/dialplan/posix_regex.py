"""POSIX extended regular expressions: the C library's own, as the original uses them, bounded.

The C library never needs more than the square of a text's length, where Python's own engine can
need for ever. What is left to bound is the text and what an expression grows to when its
repetitions are written out.
"""

from __future__ import annotations

import ctypes
import logging
import re
from functools import lru_cache
from typing import Any, NamedTuple

from switchroom.base.text import from_octets, to_octets

logger = logging.getLogger(__name__)

MAX_PATTERN = 1024  #: octets
MAX_SIZE = 5_000  #: of an expression whose repetitions are written out: ``(a{9}){9}`` is 81
MAX_SUBJECT = 4_096  #: octets that are searched with unbounded repetitions
MAX_WORK = 2_000_000  #: octets that are searched, times the size: half a second at most
MAX_GROUPS = 9  #: that can be read

_EXTENDED = 1
_IGNORE_CASE = 2

_TOKEN = re.compile(
    rb"\\(?P<escaped>.?)|(?P<bracket>\[)|(?P<open>\()|(?P<close>\))"
    rb"|\{(?P<least>[0-9]*)(?P<comma>,?)(?P<most>[0-9]*)\}|(?P<star>[*+])|(?P<other>.)",
    re.DOTALL,
)


def _library() -> tuple[ctypes.PyDLL, type[ctypes.c_int | ctypes.c_long]]:
    """The C library, and how it counts octets."""
    library = ctypes.PyDLL(None)
    library.regcomp.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.regexec.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int,
    ]  # fmt: skip
    library.regfree.argtypes = [ctypes.c_void_p]
    library.regfree.restype = None
    compiled = ctypes.create_string_buffer(_REGEX_OCTETS)
    found = (ctypes.c_int * 4)()
    library.regcomp(compiled, b"b", _EXTENDED)
    library.regexec(compiled, b"ab", 1, found, 0)
    library.regfree(compiled)
    return library, ctypes.c_int if found[1] == 2 else ctypes.c_long


_REGEX_OCTETS = 512  #: more than any C library needs for a compiled expression
_LIBRARY, _Offset = _library()
_Offsets = _Offset * (2 * (MAX_GROUPS + 1))


class PosixMatch:
    """Where an expression matched, and its groups."""

    __slots__ = ("_offsets", "_subject")

    def __init__(self, subject: bytes, offsets: list[int]) -> None:
        self._subject = subject
        self._offsets = offsets

    @property
    def begin(self) -> int:
        """Where it begins, in octets."""
        return self._offsets[0]

    def __getitem__(self, group: int) -> str:
        """What a group matched, 0 being the whole; nothing where it took no part."""
        begin, end = self._offsets[2 * group : 2 * group + 2]
        return from_octets(self._subject[begin:end]) if begin >= 0 else ""


class _Extent(NamedTuple):
    size: int  #: with repetitions written out
    groups: int
    repeats: bool  #: without a bound


class PosixRegex:
    """A compiled expression.

    Args:
        pattern: Checked by :func:`compile_posix`.
        extent: Its own.
        flags: Of the C library.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, pattern: bytes, extent: _Extent, flags: int) -> None:
        self.groups = extent.groups
        self._limit = MAX_WORK // max(1, extent.size)
        if extent.repeats:
            self._limit = min(self._limit, MAX_SUBJECT)
        self._compiled = ctypes.create_string_buffer(_REGEX_OCTETS)
        self._free = _LIBRARY.regfree  # the module may be gone before the last expression
        self._is_compiled = _LIBRARY.regcomp(self._compiled, pattern, flags) == 0
        if not self._is_compiled:
            raise ValueError(pattern)

    def __del__(self) -> None:
        if self._is_compiled:
            self._free(self._compiled)

    def search(self, text: str) -> PosixMatch | None:
        """The first match, the longest where several begin there; None where there is none.

        A text that is too long to be searched matches nowhere.
        """
        subject = to_octets(text)
        offsets = _Offsets()
        if not self._matches(subject, min(self.groups, MAX_GROUPS) + 1, offsets):
            return None
        return PosixMatch(subject, list(offsets))

    def finds(self, text: str) -> bool:
        """Whether there is a match anywhere; where it is needs not be found out."""
        return self._matches(to_octets(text), 0, None)

    def _matches(self, subject: bytes, count: int, offsets: ctypes.Array[Any] | None) -> bool:
        if len(subject) > self._limit:
            logger.warning("a text of %d octets is too long to be searched", len(subject))
            return False
        found: int = _LIBRARY.regexec(self._compiled, subject, count, offsets, 0)
        return found == 0

    def match(self, text: str) -> PosixMatch | None:
        """As :meth:`search`, at the beginning of the text only."""
        found = self.search(text)
        return found if found is not None and found.begin == 0 else None


@lru_cache(maxsize=1024)
def compile_posix(pattern: str, *, ignore_case: bool = False) -> PosixRegex | None:
    """Compile an extended regular expression.

    Args:
        pattern: At most :data:`MAX_PATTERN` octets, without references to its own groups.
        ignore_case: Let capitals match small letters.

    Returns:
        None where it is not one, or too large.
    """
    octets = to_octets(pattern)
    if len(octets) > MAX_PATTERN or b"\0" in octets or (extent := _measure(octets)) is None:
        return None
    flags = _EXTENDED | (_IGNORE_CASE if ignore_case else 0)
    try:
        return PosixRegex(octets, extent, flags)
    except ValueError:
        return None


def _measure(octets: bytes) -> _Extent | None:
    """How large an expression is; None where it is none, or too large."""
    sizes, groups, repeats = [0], 0, False
    last = 0  #: the size of what a repetition repeats
    position = 0
    while (token := _TOKEN.match(octets, position)) is not None:
        position = token.end()
        if token["star"]:
            repeats = True
        elif token["least"] is not None:
            most = token["most"] or token["least"] or "1"
            repeats = repeats or bool(token["comma"] and not token["most"])
            sizes[-1] += last * (int(most[:6]) - 1)
            last *= int(most[:6])
        elif token["open"]:
            groups += 1
            sizes.append(0)
        elif token["close"]:
            last = sizes.pop() if len(sizes) > 1 else 0
            sizes[-1] += last
        else:
            if token["escaped"] and token["escaped"].isdigit():
                return None  # a reference to a group can take for ever
            if token["bracket"]:
                position = _past_bracket(octets, position)
            last = 1
            sizes[-1] += 1
        if sizes[-1] > MAX_SIZE or position < 0:
            return None
    return _Extent(sum(sizes), groups, repeats)


def _past_bracket(octets: bytes, position: int) -> int:
    """Where a bracket ends that opens before ``position``; -1 where it does not."""
    if octets[position : position + 1] == b"^":
        position += 1
    if octets[position : position + 1] == b"]":  # it is one of the characters
        position += 1
    while (letter := octets[position : position + 1]) != b"]":
        kind = octets[position + 1 : position + 2]
        if letter == b"[" and kind in {b":", b".", b"="}:
            end = octets.find(kind + b"]", position + 2)
            position = end + 2 if end >= 0 else len(octets)
        else:
            position += 1
        if position >= len(octets):
            return -1
    return position + 1
