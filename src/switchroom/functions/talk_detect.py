"""TALK_DETECT: tell the world when a party talks.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.registry import function
from switchroom.media.api import SILENCE_LEVEL
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.talking import PartyFellSilent, PartyTalks, TalkWatch

SILENCE = 2500  #: milliseconds


class _Detection:
    """What TALK_DETECT set on a channel."""

    def __init__(self) -> None:
        self.watch: TalkWatch | None = None

    def end(self) -> None:
        """It is wanted no longer."""
        if self.watch is not None:
            self.watch.stop()
            self.watch = None


@function("TALK_DETECT", write=True)
async def talk_detect(channel: Channel, value: str, action: str) -> None:
    """Raise events when the party of this channel begins and ends to talk.

    Args:
        channel: The channel.
        value: For ``set``: ``[silence][,level]``: milliseconds of silence that end talking (2500),
            and the mean magnitude of samples from which on it is talk (256).
        action: ``set`` or ``remove``.

    Examples:
        Set(TALK_DETECT(set)=1200,128)
        Dial(PJSIP/100)
        Set(TALK_DETECT(remove)=)
    """
    detection = channel.datastore(_Detection)
    word = action.strip().lower()
    if word not in {"set", "remove"}:
        raise DialplanError(f"TALK_DETECT: {action!r} is neither set nor remove")
    detection.end()
    if word == "remove":
        return
    silence, _, level = value.partition(",")
    events = channel.pbx.events

    def talks() -> None:
        if events.wants(PartyTalks):
            events.publish(PartyTalks(channel.name, channel.unique_id))

    def fell_silent(seconds: float) -> None:
        if events.wants(PartyFellSilent):
            events.publish(PartyFellSilent(channel.name, channel.unique_id, seconds))

    detection.watch = TalkWatch(
        channel,
        pause=(leading_int(silence) or SILENCE) / 1000,
        level=leading_int(level) or SILENCE_LEVEL,
        on_talk=talks,
        on_silence=fell_silent,
    )
    await detection.watch.start()
