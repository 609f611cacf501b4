"""Listening in on calls: whom, in which order, and how."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from switchroom.media.api import SpyPlan
from switchroom.pbx.channel import Channel

Chosen = Callable[[Channel], bool]


class SpyMode(Enum):
    """What the one who listens in does besides."""

    LISTEN = "listen"
    WHISPER = "whisper"  #: the party hears him
    BARGE = "barge"  #: all hear him


def spy_plan(mode: SpyMode, *, hears: bool = True, said_alone: bool = False) -> SpyPlan:
    """What the engine is to do.

    Args:
        mode: Who hears the spy.
        hears: Whether the spy hears anybody.
        said_alone: Whether he hears nobody but the party.
    """
    return SpyPlan(
        hears_said=hears,
        hears_heard=hears and not said_alone,
        whispers=mode is SpyMode.WHISPER,
        barges=mode is SpyMode.BARGE,
    )


class Targets:
    """The channels that somebody may listen in on, one after the other, round and round.

    Args:
        spy: Who listens in, and is never one of them.
        chosen: Which channels.
    """

    def __init__(self, spy: Channel, chosen: Chosen) -> None:
        self._spy = spy
        self._chosen = chosen
        self._heard: set[str] = set()  # unique ids, in this round

    def next(self) -> Channel | None:
        """The next one; None where there is none at all."""
        found = [channel for channel in self._spy.pbx.channels.values() if self._is_one(channel)]
        fresh = [channel for channel in found if channel.unique_id not in self._heard]
        if not fresh:
            self._heard.clear()
            fresh = found
        if not fresh:
            return None
        self._heard.add(fresh[0].unique_id)
        return fresh[0]

    def _is_one(self, channel: Channel) -> bool:
        return (
            channel is not self._spy
            and not channel.is_hung_up
            and channel.opened_stream is not None
            and self._chosen(channel)
        )
