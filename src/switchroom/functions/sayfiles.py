"""SAYFILES(): which prompts the Say applications play.

Family: Texts
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.media.saying import spelling
from switchroom.media.saying.parsing import parse_amount, parse_number
from switchroom.media.saying.registry import language_for
from switchroom.pbx.channel import Channel

#: Asterisk: the answer is the English one, whatever the channel's language (22).
_ENGLISH = language_for("en")

_KINDS: Mapping[str, Callable[[str], list[str]]] = MappingProxyType({
    "alpha": spelling.letters,
    "digits": spelling.digits,
    "money": lambda text: _ENGLISH.money(parse_amount(text)),
    "number": lambda text: _ENGLISH.number(parse_number(text)),
    "ordinal": lambda text: _ENGLISH.ordinal(parse_number(text)),
    "phonetic": spelling.phonetic,
})  # fmt: skip


@function("SAYFILES")
def sayfiles(channel: Channel, value: str, kind: str = "alpha") -> str:
    """The prompts that say a value in English, joined by ``&`` as Playback takes them.

    Args:
        channel: The channel.
        value: What to say.
        kind: ``alpha``, ``digits``, ``money``, ``number``, ``ordinal`` or ``phonetic``, as the
            application of that name says it.

    Examples:
        Set(x=${SAYFILES(42,number)})  ; => digits/40&digits/2
        Set(x=${SAYFILES(b7)})  ; => letters/b&digits/7
        Playback(${SAYFILES(3,ordinal)})
    """
    names = _KINDS.get(kind.strip().lower())
    if names is None:
        raise DialplanError(f"SAYFILES: {kind!r} is none of {', '.join(_KINDS)}")
    return "&".join(names(value))
