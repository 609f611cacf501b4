"""AGC and DENOISE: what a channel says and hears, made even and clean.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float
from switchroom.config.language.values import is_true
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.cleaning import HEARD, SAID, Cleaning

LOUDEST = 32768


def _way(owner: str, direction: str) -> str:
    way = direction.strip().lower()
    if way not in {SAID, HEARD}:
        raise DialplanError(f"{owner}: {direction!r} is neither tx nor rx")
    return way


@function("AGC")
def read_agc(channel: Channel, channeldirection: str) -> str:
    """To which level a direction's loudness is brought; 0: it stays as it is.

    Args:
        channel: The channel.
        channeldirection: ``rx``, what its party says, or ``tx``, what it hears.
    """
    return f"{channel.datastore(Cleaning).levels[_way('AGC', channeldirection)]:g}"


@function("AGC", write=True)
async def write_agc(channel: Channel, value: str, channeldirection: str) -> None:
    """Bring the loudness of one direction to a level (needs libspeexdsp).

    Args:
        channel: The channel.
        value: Of samples, 1 to 32768; ``off``: it stays as it is.
        channeldirection: ``rx``, what its party says, or ``tx``, what it hears.

    Examples:
        Set(AGC(rx)=8000)
        Set(AGC(tx)=off)
    """
    cleaning, way = channel.datastore(Cleaning), _way("AGC", channeldirection)
    level = 0.0 if value.strip().lower() == "off" else leading_float(value)
    if level is None or not 0 <= level <= LOUDEST:
        raise DialplanError(f"AGC: {value!r} is no level between 1 and {LOUDEST}")
    cleaning.levels[way] = level
    await cleaning.apply(channel, way)


@function("DENOISE")
def read_denoise(channel: Channel, channeldirection: str) -> str:
    """Whether noise is taken out of a direction: 1 or 0.

    Args:
        channel: The channel.
        channeldirection: ``rx``, what its party says, or ``tx``, what it hears.
    """
    return str(int(channel.datastore(Cleaning).denoises[_way("DENOISE", channeldirection)]))


@function("DENOISE", write=True)
async def write_denoise(channel: Channel, value: str, channeldirection: str) -> None:
    """Take noise out of one direction (needs libspeexdsp).

    Args:
        channel: The channel.
        value: ``on`` or ``off``.
        channeldirection: ``rx``, what its party says, or ``tx``, what it hears.

    Examples:
        Set(DENOISE(rx)=on)
        Set(DENOISE(tx)=off)
    """
    cleaning, way = channel.datastore(Cleaning), _way("DENOISE", channeldirection)
    cleaning.denoises[way] = is_true(value.strip())
    await cleaning.apply(channel, way)
