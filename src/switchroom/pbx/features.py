"""Codes that are keyed during a conversation: the settings, and hearing them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchroom.config.features import FeatureSettings
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import FeatureKeyed

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

Feature = Callable[[Party], Coroutine[Any, Any, None]]


class Features:
    """Of one node: the settings, and what codes do that are built elsewhere: ``park``."""

    def __init__(self) -> None:
        self.settings = FeatureSettings()
        self.actions: dict[str, Feature] = {}
        #: Parks the other party in a lot: what a transfer to an extension that parks becomes.
        self.park_in: Callable[[Party, str], Coroutine[Any, Any, None]] | None = None


def features_of(pbx: Pbx) -> FeatureSettings:
    """The node's settings."""
    return pbx.datastore(Features).settings


@dataclass(slots=True)
class ChannelFeatures:
    """What the dialplan set of them on one channel (``FEATURE``, ``FEATUREMAP``)."""

    settings: FeatureSettings | None = None  #: None: those of the node
    are_inherited: bool = False  #: by channels that it dials


def features_for(channel: Channel) -> FeatureSettings:
    """The settings that count for a channel's party."""
    return channel.datastore(ChannelFeatures).settings or features_of(channel.pbx)


def inherit_features(called: Channel, caller: Channel) -> None:
    """Give a channel that is dialled what its caller passes on."""
    own = caller.datastore(ChannelFeatures)
    if own.are_inherited:
        theirs = called.datastore(ChannelFeatures)
        theirs.settings, theirs.are_inherited = own.settings, True


class FeatureKeys:
    """Looks for the codes of one party; what belongs to none is passed on.

    Args:
        channel: The party's.
        codes: What each does.
        timeout: Seconds after which the beginning of a code is passed on.
    """

    def __init__(self, channel: Channel, codes: Mapping[str, Feature], timeout: float) -> None:
        self._channel = channel
        self.codes = codes
        self._timeout = timeout
        self._held: list[tuple[str, float]] = []
        self._timer: asyncio.TimerHandle | None = None

    def key(self, party: Party, digit: str, duration: float) -> None:
        """Take one key."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._held.append((digit, duration))
        keyed = "".join(held for held, _ in self._held)
        feature = self.codes.get(keyed)
        if feature is not None:
            self._held.clear()
            self._tell(keyed, is_known=True)
            logger.info("%s keys %s", self._channel.name, keyed)
            self._channel.pbx.spawn(feature(party), name=self._channel.name)
        elif any(code.startswith(keyed) for code in self.codes):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._timeout, self._pass_on, party)
        else:
            self._pass_on(party)

    def _tell(self, code: str, *, is_known: bool) -> None:
        events = self._channel.pbx.events
        if events.wants(FeatureKeyed):
            events.publish(FeatureKeyed(self._channel.name, code, is_known))

    def _pass_on(self, party: Party) -> None:
        self._timer = None
        self._tell("".join(digit for digit, _ in self._held), is_known=False)
        held, self._held = self._held, []
        for digit, duration in held:
            party.pass_digit(digit, duration)
