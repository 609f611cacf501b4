"""One channel's way through its dialplan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.dialplan.pace import Pace
from switchroom.dialplan.program import Match, Program, Step
from switchroom.dialplan.switches import Place

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel


class Run:
    """What a channel runs, and what it matches where it stands.

    An application moves its channel by :meth:`Channel.goto`; the run follows between two steps.

    Args:
        channel: The channel.
        program: What it runs until its end, whatever is loaded meanwhile.
    """

    __slots__ = ("_channel", "_context", "_extension", "_match", "pace", "program")

    def __init__(self, channel: Channel, program: Program) -> None:
        self.program = program
        self.pace = Pace(channel)
        self._channel = channel
        self._context = ""
        self._extension = ""
        self._match = Match()

    def arrive(self) -> Step | None:
        """The step where the channel stands, which switches may move; None where there is none."""
        channel, program = self._channel, self.program
        if program.dialplan.has_switches:
            place = Place(channel.context, channel.extension, channel.priority)
            there = program.dialplan.place_of(place, channel.caller.number)
            channel.context, channel.extension, channel.priority = there
        self._context, self._extension = channel.context, channel.extension
        self._match = program.match(channel.context, channel.extension, channel.caller.number)
        return self._match.steps.get(channel.priority)

    def jump(self) -> Step | None:
        """The step that the channel was moved to, within its extension; None elsewhere."""
        channel = self._channel
        if channel.extension is not self._extension or channel.context is not self._context:
            return None
        step = self._match.steps.get(channel.priority)
        if step is not None:
            channel.jumped = False
        return step

    def leave(self) -> bool:
        """Go on from a step that no other follows within its extension.

        Returns:
            Whether the channel was moved, rather than going on with the next priority.
        """
        channel = self._channel
        was_moved = channel.jumped
        channel.jumped = False
        if not was_moved:
            channel.priority += 1
        return was_moved

    def label(self, context: str, extension: str, label: str) -> int | None:
        """The priority that carries a label."""
        if extension is self._extension and context is self._context:
            number = self._match.labels.get(label)
            if number is not None:
                return number
        return self.program.label(context, extension, label, self._channel.caller.number)
