"""Models of applications."""

from __future__ import annotations

from typing import Any

from switchroom.ari.models.model import Model


class Application(Model):
    """An application and what it hears of."""

    name: str
    channel_ids: list[str]
    bridge_ids: list[str]
    endpoint_ids: list[str]
    device_names: list[str]
    events_allowed: list[dict[str, Any]]
    events_disallowed: list[dict[str, Any]]
