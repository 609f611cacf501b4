"""Codes that are keyed during a conversation: who may, which they are, and hearing them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from switchroom.pbx.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

Feature = Callable[[Party], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Rights:
    """What one party may do by codes."""

    transfer: bool = False
    disconnect: bool = False
    park: bool = False
    record: bool = False
    mix: bool = False


@dataclass(frozen=True, slots=True)
class DynamicFeature:
    """An application by a code, of ``[applicationmap]``."""

    code: str
    application: str
    data: str = ""
    on_peer: bool = False  #: the other party executes it
    by_peer: bool = False  #: the called party keys it, not the caller
    by_both: bool = True


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """What ``features.conf`` says; the defaults are those of Asterisk 22."""

    blind_transfer: str = "#"
    attended_transfer: str = ""
    disconnect: str = "*"
    park: str = ""
    record: str = ""
    mix: str = ""
    pickup: str = "*8"
    digit_timeout: float = 1.0  #: seconds between the digits of a code
    transfer_digit_timeout: float = 3.0
    transfer_attempts: int = 3
    no_answer_timeout: float = 15.0  #: seconds that an attended transfer rings
    drops_call: bool = False  #: a transfer that was left while it rings is not called back
    callback_delay: float = 10.0
    callback_retries: int = 2
    abort: str = "*1"
    complete: str = "*2"
    three_way: str = "*3"
    swap: str = "*4"
    transfer_sound: str = "beep"
    failure_sound: str = "beeperr"
    announce_sound: str = "pbx-transfer"
    invalid_sound: str = "privacy-incorrect"
    retry_sound: str = "pbx-invalid"
    courtesy_tone: str = ""
    pickup_sound: str = ""
    pickup_failure_sound: str = ""
    applications: Mapping[str, DynamicFeature] = field(default_factory=lambda: MappingProxyType({}))
    #: ``[groups]``: feature name to the code that the group gives it, empty for its own.
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))


class Features:
    """Of one node: the settings, and what each built-in code does."""

    def __init__(self) -> None:
        self.settings = FeatureSettings()
        self.actions: dict[str, Feature] = {"disconnect": disconnect}


def features_of(pbx: Pbx) -> FeatureSettings:
    """The node's settings."""
    return pbx.datastore(Features).settings


async def disconnect(party: Party) -> None:
    """The party ends the conversation."""
    bridge = party.bridge
    if bridge is not None:
        bridge.end(Left(Departure.ENDED, HangupCause.NORMAL_CLEARING))


def keys_of(channel: Channel, rights: Rights) -> FeatureKeys | None:
    """Who looks for the codes of a party; None where it may use none."""
    features = channel.pbx.datastore(Features)
    settings, actions = features.settings, features.actions
    wanted = (
        (rights.transfer, settings.blind_transfer, "blind"),
        (rights.transfer, settings.attended_transfer, "attended"),
        (rights.disconnect, settings.disconnect, "disconnect"),
        (rights.park, settings.park, "park"),
        (rights.record, settings.record, "record"),
        (rights.mix, settings.mix, "mix"),
    )
    codes = {code: actions[name] for may, code, name in wanted if may and code and name in actions}
    return FeatureKeys(channel, codes, settings.digit_timeout) if codes else None


class FeatureKeys:
    """Looks for the codes of one party; what belongs to none is passed on.

    Args:
        channel: The party's.
        codes: What each does.
        timeout: Seconds after which the beginning of a code is passed on.
    """

    def __init__(self, channel: Channel, codes: Mapping[str, Feature], timeout: float) -> None:
        self._channel = channel
        self._codes = codes
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
        feature = self._codes.get(keyed)
        if feature is not None:
            self._held.clear()
            logger.info("%s keys %s", self._channel.name, keyed)
            self._channel.pbx.spawn(feature(party), name=self._channel.name)
        elif any(code.startswith(keyed) for code in self._codes):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._timeout, self._pass_on, party)
        else:
            self._pass_on(party)

    def _pass_on(self, party: Party) -> None:
        self._timer = None
        held, self._held = self._held, []
        for digit, duration in held:
            party.pass_digit(digit, duration)
