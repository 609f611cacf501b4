"""Models of playbacks."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Model


class Playback(Model):
    """Something that is played."""

    id: str
    media_uri: str
    target_uri: str
    state: str  #: queued, playing, continuing, done, failed
    next_media_uri: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
