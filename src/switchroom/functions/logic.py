"""IF(): one of two texts.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.places import is_true
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel


@function("IF")
def if_(channel: Channel, choice: Rest) -> str:
    """One of two texts, by a condition.

    Args:
        channel: The channel.
        choice: ``condition?[this][:that]``; a colon within quotes separates nothing.

    Examples:
        Set(hour=20)
        Set(greeting=${IF($[${hour} < 12]?morning:evening)})  ; => evening
        Set(x=${IF(${EXISTS(${nobody})}?yes)})  ; =>
    """
    condition, question, sides = choice.partition("?")
    if not question:
        raise DialplanError(f"IF: expected condition?this:that, not {choice!r}")
    if not condition:
        raise DialplanError(f"IF: the condition of {choice!r} is empty")
    texts = separate(sides, ":", most=2)
    index = 0 if is_true(condition) else 1
    return texts[index].strip() if index < len(texts) else ""
