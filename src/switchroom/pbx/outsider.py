"""A channel for who asks for variables and functions without having one: AMI, the CLI.

It is on no list, nobody is told of it, and it is no call; what is asked of it is answered as on a
channel that has just begun.
"""

from __future__ import annotations

from typing import Any, cast

from switchroom.media.api import Stream
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import EventBus
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Indication


class NoWireError(RuntimeError):
    """Something was asked of it that only a call can do."""


class NoWire:
    """Fulfils :class:`~switchroom.pbx.technology.ChannelDriver`: there is nobody at its end."""

    async def answer(self) -> None:
        """Nobody calls."""

    async def indicate(self, indication: Indication) -> None:
        """Nobody is told."""

    async def dial(self) -> None:
        """Nobody is called."""

    async def open_stream(self) -> Stream:
        """Refuse: there is no audio."""
        raise NoWireError

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """Nobody hears it."""

    def hangup(self, cause: HangupCause) -> None:
        """Nothing is to be released."""


class _Discreet(EventBus):
    """The node's bus, but for what is told of the channel itself."""

    def __init__(self, bus: EventBus) -> None:
        self.handlers = bus.handlers
        self._bus = bus

    def publish(self, event: object) -> None:
        """See :class:`EventBus`."""
        if not hasattr(event, "channel"):
            self._bus.publish(event)


class _Unlisted:
    """The core without its book of channels, its bus and its count of ids."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self.events = _Discreet(pbx.events)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pbx, name)

    def add_channel(self, channel: Channel) -> None:
        pass

    def remove_channel(self, channel: Channel) -> None:
        pass

    def next_unique_id(self) -> str:
        return "none"


def outsider(pbx: Pbx, name: str = "none") -> Channel:
    """Make one; it needs no end."""
    return Channel(cast(Pbx, _Unlisted(pbx)), name=name, driver=NoWire())
