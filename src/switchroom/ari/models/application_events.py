"""Events of applications."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.channels import Channel
from switchroom.ari.models.model import Event


class ApplicationMoveFailed(Event):
    """A channel could not go to another application."""

    channel: Channel
    destination: str
    args: list[str]


class ApplicationRegistered(Event):
    """An application is connected."""


class ApplicationReplaced(Event):
    """Another connection serves the application now."""


class ApplicationUnregistered(Event):
    """An application is served no more."""


class CallBroadcast(Event):
    """A call is offered to several applications."""

    channel: Channel
    caller: str | UnsetType = UNSET
    called: str | UnsetType = UNSET


class CallClaimed(Event):
    """An application took a call that was offered."""

    channel: Channel
    winner_app: str


class StasisEnd(Event):
    """A channel has left the application."""

    channel: Channel


class StasisStart(Event):
    """A channel is to be steered."""

    args: list[str]
    channel: Channel
    replace_channel: Channel | UnsetType = UNSET
