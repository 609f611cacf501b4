"""Models of endpoints."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from switchroom.ari.models.model import Model


class Endpoint(Model):
    """A configured party."""

    technology: str
    resource: str
    channel_ids: list[str]
    state: str | UnsetType = UNSET  #: unknown, offline, online


class TextMessage(Model, rename={"from_": "from"}):
    """A message."""

    from_: str
    to: str
    body: str
    variables: dict[str, Any] | UnsetType = UNSET
