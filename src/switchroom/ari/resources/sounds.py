"""Sounds that can be played."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from msgspec import UNSET

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.sounds import FormatLangPair, Sound
from switchroom.ari.registry import operation
from switchroom.media.files.reading import READERS
from switchroom.media.library import SOUND_SETS
from switchroom.media.prompts import load_texts
from switchroom.pbx.pbx import Pbx

MAX_FILES = 50_000
SPOKEN = "slin"  #: the format of a prompt that is spoken when it is played

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[_-][A-Za-z0-9]+)?")

Formats = dict[str, set[tuple[str, str]]]


def _find(pbx: Pbx) -> Formats:
    """Language and format of all files, by name; what can be spoken besides."""
    found: Formats = {}
    files = 0
    for folder in (pbx.directories.sounds, *SOUND_SETS):
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


def _model(name: str, formats: set[tuple[str, str]]) -> Sound:
    pairs = [FormatLangPair(language=language, format=each) for language, each in sorted(formats)]
    return Sound(id=name, formats=pairs, text=load_texts("en").get(name, UNSET))


@operation("GET", "/sounds", "list")
async def list_sounds(ari: Request, lang: str = "", format: str = "") -> list[Sound]:  # noqa: A002  # on the wire
    """List all sounds.

    Args:
        ari: The request.
        lang: Those of one language only.
        format: Those of one format only.
    """
    found = await asyncio.to_thread(_find, ari.pbx)
    return [
        _model(name, formats)
        for name, formats in sorted(found.items())
        if any(lang in {"", each} and format in {"", kind} for each, kind in formats)
    ]


@operation("GET", "/sounds/{soundId}", "get")
async def get(ari: Request, sound_id: str) -> Sound:
    """Tell about one sound.

    Args:
        ari: The request.
        sound_id: Its name.
    """
    found = await asyncio.to_thread(_find, ari.pbx)
    if sound_id not in found:
        raise AriError(404, "Sound not found")
    return _model(sound_id, found[sound_id])
