"""One-touch recording: a code during a conversation begins a recording of it, and ends it again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from switchroom.base.errors import MediaError
from switchroom.media.api import MonitorPlan
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.channel_settings import variable_of
from switchroom.pbx.features import features_for
from switchroom.pbx.recordings.calls import CallRecordings, RecordingOrder, recording_path
from switchroom.pbx.recordings.naming import recording_name
from switchroom.pbx.transfers.aside import play_one

logger = logging.getLogger(__name__)

PREFIX = "auto"


class _Touched(dict[str, "_Touch"]):
    """Of one channel: what codes began to record, by the family of variables."""


@dataclass(frozen=True, slots=True)
class _Touch:
    """A recording that a code began; both parties of the conversation have it."""

    id: str
    recorded: Channel  #: whose audio is written
    members: tuple[Channel, ...] = field(default=())

    @property
    def is_running(self) -> bool:
        """Whether it was not ended otherwise."""
        return self.id in self.recorded.datastore(CallRecordings).running


async def record_by_code(party: Party) -> None:
    """Begin or end a recording, told by the variables ``TOUCH_MONITOR…`` (Dial's w and W)."""
    await _toggle(party, "TOUCH_MONITOR")


async def mix_by_code(party: Party) -> None:
    """Begin or end a recording, told by the variables ``TOUCH_MIXMONITOR…`` (Dial's x and X)."""
    await _toggle(party, "TOUCH_MIXMONITOR")


async def _toggle(party: Party, family: str) -> None:
    peer = party.peer
    if peer is None:
        return
    touch = party.channel.datastore(_Touched).get(family)
    try:
        if touch is not None and touch.is_running:
            await _end(party, touch, family)
        else:
            await _begin(party, peer, family)
    except HangupError:
        logger.debug("%s: the conversation ended meanwhile", party.channel.name)


async def _begin(party: Party, peer: Party, family: str) -> None:
    channel, other = party.channel, peer.channel
    name = await _file_name(channel, other, family)
    path = recording_path(other, name)
    order = RecordingOrder(MonitorPlan(path, only_connected=True))
    try:
        recording = await other.datastore(CallRecordings).start(other, order)
    except MediaError as error:
        logger.warning("%s: one-touch recording: %s", channel.name, error)
        await play_one(channel, features_for(channel).recording_failure_sound)
        return
    touch = _Touch(recording, other, (channel, other))
    for each in touch.members:
        each.datastore(_Touched)[family] = touch
        each.set_variable(f"{family}_OUTPUT", str(path))
    logger.info("%s records the call into %s", channel.name, path)
    await _tell(touch.members, channel, family, "START")


async def _end(party: Party, touch: _Touch, family: str) -> None:
    for each in touch.members:
        each.datastore(_Touched).pop(family, None)
    await touch.recorded.datastore(CallRecordings).stop(touch.recorded, touch.id)
    logger.info("%s ends the recording", party.channel.name)
    await _tell(touch.members, party.channel, family, "STOP")


async def _file_name(channel: Channel, other: Channel, family: str) -> str:
    """``auto-<epoch>-<what TOUCH_… says, or who calls and who is called>.<format>``."""
    chosen, middle = variable_of(channel, f"{family}_PREFIX"), variable_of(channel, family)
    suffix = variable_of(channel, f"{family}_FORMAT") or "wav"
    callers = "-".join(
        each.caller.number or each.name.rpartition("-")[0] for each in (channel, other)
    )
    name = f"{chosen or PREFIX}-{int(channel.pbx.now())}-{middle or callers}".replace("/", "-")
    if chosen or middle:
        return f"{name}.{suffix}"
    return await recording_name(other, name, f".{suffix}")


async def _tell(members: tuple[Channel, ...], by: Channel, family: str, word: str) -> None:
    """Let both hear the courtesy tone, and a message where one is wanted."""
    sounds = (
        features_for(by).courtesy_tone,
        variable_of(by, f"{family}_MESSAGE_{word}"),
    )
    for sound in filter(None, sounds):
        for each in members:
            if not each.is_hung_up:
                each.pbx.spawn(_play(each, sound), name=each.name)


async def _play(channel: Channel, sound: str) -> None:
    try:
        await play_one(channel, sound)
    except HangupError:
        logger.debug("%s left meanwhile", channel.name)
