"""What operations use, and the request that one answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from switchroom.ari.application import Application
from switchroom.ari.errors import AriError
from switchroom.ari.hub import EventHub
from switchroom.ari.view import View
from switchroom.config.ari import AriConfig, AriUser
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.ops.guard import Guard
from switchroom.pbx.bridging.stasis_bridge import StasisBridge
from switchroom.pbx.channel import Channel
from switchroom.pbx.config_objects import ConfigObjects
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.stasis import StasisStay, stay_of


class Running(Protocol):
    """The node as a whole."""

    @property
    def started_at(self) -> float:
        """By the wall clock."""
        ...

    @property
    def reloaded_at(self) -> float:
        """By the wall clock; the start where nothing was reloaded."""
        ...

    async def reload(self, what: str = "") -> None:
        """Read the configuration anew.

        Raises:
            ConfigError: What is wrong; what was there stays.
        """


class StasisBridges(dict[str, StasisBridge]):
    """Those that applications made, by their ids; a datastore of the core."""


@dataclass(slots=True)
class AriContext:
    """Everything an operation may use, of one node."""

    pbx: Pbx
    asterisk: AsteriskConfig
    node: Running
    hub: EventHub
    guard: Guard
    now: Callable[[], float]  #: the guard's clock
    version: str  #: of the original that we behave as
    objects: ConfigObjects
    config: AriConfig = field(default_factory=AriConfig)

    @property
    def view(self) -> View:
        """Makes models."""
        return self.hub.view


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and who makes it."""

    context: AriContext
    user: AriUser

    @property
    def pbx(self) -> Pbx:
        """The core."""
        return self.context.pbx

    @property
    def hub(self) -> EventHub:
        """Knows the applications."""
        return self.context.hub

    @property
    def view(self) -> View:
        """Makes models."""
        return self.context.hub.view

    def channel(self, channel_id: str) -> Channel:
        """A channel by its unique id, or by its name.

        Raises:
            AriError: 404: there is none.
        """
        found = find_channel(self.pbx, channel_id)
        if found is None:
            raise AriError(404, "Channel not found")
        return found

    def stay(self, channel_id: str) -> StasisStay:
        """A channel's stay in an application.

        Raises:
            AriError: 404: there is no such channel; 409: it is in none.
        """
        found = stay_of(self.channel(channel_id))
        if found is None or found.is_over:
            raise AriError(409, "Channel not in Stasis application")
        return found

    def bridge(self, bridge_id: str) -> StasisBridge:
        """A bridge of an application.

        Raises:
            AriError: 404: there is none; 409: somebody else made it.
        """
        found = self.pbx.datastore(StasisBridges).get(bridge_id)
        if found is None:
            found = next(
                (b for b in self.pbx.datastore(StasisBridges).values() if b.name == bridge_id), None
            )
        if found is None:
            raise AriError(404, "Bridge not found")
        return found

    def application(self, name: str) -> Application:
        """An application.

        Raises:
            AriError: 404: there is none.
        """
        found = self.hub.applications.get(name)
        if found is None:
            raise AriError(404, "Application not found")
        return found


def find_channel(pbx: Pbx, channel_id: str) -> Channel | None:
    """A channel by its unique id, or by its name."""
    for channel in pbx.channels.values():
        if channel.unique_id == channel_id:
            return channel
    return pbx.channels.get(channel_id)


def split_arguments(text: str) -> Sequence[str]:
    """``appArgs``: separated by commas."""
    return text.split(",") if text else ()
