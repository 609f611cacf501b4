"""What happened in a simulation, in order, each thing with its virtual second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeVar

from switchroom.dialplan.model import Extension, Priority
from switchroom.media.api import PlaybackEnd
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.tools.simulate.media import Hearing


def seconds(at: float) -> float:
    """Virtual seconds without the dust of floating point."""
    return round(at, 6)


def cause_text(cause: int) -> str:
    """A Q.850 cause with its name: ``16 (normal clearing)``."""
    try:
        return f"{cause} ({HangupCause(cause).name.lower().replace('_', ' ')})"
    except ValueError:
        return str(cause)


@dataclass(slots=True, kw_only=True)
class Entry:
    """Something that happened."""

    kind: ClassVar[str] = ""  #: in JSON
    mark: ClassVar[str] = ""  #: what a terminal colours it as

    at: float  #: virtual seconds since the simulation began
    channel: str

    def describe(self) -> str:
        """What happened, for a person."""
        raise NotImplementedError

    def details(self) -> dict[str, Any]:
        """What JSON says of it, besides when and on which channel."""
        own = (each.name for each in fields(self) if each.name not in {"at", "channel"})
        return {name: getattr(self, name) for name in own}


@dataclass(slots=True, kw_only=True)
class Executed(Entry):
    """A priority was executed."""

    kind: ClassVar[str] = "executed"

    context: str
    extension: str  #: as dialled
    number: int
    application: str
    data: str  #: after substitution
    caller: str = ""  #: the channel's caller number then
    priority: Priority | None = None  #: as written; None for what no dialplan says (AppDial)
    found_in: str = ""  #: the context that has it, which the channel's own one may include
    matched: Extension | None = None  #: the extension that has it
    changes: dict[str, str | None] = field(default_factory=dict)  #: variables; None: no longer set
    global_changes: dict[str, str | None] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """``context,extension,priority``."""
        return f"{self.context},{self.extension},{self.number}"

    def describe(self) -> str:
        """``Application(data)``."""
        return f"{self.application}({self.data})"

    def details(self) -> dict[str, Any]:
        """Where, what, and what changed."""
        found: dict[str, Any] = {
            "context": self.context,
            "extension": self.extension,
            "priority": self.number,
            "application": self.application,
            "data": self.data,
        }
        written = self.priority
        if written is not None:
            found |= {
                "pattern": self.matched.name if self.matched is not None else "",
                "found_in": self.found_in,
                "label": written.label,
                "file": str(written.path) if written.path is not None else None,
                "line": written.line,
            }
        return found | {"variables": self.changes, "globals": self.global_changes}


@dataclass(slots=True, kw_only=True)
class Heard(Entry):
    """The party of a channel began to hear a sound."""

    kind: ClassVar[str] = "heard"
    mark: ClassVar[str] = "prompt"

    hearing: Hearing
    text: str = ""  #: what the sound says, where that is known

    def describe(self) -> str:
        """The sound, what it says, and how much of it was heard."""
        hearing = self.hearing
        text = f' "{self.text}"' if self.text else ""
        if hearing.ended_at is None:
            return f"hears {hearing.sound}{text} (still playing)"
        cut = "" if hearing.end is PlaybackEnd.FINISHED else "cut short after "
        return f"hears {hearing.sound}{text} ({cut}{hearing.ended_at - hearing.began_at:.1f} s)"

    def details(self) -> dict[str, Any]:
        """Which sound, and how much of it."""
        hearing = self.hearing
        lasted = None if hearing.ended_at is None else seconds(hearing.ended_at - hearing.began_at)
        end = None if hearing.end is None else str(hearing.end)
        return {"sound": hearing.sound, "text": self.text, "heard_for": lasted, "end": end}


@dataclass(slots=True, kw_only=True)
class Keyed(Entry):
    """The party pressed a key."""

    kind: ClassVar[str] = "keyed"
    mark: ClassVar[str] = "keys"

    digit: str
    lost: bool = False  #: there was no audio yet that could have carried it

    def describe(self) -> str:
        """The digit, or several that were joined."""
        nobody = ", which nobody hears: there is no audio yet" if self.lost else ""
        return f"keys {self.digit}{nobody}"


@dataclass(slots=True, kw_only=True)
class DigitSent(Entry):
    """The party heard a digit (SendDTMF, or what the other party keyed)."""

    kind: ClassVar[str] = "digit"
    mark: ClassVar[str] = "keys"

    digit: str

    def describe(self) -> str:
        """The digit."""
        return f"hears the digit {self.digit}"


@dataclass(slots=True, kw_only=True)
class Signalled(Entry):
    """The party was told something, or told something: answered, ringing, busy, hangs up."""

    kind: ClassVar[str] = "signalled"

    what: str

    def describe(self) -> str:
        """What it was."""
        return self.what


@dataclass(slots=True, kw_only=True)
class Dialled(Entry):
    """A resource was asked for; ``channel`` is who dials."""

    kind: ClassVar[str] = "dialled"

    resource: str
    outcome: str
    scripted: bool

    def describe(self) -> str:
        """The resource and how it behaves."""
        return f"dials {self.resource}: {self.outcome}{'' if self.scripted else ' (not scripted)'}"


@dataclass(slots=True, kw_only=True)
class Stored(Entry):
    """The AstDB changed."""

    kind: ClassVar[str] = "stored"
    mark: ClassVar[str] = "variable"

    key: str  #: ``family/key``
    value: str | None  #: None: deleted

    def describe(self) -> str:
        """Key and value."""
        if self.value is None:
            return f"AstDB: deleted {self.key}"
        return f"AstDB: {self.key} = {self.value}"


@dataclass(slots=True, kw_only=True)
class Outside(Entry):
    """Something that reaches out of the call was not done, but answered as scripted."""

    kind: ClassVar[str] = "outside"

    what: str  #: ``System(reboot)``
    answer: str

    def describe(self) -> str:
        """What was asked, and what was answered."""
        return f"not run: {self.what}; answered {self.answer or 'nothing'}"


@dataclass(slots=True, kw_only=True)
class Logged(Entry):
    """A line of the log that belongs to the call."""

    kind: ClassVar[str] = "logged"

    level: str
    message: str
    logger: str

    @property
    def is_warning(self) -> bool:
        """Whether somebody should look at it."""
        return self.level != "INFO"

    @property
    def mark(self) -> str:  # type: ignore[override]  # here it depends on the level
        """Warnings stand out."""
        return "warning" if self.is_warning else ""

    def describe(self) -> str:
        """The line."""
        return f"{self.level if self.is_warning else 'says'}: {self.message}"


@dataclass(slots=True, kw_only=True)
class HungUp(Entry):
    """A channel is gone."""

    kind: ClassVar[str] = "hungup"

    cause: int

    def describe(self) -> str:
        """The cause."""
        return f"hung up, cause {cause_text(self.cause)}"


EntryT = TypeVar("EntryT", bound=Entry)


class Trace:
    """Entries in order; whoever waits for one is woken by each."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._waiters: set[asyncio.Future[None]] = set()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        self.entries.append(entry)
        self.wake()

    def wake(self) -> None:
        """Let whoever waits look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], bool], *, within: float | None = None) -> bool:
        """Wait until ``condition`` holds; it is asked again whenever something happens.

        Args:
            condition: Cheap and without effect.
            within: Virtual seconds; None: for ever.

        Returns:
            Whether it holds.
        """
        try:
            async with asyncio.timeout(within):
                while not condition():
                    await self._next()
        except TimeoutError:
            return condition()
        return True

    async def _next(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def of(self, kind: type[EntryT], channel: str = "") -> list[EntryT]:
        """The entries of one kind, of one channel or of all."""
        return [
            entry
            for entry in self.entries
            if isinstance(entry, kind) and channel in {"", entry.channel}
        ]


def difference(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    """What changed between two sets of variables, by name; None: it is no longer set."""
    for name in sorted(before.keys() | after.keys()):
        value = after.get(name)
        if value != before.get(name):
            yield name, value
