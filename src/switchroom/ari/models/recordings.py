"""Models of recordings."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Model


class LiveRecording(Model):
    """A recording that is made."""

    name: str
    format: str
    target_uri: str
    state: str  #: queued, recording, paused, done, failed, canceled
    duration: int | UnsetType = UNSET
    talking_duration: int | UnsetType = UNSET
    silence_duration: int | UnsetType = UNSET
    cause: str | UnsetType = UNSET


class StoredRecording(Model):
    """A recording that is there."""

    name: str
    format: str
