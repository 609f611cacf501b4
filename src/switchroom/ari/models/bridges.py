"""Models of bridges."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Date, Model


class Bridge(Model):
    """Channels that hear each other."""

    id: str
    technology: str
    bridge_type: str  #: mixing, holding
    bridge_class: str
    creator: str
    name: str
    channels: list[str]
    creationtime: Date
    video_mode: str | UnsetType = UNSET
    video_source_id: str | UnsetType = UNSET
    bridgevars: dict[str, Any] | UnsetType = UNSET
