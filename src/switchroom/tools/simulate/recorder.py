"""Writes the trace: what the core tells as events, what changed between them, and the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from switchroom.dialplan.switches import Place
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import ChannelCreated, ChannelHungUp, NewExtension
from switchroom.tools.simulate.trace import Executed, HungUp, Logged, difference

if TYPE_CHECKING:
    from switchroom.tools.simulate.simulation import Simulation

#: Whose lines belong into a trace below warnings: what the dialplan says itself.
SPOKEN = ("switchroom.apps.verbose", "switchroom.verbose")

#: Priorities in one instant after which somebody runs for ever: far more than a dialplan that is
#: about to wait, and still quickly reached.
MAX_STEPS = 10_000


class Recorder:
    """Follows the channels of one simulation.

    Args:
        simulation: Whose core is followed, and whose trace is written.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.names: set[str] = set()  #: of all channels that there were
        self._channels: dict[str, Channel] = {}
        self._newest: dict[str, Executed] = {}  #: by channel
        self._last: Executed | None = None
        self._steps = 0  #: since the clock moved
        self._variables: dict[str, dict[str, str]] = {}
        self._globals = dict(simulation.global_variables)
        events = simulation.pbx.events
        events.subscribe(ChannelCreated, lambda event: self.names.add(event.channel))
        events.subscribe(NewExtension, self._executed)
        events.subscribe(ChannelHungUp, self._hung_up)

    def _executed(self, event: NewExtension) -> None:
        channel = self._simulation.pbx.channels.get(event.channel)
        if channel is None:
            return
        self._channels[event.channel] = channel
        self.look_at(channel)
        entry = self._simulation.note(
            Executed,
            event.channel,
            context=event.context,
            extension=event.extension,
            number=event.priority,
            application=event.application,
            data=event.data,
            caller=channel.caller.number,
        )
        self._place(entry)
        self._steps = self._steps + 1 if self._last and self._last.at == entry.at else 0
        self._newest[event.channel] = self._last = entry
        if self._steps > MAX_STEPS:
            self._steps = 0
            self._simulation.stop_endless()

    def _place(self, entry: Executed) -> None:
        """Find the priority as it was written; what a bridge executes on a callee has none."""
        wanted = Place(entry.context, entry.extension, entry.number)
        for context, place in self._simulation.dialplan.searched(wanted):
            for candidate in context.candidates(place.extension, entry.caller):
                priority = candidate.priorities.get(place.priority)
                if priority is not None:
                    if priority.application.lower() == entry.application.lower():
                        entry.priority, entry.matched = priority, candidate
                        entry.found_in = context.name
                    return

    def look_at(self, channel: Channel) -> None:
        """Note which variables changed since the last look; the newest priority changed them."""
        name = channel.name
        before = self._variables.get(name, {})
        if before != channel.variables:
            after = dict(channel.variables)
            if (entry := self._newest.get(name)) is not None:
                entry.changes.update(difference(before, after))
            self._variables[name] = after
        shared = self._simulation.global_variables
        if self._globals != shared:
            after = dict(shared)
            if self._last is not None:
                self._last.global_changes.update(difference(self._globals, after))
            self._globals = after

    def _hung_up(self, event: ChannelHungUp) -> None:
        if (channel := self._channels.pop(event.channel, None)) is not None:
            self.look_at(channel)
        self._simulation.note(HungUp, event.channel, cause=event.cause)


class _Handler(logging.Handler):
    """Puts lines of the log into the trace."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(logging.INFO)
        self._simulation = simulation

    def emit(self, record: logging.LogRecord) -> None:
        spoken = record.name in SPOKEN
        if not spoken and record.levelno < logging.WARNING:
            return
        message = record.getMessage()
        channel = self._channel(record)
        if channel:
            message = message.removeprefix(f"{channel}: ")
        if record.exc_info is not None and record.exc_info[1] is not None:
            message = f"{message}: {record.exc_info[1]!r}"
        self._simulation.note(
            Logged, channel, level=record.levelname, message=message, logger=record.name
        )

    def _channel(self, record: logging.LogRecord) -> str:
        """Whose line it is: its first argument says so, or the task, which is named after it."""
        names = self._simulation.recorder.names
        if isinstance(record.args, tuple) and record.args and record.args[0] in names:
            return str(record.args[0])
        try:
            task = asyncio.current_task()
        except RuntimeError:
            return ""
        name = task.get_name() if task is not None else ""
        return name if name in names else ""


@contextmanager
def logging_into(simulation: Simulation) -> Iterator[None]:
    """Let the log of the block go into the trace, and what the dialplan says itself too."""
    top = logging.getLogger("switchroom")
    handler = _Handler(simulation)
    levels = [(logger, logger.level) for logger in map(logging.getLogger, SPOKEN)]
    top.addHandler(handler)
    for logger, _ in levels:
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        top.removeHandler(handler)
        for logger, level in levels:
            logger.setLevel(level)
