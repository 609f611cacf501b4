"""Models of sounds."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Model


class FormatLangPair(Model):
    """A language and a format that a sound is there in."""

    language: str
    format: str


class Sound(Model):
    """A sound that can be played."""

    id: str
    formats: list[FormatLangPair]
    text: str | UnsetType = UNSET
