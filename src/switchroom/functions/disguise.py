"""PITCH_SHIFT and SCRAMBLE: a voice that nobody is to know, or to understand.

Family: Sounds and digits
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float
from switchroom.config.language.values import is_true
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.cleaning import HEARD, SAID
from switchroom.pbx.disguise import BOTH, Disguise

_WAYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"": BOTH, "both": BOTH, SAID: frozenset({SAID}), HEARD: frozenset({HEARD})}
)
_PITCHES: Mapping[str, float] = MappingProxyType(
    {"highest": 2.0, "higher": 1.5, "high": 1.25, "low": 0.85, "lower": 0.7, "lowest": 0.5}
)
LOWEST, HIGHEST = 0.1, 4.0  #: factors


def _ways(owner: str, direction: str) -> frozenset[str]:
    ways = _WAYS.get(direction.strip().lower())
    if ways is None:
        raise DialplanError(f"{owner}: {direction!r} is none of tx, rx and both")
    return ways


@function("PITCH_SHIFT", write=True)
async def shift_pitch(channel: Channel, value: str, channeldirection: str) -> None:
    """Make a voice higher or lower; it talks as fast as before.

    Args:
        channel: The channel.
        value: ``highest``, ``higher``, ``high``, ``low``, ``lower``, ``lowest``, or a factor from
            0.1 to 4; 1: it is as it was.
        channeldirection: ``rx``, what its party says; ``tx``, what it hears; or ``both``.

    Examples:
        Set(PITCH_SHIFT(rx)=lower)
        Set(PITCH_SHIFT(both)=1.2)
        Set(PITCH_SHIFT(both)=1)
    """
    ways = _ways("PITCH_SHIFT", channeldirection or "none")
    word = value.strip().lower()
    factor = _PITCHES.get(word, leading_float(word))
    if factor is None or not LOWEST <= factor <= HIGHEST:
        names = ", ".join(_PITCHES)
        raise DialplanError(f"PITCH_SHIFT: {value!r} is neither {names} nor a factor of 0.1 to 4")
    disguise = channel.datastore(Disguise)
    disguise.pitches |= dict.fromkeys(ways, factor)
    await disguise.apply(channel)


@function("SCRAMBLE", write=True)
async def scramble(channel: Channel, value: str, direction: str = "") -> None:
    """Turn the band of a voice upside down, so that nobody understands it; twice, and he does.

    It hides a talk from those who pass by, not from who wants to know it.

    Args:
        channel: The channel.
        value: ``on`` or ``off``; or ``rx``, ``tx``, ``both`` or ``remove``, with no direction.
        direction: ``rx``, what its party says; ``tx``, what it hears; nothing: both.

    Examples:
        Set(SCRAMBLE(tx)=on)
        Set(SCRAMBLE()=both)
        Set(SCRAMBLE()=remove)
    """
    word = value.strip().lower()
    disguise = channel.datastore(Disguise)
    ways = _ways("SCRAMBLE", direction or (word if word in _WAYS else ""))
    if word in _WAYS or is_true(word):
        disguise.inverted |= ways
    else:
        disguise.inverted -= ways
    await disguise.apply(channel)
