"""A trace as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from switchroom.tools.phone.report import printable
from switchroom.tools.simulate.ending import ending_of
from switchroom.tools.simulate.report import changed_globals, changed_variables, stored
from switchroom.tools.simulate.simulation import SimulatedCall
from switchroom.tools.simulate.trace import Entry, Executed, HungUp, Keyed, Outside

_PLACE_WIDTH = 24
_ONE_GO = 1.0  #: seconds: keys pressed faster are shown as one number

#: ANSI colours by what they mark.
COLOURS: Mapping[str, str] = {
    "place": "2", "application": "1", "prompt": "36", "keys": "33", "variable": "35",
    "warning": "31", "good": "32",
}  # fmt: skip


class Listing:
    """Writes lines about a call.

    Args:
        call: The call; other channels of its simulation are shown with their names.
        coloured: Whether a terminal reads it.
        first: The first entry to show, by its number; a test shows where it went wrong.
    """

    def __init__(self, call: SimulatedCall, *, coloured: bool = False, first: int = 0) -> None:
        self._call = call
        self._coloured = coloured
        self._entries = call.simulation.trace.entries[first:]
        self._open: dict[str, Executed] = {}  #: steps whose changes are not shown yet, by channel

    def lines(self) -> Iterator[str]:
        """All of it: the trace, and what came of it."""
        yield from self.trace()
        yield ""
        yield from self.summary()

    # the trace

    def trace(self) -> Iterator[str]:
        """One line for each thing that happened, with its virtual second."""
        for entry in _with_keys_joined(self._entries):
            if isinstance(entry, Executed) and entry.priority is None:
                continue  # AppDial and its like: what Asterisk says of a dialled channel
            if isinstance(entry, Executed | HungUp) and entry.channel in self._open:
                yield from self._changes(self._open.pop(entry.channel))
            if isinstance(entry, Executed):
                self._open[entry.channel] = entry
                yield self._executed(entry)
            else:
                text = self._paint(entry.mark, self._happened(entry))
                place = " " * _PLACE_WIDTH
                yield f"{entry.at:9.3f}  {place}   {self._whose(entry)}{text}"
        for step in self._open.values():
            yield from self._changes(step)
        self._open = {}

    def _executed(self, entry: Executed) -> str:
        place = self._paint("place", entry.place.ljust(_PLACE_WIDTH))
        application = self._paint("application", entry.application)
        return (
            f"{entry.at:9.3f}  {place} {self._whose(entry)}{application}({printable(entry.data)})"
        )

    def _happened(self, entry: Entry) -> str:
        step = self._open.get(entry.channel)
        if isinstance(entry, Outside) and step is not None and step.describe() == entry.what:
            return f"not run; answered {entry.answer or 'nothing'}"  # the line above says what
        return entry.describe()

    def _whose(self, entry: Entry) -> str:
        return "" if entry.channel in {"", self._call.channel.name} else f"{entry.channel}: "

    def _changes(self, step: Executed) -> Iterator[str]:
        words = [_assignment(name, value) for name, value in step.changes.items()]
        words += [f"GLOBAL({_assignment(n, v)})" for n, v in step.global_changes.items()]
        if step.application.lower() in {"set", "mset"}:
            words = [word for word in words if word not in step.data]  # the line says so already
        for word in words:
            yield f"{'':11}{' ' * _PLACE_WIDTH}  {self._paint('variable', word)}"

    def _paint(self, what: str, text: str) -> str:
        colour = COLOURS.get(what) if self._coloured else None
        text = printable(text)
        return f"\x1b[{colour}m{text}\x1b[0m" if colour else text

    # what came of it

    def summary(self) -> Iterator[str]:
        """How the call ended, and what it left behind."""
        call = self._call
        ending = ending_of(call)
        colour = "warning" if ending.is_error else "good"
        end = f"Ended after {ending.at - call.began_at:.3f} s: {ending.why}"
        yield self._paint(colour, f"{end}; cause {ending.cause_text}")
        yield from self._table("Variables", changed_variables(call))
        yield from self._table("Globals", changed_globals(call))
        yield from self._table("AstDB", stored(call))
        if guessed := sorted(call.simulation.sounds.guessed):
            yield f"Sounds without a file, their length guessed: {', '.join(guessed)}"

    def _table(self, title: str, values: Mapping[str, str | None]) -> Iterator[str]:
        if values:
            yield f"{title}:"
            for name, value in values.items():
                yield "  " + self._paint("variable", _assignment(name, value))


def _assignment(name: str, value: str | None) -> str:
    return f"{name} unset" if value is None else f"{name}={value}"


def _with_keys_joined(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Keys that follow one another, in one go, become one entry."""
    joined: Keyed | None = None
    newest = 0.0
    for entry in entries:
        if not isinstance(entry, Keyed):
            if joined is not None:
                yield joined
            joined = None
            yield entry
        elif (
            joined is not None
            and (entry.channel, entry.lost) == (joined.channel, joined.lost)
            and entry.at - newest < _ONE_GO
        ):
            joined.digit += entry.digit
        else:
            if joined is not None:
                yield joined
            joined = replace(entry)
        newest = entry.at
    if joined is not None:
        yield joined
