"""StoreDTMF(): keep the digits of a call in a variable.

Family: Sounds and digits
"""

from __future__ import annotations

from collections.abc import Callable

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import DigitReceived, DigitSent

_EVENTS: dict[str, type[DigitReceived | DigitSent]] = {"RX": DigitReceived, "TX": DigitSent}


class StoredDigits:
    """What listens to one channel's digits."""

    def __init__(self) -> None:
        self._ends: dict[str, Callable[[], None]] = {}

    def listen(self, channel: Channel, direction: str, variable: str, most: int) -> None:
        """Append each digit to the variable, up to so many; 0 is no limit."""
        if not self._ends:
            channel.at_end(self.clear)
        self.end(direction)
        count = 0

        def hear(event: DigitReceived | DigitSent) -> None:
            nonlocal count
            if event.unique_id == channel.unique_id and not (most and count >= most):
                count += 1
                before = channel.variables.get(variable, "")
                channel.set_variable(variable, before + event.digit)

        self._ends[direction] = channel.pbx.events.subscribe(_EVENTS[direction], hear)

    def end(self, direction: str) -> None:
        """Listen to one direction no more."""
        if (end := self._ends.pop(direction, None)) is not None:
            end()

    def clear(self) -> None:
        """Listen no more."""
        for direction in tuple(self._ends):
            self.end(direction)


@application("StoreDTMF")
def store_digits(channel: Channel, direction: str, variable: str = "", most: int = 0) -> None:
    """Append the digits of this call to a variable, from now on.

    Args:
        channel: The channel.
        direction: ``RX``: those its party keys; ``TX``: those sent to its party; ``remove``: keep
            no more.
        variable: What they are appended to.
        most: How many at most; 0: all.

    Examples:
        StoreDTMF(RX,keyed,10)
        Dial(PJSIP/100,20,g)
        NoOp(the caller keyed ${keyed})
    """
    stored = channel.datastore(StoredDigits)
    word = direction.strip().upper()
    if word == "REMOVE":
        stored.clear()
    elif word in _EVENTS and variable:
        stored.listen(channel, word, variable, most)
    else:
        raise BadArgumentsError(
            "StoreDTMF: expected StoreDTMF(RX|TX,variable) or StoreDTMF(remove)"
        )
