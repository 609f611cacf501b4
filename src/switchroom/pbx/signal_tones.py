"""Signal tones to a channel's party: ringing, busy, dial tone, as its country has them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.config.indications import IndicationsConfig, ToneZone, built_in_zone
from switchroom.media.tone_list import make_tones, parse_tone_list
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.technology import Indication

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

#: What is heard for an indication by who is answered already, so that no signalling tells it.
TONES_OF_INDICATIONS = {
    Indication.RINGING: "ring",
    Indication.BUSY: "busy",
    Indication.CONGESTION: "congestion",
}


class Indications:
    """The zones of a node, by ``pbx.datastore(Indications)``; replaced on reload."""

    def __init__(self) -> None:
        self.config = IndicationsConfig()


def zone_of(channel: Channel) -> ToneZone:
    """The zone that was set on the channel, or the node's."""
    config = channel.pbx.datastore(Indications).config
    return config.zone(channel.datastore(ChannelSettings).tone_zone) or config.default


def zone_named(pbx: Pbx, name: str) -> ToneZone | None:
    """A country's tones, also where there is no file; None: there is no such country."""
    return pbx.datastore(Indications).config.zone(name) or built_in_zone(name.lower())


async def play_tones(channel: Channel, tones: str) -> None:
    """Let the party hear tones until something else is played, or :func:`stop_tones`.

    Args:
        channel: Whose party.
        tones: The name of a tone of the channel's zone, or a list of tones.

    Raises:
        MediaError: It is neither.
    """
    written = zone_of(channel).tone(tones.strip()) or tones
    sounds = make_tones(parse_tone_list(written), tones.strip())
    stream = await channel.stream()
    channel.datastore(Background).begin(stream, BackgroundKind.TONES)
    if sounds.once is not None:
        stream.play_background(sounds.once)
    if sounds.loop is not None:
        stream.play_background(sounds.loop, loop=True)


async def play_indication(channel: Channel, indication: Indication) -> None:
    """Let the party hear an indication, if it is one that has a tone."""
    name = TONES_OF_INDICATIONS.get(indication)
    if name is None:
        return
    try:
        await play_tones(channel, name)
    except MediaError as error:
        logger.warning("%s: the tone %s: %s", channel.name, name, error)


@asynccontextmanager
async def tones_heard(channel: Channel, tones: str) -> AsyncIterator[None]:
    """Let the party hear tones meanwhile; what is none is told to the log."""
    try:
        await play_tones(channel, tones)
    except MediaError as error:
        logger.warning("%s: the tone %s: %s", channel.name, tones, error)
    try:
        yield
    finally:
        stop_tones(channel)


def stop_tones(channel: Channel) -> None:
    """End the tones, if the party hears some."""
    if channel.opened_stream is not None:
        channel.datastore(Background).stop(channel.opened_stream, BackgroundKind.TONES)
