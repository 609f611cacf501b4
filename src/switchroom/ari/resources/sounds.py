"""Sounds that can be played."""

from __future__ import annotations

import asyncio

from msgspec import UNSET

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.sounds import FormatLangPair, Sound
from switchroom.ari.registry import operation
from switchroom.media.catalog import find_sounds
from switchroom.media.prompts import load_texts


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
    found = await asyncio.to_thread(find_sounds, ari.pbx.directories.sounds)
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
    found = await asyncio.to_thread(find_sounds, ari.pbx.directories.sounds)
    if sound_id not in found:
        raise AriError(404, "Sound not found")
    return _model(sound_id, found[sound_id])
