"""VOLUME and MUTEAUDIO: how loud a channel is.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float
from switchroom.config.language.values import is_true
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel


class _Levels:
    """Of one channel."""

    def __init__(self) -> None:
        self.volumes = {"RX": 0.0, "TX": 0.0}
        self.muted: set[str] = set()

    async def apply(self, channel: Channel) -> None:
        """Let the engine do so."""
        said, heard = (
            0.0 if way in self.muted else _factor(self.volumes[way]) for way in ("RX", "TX")
        )
        (await channel.stream()).set_gains(said=said, heard=heard)


def _factor(volume: float) -> float:
    """Asterisk: a volume multiplies, a negative one divides; 0 and 1 change nothing."""
    if abs(volume) <= 1:
        return 1.0
    return volume if volume > 0 else -1 / volume


def _way(owner: str, direction: str) -> str:
    way = direction.strip().upper()
    if way not in {"RX", "TX"}:
        raise DialplanError(f"{owner}: {direction!r} is neither TX nor RX")
    return way


@function("VOLUME")
def read_volume(channel: Channel, direction: str, options: Rest = "") -> str:
    """The volume that was set on this channel.

    Args:
        channel: The channel.
        direction: ``TX``, what its party hears, or ``RX``, what its party says.
        options: As when it is set.
    """
    return f"{channel.datastore(_Levels).volumes[_way('VOLUME', direction)]:g}"


@function("VOLUME", write=True)
async def write_volume(channel: Channel, value: str, direction: str, options: Rest = "") -> None:
    """Make a channel louder or softer.

    Args:
        channel: The channel.
        value: A factor; a negative one makes it so many times softer.
        direction: ``TX``, what its party hears, or ``RX``, what its party says.
        options: Accepted because dialplans have them.

    Examples:
        Set(VOLUME(TX)=3)
        Set(VOLUME(RX)=-2)
    """
    levels = channel.datastore(_Levels)
    volume = leading_float(value)
    if volume is None:
        raise DialplanError(f"VOLUME: {value!r} is no number")
    levels.volumes[_way("VOLUME", direction)] = volume
    await levels.apply(channel)


_MUTED = {"in": {"RX"}, "out": {"TX"}, "all": {"RX", "TX"}}


@function("MUTEAUDIO", write=True)
async def mute_audio(channel: Channel, value: str, direction: str) -> None:
    """Mute a channel, or let it be heard again.

    Args:
        channel: The channel.
        value: ``on`` or ``off``.
        direction: ``in``: nobody hears its party; ``out``: its party hears nobody; ``all``.

    Examples:
        Set(MUTEAUDIO(in)=on)
    """
    ways = _MUTED.get(direction.strip().lower())
    if ways is None:
        raise DialplanError(f"MUTEAUDIO: {direction!r} is none of in, out and all")
    levels = channel.datastore(_Levels)
    levels.muted = levels.muted | ways if is_true(value.strip()) else levels.muted - ways
    await levels.apply(channel)
