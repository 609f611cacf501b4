"""Which sounds there are."""

from __future__ import annotations

import re
from pathlib import Path

from switchroom.media.files.reading import READERS
from switchroom.media.library import SOUND_SETS
from switchroom.media.prompts import load_texts

MAX_FILES = 50_000
SPOKEN = "slin"  #: the format of a prompt that is spoken when it is played

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[_-][A-Za-z0-9]+)?")

Formats = dict[str, set[tuple[str, str]]]


def find_sounds(sounds: Path) -> Formats:
    """Language and format of all files, by name; what can be spoken besides.

    Args:
        sounds: The folder of sounds; those of the system count besides.
    """
    found: Formats = {}
    files = 0
    for folder in (sounds, *SOUND_SETS):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.suffix.lower() not in READERS:
                continue
            files += 1
            if files > MAX_FILES:
                return found
            name, language = _name(path.relative_to(folder))
            found.setdefault(name, set()).add((language, path.suffix.removeprefix(".").lower()))
    for name in load_texts("en"):
        found.setdefault(name, {("en", SPOKEN)})
    return found


def _name(path: Path) -> tuple[str, str]:
    """Name and language of a file of a sounds folder."""
    first, *others = path.with_suffix("").parts
    if others and _LANGUAGE.fullmatch(first):
        return "/".join(others), first
    return "/".join((first, *others)), "en"
