"""Channels that a program outside steers: what Stasis() is made of.

The core knows such applications by their names; who they are is the business of the door that
they come in by. A channel stays in its own task and does there, one after the other, what takes
time; what does not is done to it from outside at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from switchroom.pbx.channel import Channel, HangupError

if TYPE_CHECKING:
    from switchroom.pbx.bridging.bridge import Party

MOST_WAITING = 1_000  #: works of one channel that have not begun


class StasisWork(Protocol):
    """Something that takes time: a sound, a recording."""

    async def run(self) -> None:
        """Do it; cancelled when the channel goes."""

    def drop(self) -> None:
        """It will not be done: the channel has gone before its turn came."""


class StasisApplication(Protocol):
    """A program outside."""

    @property
    def name(self) -> str:
        """As Stasis() calls it."""
        ...

    @property
    def is_active(self) -> bool:
        """Whether anybody listens."""
        ...

    def entered(self, stay: StasisStay, arguments: Sequence[str]) -> None:
        """A channel is to be steered."""

    def left(self, stay: StasisStay) -> None:
        """It is no longer: it hung up, or goes on elsewhere."""

    def not_moved(self, stay: StasisStay, name: str, arguments: Sequence[str]) -> None:
        """It was to go to another application, where nobody listens, and stays."""

    def offered(self, channel: Channel) -> None:
        """It may have a channel, as others may."""

    def claimed(self, channel: Channel, winner: str) -> None:
        """Another one got it."""


class StasisApplications(dict[str, StasisApplication]):
    """Those of a node by their names; a datastore of the core."""


class StasisOffers(dict[str, tuple[Sequence[StasisApplication], "asyncio.Future[Any]"]]):
    """Channels that are offered, by their unique ids: to whom, and who claims it.

    A datastore of the core.
    """


class StasisConnectors(dict[str, Callable[[Channel], Awaitable[StasisApplication | None]]]):
    """Fetch a program for one call, by the name of the application; a datastore of the core."""


class _Current:
    """Of one channel."""

    def __init__(self) -> None:
        self.stay: StasisStay | None = None


def stay_of(channel: Channel) -> StasisStay | None:
    """A channel's stay in an application, if it is in one."""
    return channel.datastore(_Current).stay


class StasisStay:
    """One channel's time in an application.

    Args:
        channel: Which.
        application: Who steers it.
    """

    def __init__(self, channel: Channel, application: StasisApplication) -> None:
        self.channel = channel
        self.application = application
        self.party: Party | None = None  #: its place in the bridge that it was put into
        self.works = Works()
        self._is_over = False
        self._next: tuple[StasisApplication, Sequence[str]] | None = None

    @property
    def is_over(self) -> bool:
        """Whether the channel has left."""
        return self._is_over

    async def run(self, arguments: Sequence[str]) -> None:
        """Do what the application wants until it lets the channel go; in the channel's task.

        Raises:
            HangupError: The channel hung up.
        """
        self.channel.datastore(_Current).stay = self
        self.application.entered(self, arguments)
        try:
            while not self._is_over:
                await (await self.works.next()).run()
                if self._next is not None:
                    self._move(*self._next)
        finally:
            self._is_over = True
            self.channel.datastore(_Current).stay = None
            self.works.drop_all()
            self.leave_bridge()
            self.channel.digits.clear()  # they were for the application
            self.application.left(self)

    def submit(self, work: StasisWork) -> None:
        """Have something done when all that was asked for before is done.

        Raises:
            HangupError: The channel has left.
            asyncio.QueueFull: Too much waits.
        """
        if self._is_over:
            raise HangupError(self.channel.name)
        self.works.submit(work)

    def let_go(self, place: tuple[str, str, int] | None) -> None:
        """Let the channel go on in the dialplan, behind what was asked for before.

        Args:
            place: Context, extension and priority; None: where it stands.
        """
        self.submit(_LetGo(self, place))

    def move(self, name: str, arguments: Sequence[str]) -> None:
        """Give the channel to another application, behind what was asked for before."""
        self.submit(_Move(self, name, arguments))

    def leave_bridge(self) -> bool:
        """Take the channel out of the bridge it was put into; returns whether it was in one."""
        party, self.party = self.party, None
        if party is None or party.bridge is None:
            return False
        party.bridge.leave(party)
        return True

    # in the channel's task

    def end(self, place: tuple[str, str, int] | None) -> None:
        """Leave the application; its work calls this."""
        self._is_over = True
        channel = self.channel
        if channel.pbx.dialplan.is_running(channel):
            if place is not None:
                channel.goto(*place)
        else:  # of a channel that executes one application, the dialplan begins now
            here = (channel.context, channel.extension, channel.priority)
            channel.redirect(*(place or here))

    def change_to(self, name: str, arguments: Sequence[str]) -> None:
        """Go to another application; its work calls this."""
        found = self.channel.pbx.datastore(StasisApplications).get(name)
        if found is None or not found.is_active:
            self.application.not_moved(self, name, arguments)
        else:
            self._next = (found, arguments)

    def _move(self, application: StasisApplication, arguments: Sequence[str]) -> None:
        self._next = None
        self.application.left(self)
        self.application = application
        application.entered(self, arguments)


class _LetGo:
    """The work of leaving."""

    def __init__(self, stay: StasisStay, place: tuple[str, str, int] | None) -> None:
        self._stay = stay
        self._place = place

    async def run(self) -> None:
        self._stay.end(self._place)

    def drop(self) -> None:
        """It has left already."""


class _Move:
    """The work of changing the application."""

    def __init__(self, stay: StasisStay, name: str, arguments: Sequence[str]) -> None:
        self._stay = stay
        self._name = name
        self._arguments = arguments

    async def run(self) -> None:
        self._stay.change_to(self._name, self._arguments)

    def drop(self) -> None:
        """It has left already."""


class Works:
    """What is to be done one after the other."""

    def __init__(self) -> None:
        self._waiting: deque[StasisWork] = deque()
        self._arrived = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def submit(self, work: StasisWork) -> None:
        """Add one.

        Raises:
            asyncio.QueueFull: Too much waits.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise asyncio.QueueFull
        self._waiting.append(work)
        self._arrived.set()

    async def next(self) -> StasisWork:
        """The next one, as soon as there is one."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    def remove(self, work: StasisWork) -> bool:
        """Take one out again; returns whether it had not begun."""
        if work not in self._waiting:
            return False
        self._waiting.remove(work)
        return True

    def drop_all(self) -> None:
        """None of them will be done."""
        while self._waiting:
            self._waiting.popleft().drop()
