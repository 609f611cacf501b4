"""Which codes a party may key during a conversation, and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from switchroom.base.errors import DialplanError
from switchroom.config.features import DynamicFeature
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridging.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings, variable_of
from switchroom.pbx.features import Feature, FeatureKeys, Features, features_for, logger
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.recordings.touch import mix_by_code, record_by_code
from switchroom.pbx.transfers.attended import attended_transfer
from switchroom.pbx.transfers.transfer import blind_transfer


@dataclass(frozen=True, slots=True)
class Rights:
    """What one party may do by codes."""

    transfer: bool = False
    disconnect: bool = False
    park: bool = False
    record: bool = False
    mix: bool = False


#: Of ``BRIDGE_FEATURES`` and ``CHANNEL(dtmf_features)``.
_LETTERS = {"t": "transfer", "h": "disconnect", "k": "park", "w": "record", "x": "mix"}
NO_RIGHTS = Rights()


def _with_letters(channel: Channel, rights: Rights) -> Rights:
    """What a party may do besides, as the dialplan or its channel says by letters."""
    letters = variable_of(channel, "BRIDGE_FEATURES")
    letters += channel.datastore(ChannelSettings).dtmf_features
    granted = {_LETTERS[letter] for letter in letters.lower() if letter in _LETTERS}
    return replace(rights, **dict.fromkeys(granted, True)) if granted else rights


async def disconnect(party: Party) -> None:
    """The party ends the conversation."""
    bridge = party.bridge
    if bridge is not None:
        bridge.end(Left(Departure.ENDED, HangupCause.NORMAL_CLEARING, party.channel))


def keys_of(channel: Channel, rights: Rights = NO_RIGHTS) -> FeatureKeys | None:
    """Who looks for the codes of a party; None where it may use none.

    Args:
        channel: The party's.
        rights: What it may do, besides what BRIDGE_FEATURES and ``CHANNEL(dtmf_features)`` allow.
    """
    rights = _with_letters(channel, rights)
    if rights == NO_RIGHTS and not variable_of(channel, "DYNAMIC_FEATURES"):
        return None
    features = channel.pbx.datastore(Features)
    settings = features_for(channel)
    actions = features.actions
    wanted: tuple[tuple[bool, str, Feature | None], ...] = (
        (rights.transfer, settings.blind_transfer, blind_transfer),
        (rights.transfer, settings.attended_transfer, attended_transfer),
        (rights.disconnect, settings.disconnect, disconnect),
        (rights.park, settings.park, actions.get("park")),
        (rights.record, settings.record, record_by_code),
        (rights.mix, settings.mix, mix_by_code),
    )
    codes = {code: act for may, code, act in wanted if may and code and act is not None}
    codes |= dict(_dynamic_codes(channel))
    return FeatureKeys(channel, codes, settings.digit_timeout) if codes else None


def _dynamic_codes(channel: Channel) -> Iterator[tuple[str, Feature]]:
    """Of the features and groups that ``DYNAMIC_FEATURES`` names, joined by ``#``."""
    names = variable_of(channel, "DYNAMIC_FEATURES")
    if not names:
        return
    settings = channel.pbx.datastore(Features).settings
    for name in filter(None, (name.strip() for name in names.split("#"))):
        members = settings.groups.get(name, {name: ""})
        for member, code in members.items():
            if (feature := settings.applications.get(member)) is not None:
                yield code or feature.code, _running(feature)


def _running(feature: DynamicFeature) -> Feature:
    async def run(party: Party) -> None:
        target = party.peer if feature.on_peer else party
        if target is None:
            return
        channel = target.channel
        channel.set_variable("DYNAMIC_PEERNAME", party.channel.name)
        channel.set_variable("DYNAMIC_FEATURENAME", feature.application)
        await borrow(channel, _execute(channel, feature))

    return run


async def _execute(channel: Channel, feature: DynamicFeature) -> None:
    dialplan = channel.pbx.dialplan
    try:
        data = await dialplan.substitute(channel, feature.data)
        waiting = dialplan.start_application(channel, feature.application, data)
        if waiting is not None:
            await waiting
    except DialplanError as error:
        logger.warning("%s: %s", channel.name, error)
