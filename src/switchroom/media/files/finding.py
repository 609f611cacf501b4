"""Where the file of a sound's name is: Asterisk's layout of a sounds folder."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchroom.media.files.reading import READERS

#: Tried one after the other; ``.WAV`` is how GSM in RIFF is called.
SUFFIXES = (*READERS, ".WAV")

LONGEST_NAME = 1024  #: characters; the kernel's own limit of a path is 4,096
LONGEST_LANGUAGE = 35  #: characters; BCP 47 (RFC 5646 section 4.4.1) asks for no more

_LANGUAGE = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, and what changes with its content."""

    path: Path
    modified_ns: int
    size: int


def is_safe_name(name: str) -> bool:
    """Whether a name, which may come from a caller, stays in the folder it is put behind."""
    return 0 < len(name) <= LONGEST_NAME and "\0" not in name and ".." not in name.split("/")


def languages_of(language: str) -> tuple[str, ...]:
    """The languages to look for, best first: ``en_GB``, ``en``; none where it is no language."""
    if len(language) > LONGEST_LANGUAGE or not _LANGUAGE.fullmatch(language):
        return ()
    main = re.split("[_-]", language, maxsplit=1)[0]
    return (language,) if main == language else (language, main)


def find_in_folder(folder: Path, name: str, language: str) -> Iterator[FoundFile]:
    """What is at ``folder/<language>/<name>.<suffix>`` and ``folder/<name>.<suffix>``, best first.

    Args:
        folder: Such as ``/var/lib/asterisk/sounds``.
        name: Relative; one that would lead out of the folder finds nothing.
        language: Its main language is looked for too.
    """
    if not is_safe_name(name) or name.startswith("/"):
        return
    for place in (*languages_of(language), ""):
        yield from find_files(str(folder / place / name))


def find_files(stem: str) -> Iterator[FoundFile]:
    """The files that are ``stem`` with a known suffix behind it, best first."""
    for suffix in SUFFIXES:
        path = stem + suffix
        try:
            found = os.stat(path)  # noqa: PTH116  # a Path for each of a hundred tries costs more
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(found.st_mode):
            yield FoundFile(Path(path), found.st_mtime_ns, found.st_size)
