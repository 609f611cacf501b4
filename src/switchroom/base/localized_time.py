"""Times in the words of a locale of the system, without changing that of the process."""

from __future__ import annotations

import ctypes
import functools
import locale
import logging
import sys
from datetime import datetime

logger = logging.getLogger(__name__)

MOST_BYTES = 4096  #: of a time in words


class _Time(ctypes.Structure):
    """``struct tm`` as C libraries have it."""

    _fields_ = (
        *((f"tm_{name}", ctypes.c_int) for name in
          ("sec", "min", "hour", "mday", "mon", "year", "wday", "yday", "isdst")),
        ("tm_gmtoff", ctypes.c_long),
        ("tm_zone", ctypes.c_char_p),
    )  # fmt: skip


@functools.cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.newlocale.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p]
    library.newlocale.restype = ctypes.c_void_p
    library.nl_langinfo_l.argtypes = [ctypes.c_int, ctypes.c_void_p]
    library.nl_langinfo_l.restype = ctypes.c_char_p
    library.strftime_l.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.POINTER(_Time), ctypes.c_void_p,
    ]  # fmt: skip
    library.strftime_l.restype = ctypes.c_size_t
    return library


@functools.cache
def _known(name: str) -> tuple[int, str] | None:
    """A locale and its character set; kept for good, since few are configured."""
    if sys.platform != "linux":  # elsewhere categories are numbered in another way
        logger.warning("locale %s: times are in English on this system", name)
        return None
    categories = 1 << locale.LC_TIME | 1 << locale.LC_CTYPE
    found = _library().newlocale(categories, name.encode(), None)
    if not found:
        logger.warning("this system has no locale %s: times are in English", name)
        return None
    charset = _library().nl_langinfo_l(locale.CODESET, found) or b"UTF-8"
    return found, charset.decode()


def localized_time(when: datetime, layout: str, name: str) -> str:
    """A time as ``strftime`` has it, in the words of a locale.

    Args:
        when: Knows its zone.
        layout: As in C.
        name: ``de_DE.UTF-8``; empty, or of a locale that the system does not have: English.
    """
    known = _known(name) if name else None
    if known is None:
        return when.strftime(layout)
    place, charset = known
    parts, offset = when.timetuple(), when.utcoffset()
    time = _Time(
        parts.tm_sec, parts.tm_min, parts.tm_hour, parts.tm_mday, parts.tm_mon - 1,
        parts.tm_year - 1900, (parts.tm_wday + 1) % 7, parts.tm_yday - 1, parts.tm_isdst,
        int(offset.total_seconds()) if offset is not None else 0, (when.tzname() or "").encode(),
    )  # fmt: skip
    text = ctypes.create_string_buffer(MOST_BYTES)
    written = layout.encode(charset, "replace")
    length = _library().strftime_l(text, MOST_BYTES, written, ctypes.byref(time), place)
    return text.raw[:length].decode(charset, "replace")
