"""The core of one node: its channels, its events, and the services that channels use."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import random
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Protocol, Self

from switchroom.config.asterisk_conf import Directories
from switchroom.media.api import MediaEngine, SoundLibrary
from switchroom.pbx.added_extension import AddedExtension
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.datastore import Datastores
from switchroom.pbx.events import EventBus, VariableSet
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.look_ups import LookUps
from switchroom.pbx.technology import Technology
from switchroom.pbx.telling import tell_end_of_dialplan
from switchroom.storage.database import Database

logger = logging.getLogger(__name__)

#: Ids of the channels that this task makes next, as AMI's ``ChannelId`` asks for.
WANTED_IDS: ContextVar[list[str] | None] = ContextVar("WANTED_IDS", default=None)

#: The call that channels of this task belong to from their first event on: that of who dials them.
CALL: ContextVar[str] = ContextVar("CALL", default="")


class DialplanRunner(Protocol):
    """What the core needs of the dialplan; :mod:`switchroom.dialplan` fulfils it."""

    @property
    def applications(self) -> Mapping[str, object]:
        """By lower-case name."""
        ...

    @property
    def functions(self) -> Mapping[str, object]:
        """By name."""
        ...

    async def run(self, channel: Channel) -> None:
        """Execute from the channel's position until its end, ``h`` included."""

    async def execute(self, channel: Channel, application: str, data: str) -> None:
        """Execute one application, its data taken as it is, without the dialplan around it."""

    def is_running(self, channel: Channel) -> bool:
        """Whether a channel runs its dialplan, and not one application alone."""
        ...

    def add_extensions(self, owner: str, added: Sequence[AddedExtension]) -> None:
        """Add a feature's extensions to the dialplan, instead of those that it added before.

        Args:
            owner: Who adds them, as ``dialplan show`` calls it.
            added: What it adds; extensions that are written go before.
        """

    def set_aside(self, names: Collection[str]) -> None:
        """Know these applications and functions no longer, but those that were set aside before.

        Channels in progress stay in an application, and do not find it again.
        """

    def has_extension(self, context: str, extension: str, caller: str = "") -> bool:
        """Whether priority 1 of ``extension`` exists, includes and patterns considered."""
        ...

    def may_continue(self, context: str, extension: str, caller: str = "") -> bool:
        """Whether some extension begins with ``extension`` and is longer."""
        ...

    def exists(
        self, channel: Channel, extension: str, priority: int = 1, context: str | None = None
    ) -> bool:
        """Whether a place exists, seen from a channel."""
        ...

    def could_match_more(self, channel: Channel, number: str, context: str | None = None) -> bool:
        """Whether it is worth waiting for another digit behind ``number``."""
        ...

    def find_priority(
        self, channel: Channel, context: str, extension: str, word: str
    ) -> int | None:
        """What a number, a label or ``n`` stands for; None where there is no such label."""
        ...

    def find_label(self, context: str, extension: str, label: str) -> int | None:
        """The priority a label stands for, seen by nobody in particular."""
        ...

    def step_at(
        self, channel: Channel, context: str, extension: str, priority: int
    ) -> tuple[str, str] | None:
        """The application at a place and its arguments as written; None where there is none."""
        ...

    def has_context(self, channel: Channel, name: str) -> bool:
        """Whether there is a context of that name."""
        ...

    def hint_text(self, context: str, extension: str) -> str:
        """The hint of an extension as it is written, but for what its pattern matched."""
        ...

    def hints(self) -> Sequence[tuple[str, str, str]]:
        """Context, extension and hint of all that have one and are no pattern.

        Returns:
            The same object for as long as the dialplan is the same.
        """
        ...

    async def substitute(self, channel: Channel, text: str) -> str:
        """Substitute ``${}`` and ``$[]`` in a text."""
        ...

    def read_variable(self, channel: Channel, name: str) -> str:
        """What ``${name}`` is, a function's value included.

        Raises:
            DialplanError: It is a function that waits.
        """
        ...

    async def run_inside(self, channel: Channel, goes_on: Callable[[], bool]) -> None:
        """Execute priorities from where the channel stands, on behalf of an application.

        Ends where ``goes_on`` says no, where there is no next priority, or with the call.
        """

    async def call_routine(
        self, channel: Channel, place: tuple[str, str, int], arguments: list[str]
    ) -> str:
        """Run a Gosub routine to its Return(), and come back; gives what it returned."""
        ...

    def write_function(
        self, channel: Channel, name: str, arguments: str, value: str
    ) -> Awaitable[None] | None:
        """Write ``name(arguments)``; what is returned, if anything, must be awaited.

        Raises:
            DialplanError: There is no such function, or it is read-only.
        """
        ...

    def start_application(self, channel: Channel, name: str, data: str) -> Awaitable[None] | None:
        """Start an application by name; what is returned, if anything, must be awaited.

        Raises:
            DialplanError: There is no such application, or its arguments are wrong.
        """
        ...

    async def collect(self, channel: Channel, digits: str, first_within: float) -> str:
        """Read digits behind ``digits`` while the context could match more of them."""
        ...

    def go_to_collected(self, channel: Channel, number: str) -> bool:
        """Move to what was keyed: the extension, or ``i``, or ``t``; False where there is none."""
        ...


class Pbx(Datastores):
    """Holds what every layer above shares.

    Args:
        system_name: Prefix of unique ids, so that no two nodes make the same one; may be empty.
        engine: The media engine.
        sounds: Finds prompts.
        astdb: The AstDB.
        dialplan: Runs channels.
        technologies: By upper-case name, as in ``Dial(PJSIP/…)``.
        directories: Where files are read and written.
        now: The wall clock, seconds since the epoch: what the dialplan's times, records and ids are
            made from, so that a simulated day is one argument. Spans are measured by the loop.
        chance: What the dialplan's random functions draw from.
    """

    def __init__(  # noqa: PLR0913  # the parts of a node, each by its name
        self,
        *,
        system_name: str,
        engine: MediaEngine,
        sounds: SoundLibrary,
        astdb: Database,
        dialplan: DialplanRunner,
        technologies: Mapping[str, Technology],
        directories: Directories,
        now: Callable[[], float] = time.time,  # noqa: TID251  # the wall clock itself
        chance: random.Random | None = None,
    ) -> None:
        super().__init__()
        self.system_name = system_name
        self.engine = engine
        self.sounds = sounds
        self.astdb = astdb
        self.dialplan = dialplan
        self.technologies = technologies
        self.directories = directories
        self.now = now
        self.chance = chance or random.Random()
        self.events = EventBus()
        self.channels: dict[str, Channel] = {}
        self.channels_by_device: dict[str, dict[str, Channel]] = {}  #: in lower case, by name
        self.global_variables: dict[str, str] = {}
        self.calls_processed = 0
        self.is_closing = False  #: no new calls (``core stop gracefully``)
        self.maximum_channels = 0  #: above which calls are refused; 0: no limit
        self.maximum_load = 0.0  #: of the machine, above which calls are refused; 0: no limit
        self._unique = itertools.count()
        self._sequences: dict[str, itertools.count[int]] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._tasks = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        for channel in list(self.channels.values()):
            channel.hangup(HangupCause.NORMAL_TEMPORARY_FAILURE)
        self.end()
        if self._tasks is not None:
            await self._tasks.__aexit__(None, None, None)

    def next_unique_id(self) -> str:
        """``epoch.sequence``, with the system name in front where one is configured.

        Whoever wants other ids names them by :data:`WANTED_IDS`, for the task it runs in.
        """
        if wanted := WANTED_IDS.get():
            return wanted.pop(0)
        unique = f"{int(self.now())}.{next(self._unique)}"
        return f"{self.system_name}-{unique}" if self.system_name else unique

    def linked_id_of(self, unique_id: str) -> str:
        """The call of a channel that is being made: of who dials it, or one of its own."""
        return CALL.get() or unique_id

    def next_sequence(self, technology: str) -> int:
        """The number at the end of a channel's name, counted for each technology."""
        return next(self._sequences.setdefault(technology, itertools.count()))

    def set_global(self, name: str, value: str) -> None:
        """Set a global variable; told as one of no channel."""
        self.global_variables[name] = value
        if self.events.wants(VariableSet):
            self.events.publish(VariableSet("none", "none", name, value))

    def add_channel(self, channel: Channel) -> None:
        """Channels call this when they are made."""
        self.channels[channel.name] = channel
        self.channels_by_device.setdefault(_device(channel), {})[channel.name] = channel

    def remove_channel(self, channel: Channel) -> None:
        """Channels call this when they are finished."""
        self.channels.pop(channel.name, None)
        of_device = self.channels_by_device.get(_device(channel), {})
        of_device.pop(channel.name, None)
        if not of_device:
            self.channels_by_device.pop(_device(channel), None)

    def end_channel(self, channel: Channel) -> None:
        """A channel that no task belongs to was hung up: it is over once its last work is done."""
        work, channel.last_work = channel.last_work, None
        if work is None:
            channel.finish()
        else:
            self.spawn(_finish_after(channel, work), name=channel.name)

    @property
    def takes_calls(self) -> bool:
        """Whether an incoming call may begin now; if not it is refused as congestion."""
        has_room = not self.maximum_channels or len(self.channels) < self.maximum_channels
        return has_room and not self.is_closing and not self.is_overloaded

    @property
    def is_overloaded(self) -> bool:
        """Whether the machine's load average of the last minute is above the limit."""
        return bool(self.maximum_load) and os.getloadavg()[0] > self.maximum_load

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Run ``work`` in the node's group of calls; its errors are logged, not spread."""
        assert self._tasks is not None, "enter the Pbx first"
        task = self._tasks.create_task(self._supervise(work, name), name=name)
        # Cancelled before it began, a task leaves its work as it was: nobody else would end that.
        task.add_done_callback(lambda _: work.close())
        return task

    async def _supervise(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception:  # the call supervisor: one call's fault ends that call alone
            logger.exception("%s failed", name)

    def start(self, channel: Channel) -> None:
        """Run the dialplan of an incoming channel in a task of its own."""
        self.calls_processed += 1
        self.spawn(self._run(channel), name=channel.name)

    def start_application(self, channel: Channel, application: str, data: str = "") -> None:
        """Let an incoming channel execute one application in a task of its own, and end."""
        self.calls_processed += 1
        self.spawn(self._run_application(channel, application, data), name=channel.name)

    async def _run_application(self, channel: Channel, application: str, data: str) -> None:
        try:
            await self.dialplan.execute(channel, application, data)
        finally:
            channel.finish()

    def go_on(self, channel: Channel, context: str, extension: str, priority: int) -> None:
        """Run the dialplan of a channel that nobody has a task for, from a place on.

        The channel is hung up at the end of it.
        """
        channel.context, channel.extension, channel.priority = context, extension, priority
        channel.jumped = channel.is_redirected = False
        self.spawn(self._run(channel), name=channel.name)

    async def _run(self, channel: Channel) -> None:
        try:
            await self.datastore(LookUps).make()
            await self.dialplan.run(channel)
        finally:
            tell_end_of_dialplan(channel)
            channel.finish()

    async def request(self, resource: str, requestor: Channel | None = None) -> Channel:
        """Make an outgoing channel from ``Technology/resource``.

        Raises:
            RequestError: No such technology, or the technology refuses.
        """
        name, _, rest = resource.partition("/")
        technology = self.technologies.get(name.upper())
        if technology is None or not rest:
            message = f"no channel technology {name!r} (in {resource!r})"
            raise RequestError(message, HangupCause.CHAN_NOT_IMPLEMENTED)
        token = CALL.set(requestor.linked_id if requestor is not None else "")
        try:
            channel = await technology.request(self, rest, requestor)
        finally:
            CALL.reset(token)
        channel.dialled_as = rest
        return channel


async def _finish_after(channel: Channel, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    finally:
        channel.finish()


def _device(channel: Channel) -> str:
    return channel.name.rpartition("-")[0].lower()
