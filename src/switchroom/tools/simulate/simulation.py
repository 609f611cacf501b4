"""A node without a network, in virtual time: the place where simulated calls happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from types import TracebackType
from typing import Any, Self, TypeVar

import switchroom.apps
import switchroom.functions
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.registry import (
    Application,
    Function,
    collect_applications,
    collect_functions,
)
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState, Progress
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.recognition.engine import Engines
from switchroom.tools.simulate.astdb import MemoryAstDb
from switchroom.tools.simulate.configuration import Configuration
from switchroom.tools.simulate.engine import SimulatedEngine
from switchroom.tools.simulate.outcome import Outcomes
from switchroom.tools.simulate.party import Caller
from switchroom.tools.simulate.recognition import SimulatedRecognition
from switchroom.tools.simulate.recorder import Recorder, logging_into
from switchroom.tools.simulate.recordings import Recordings
from switchroom.tools.simulate.script import Step
from switchroom.tools.simulate.sounds import SimulatedSounds
from switchroom.tools.simulate.stubs import Stubs
from switchroom.tools.simulate.technology import AnyTechnology
from switchroom.tools.simulate.trace import Entry, Logged, Stored, Trace
from switchroom.tools.simulate.virtual_loop import VirtualLoop
from switchroom.voicemail.service import voicemail_of

T = TypeVar("T")
EntryT = TypeVar("EntryT", bound=Entry)

LONGEST_CALL = 3600.0  #: virtual seconds after which the most patient caller hangs up

ENDLESS = "the dialplan runs in a circle without waiting: the calls were hung up"


@cache
def _applications() -> Mapping[str, Application]:
    return collect_applications(switchroom.apps)


@cache
def _functions() -> Mapping[str, Function]:
    return collect_functions(switchroom.functions)


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """Who calls, whom, and what the caller does."""

    extension: str
    context: str = "default"
    caller: CallerId = field(default_factory=CallerId)
    channel: str = ""  #: ``PJSIP/alice``; empty: made from the caller's number
    steps: tuple[Step, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    language: str = "en"
    account_code: str = ""
    hangs_up_after: float | None = None  #: virtual seconds from the call's beginning


class SimulatedCall:
    """One incoming call, seen from its caller."""

    def __init__(
        self, simulation: Simulation, incoming: IncomingCall, channel: Channel, caller: Caller
    ) -> None:
        self.simulation = simulation
        self.incoming = incoming
        self.channel = channel
        self.caller = caller
        self.caller_id = channel.caller.all  #: as it was at first
        self.began_at = simulation.loop.time()
        self.was_cut_off = False  #: it lasted as long as it may
        self.hung_up_in_dialplan = False  #: an application hung up
        channel.watch(self._hear)

    def _hear(self, progress: Progress) -> None:
        if progress is Progress.HUNG_UP:
            self.hung_up_in_dialplan = not self.caller.hung_up

    @property
    def has_ended(self) -> bool:
        """Whether the channel is gone."""
        return self.channel.is_finished

    async def end(self, *, within: float | None = None) -> bool:
        """Wait until the channel is gone; returns whether it is."""
        return await self.simulation.trace.until(lambda: self.has_ended, within=within)

    def lose_patience(self, *, was_cut_off: bool) -> None:
        """The caller hangs up, as scripted or because no call may last longer."""
        if not self.channel.is_hung_up:
            self.was_cut_off = was_cut_off
            self.caller.hang_up()


class Simulation:
    """A core whose clock jumps and whose parties are scripted.

    Used by one thread; each :meth:`run` lets virtual time pass until its work is done.

    Args:
        configuration: The dialplan.
        at: The wall clock at the beginning, in seconds since the epoch; None: now.
        seed: What the dialplan's random functions begin with.
        database: The AstDB at first, by ``family/key``.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        at: float | None = None,
        seed: int = 0,
        database: Mapping[str, str] | None = None,
    ) -> None:
        self.configuration = configuration
        self.dialplan = replace(configuration.dialplan, clock=self.now)
        self.loop = VirtualLoop(self.stop_endless)
        self.trace = Trace()
        self.outcomes = Outcomes()
        self.stubs = Stubs(self, _applications(), _functions())
        self.recordings = Recordings(configuration.asterisk.directories)
        self.sounds = SimulatedSounds(self.recordings, configuration.sound_folders)
        self.astdb = MemoryAstDb({f"/{path}": value for path, value in (database or {}).items()})
        self.global_variables = dict(configuration.dialplan.global_variables)
        self.chance = Random(seed)
        self._wall_clock = time.time() if at is None else at  # noqa: TID251  # the default is now
        self._pbx: Pbx | None = None
        self._recorder: Recorder | None = None
        self._host: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # the clock

    def now(self) -> float:
        """The wall clock, which moves with virtual time."""
        return self._wall_clock + self.loop.time()

    def set_clock(self, now: float) -> None:
        """Let the wall clock show ``now`` at this moment."""
        self._wall_clock = now - self.loop.time()

    # the node

    @property
    def pbx(self) -> Pbx:
        """The core; made when it is first needed, with what was scripted until then."""
        if self._pbx is None:
            self._pbx = self._make_pbx()
        return self._pbx

    @property
    def has_begun(self) -> bool:
        """Whether the core was made: from then on no new application or function can be added."""
        return self._pbx is not None

    def _make_pbx(self) -> Pbx:
        dialplan = self.dialplan
        interpreter = Interpreter(self.stubs.applications(), self.stubs.functions(), dialplan)
        pbx = Pbx(
            system_name=self.configuration.asterisk.system_name,
            engine=SimulatedEngine(self.recordings),
            sounds=self.sounds,
            astdb=self.astdb,
            dialplan=interpreter,
            technologies=AnyTechnology(self),
            directories=self.recordings.directories,
            now=self.now,
            chance=self.chance,
        )
        pbx.global_variables = self.global_variables
        voicemail_of(pbx).use(self.configuration.mailboxes)
        pbx.datastore(Engines).any_other = SimulatedRecognition()
        self.astdb.on_change = self._stored
        return pbx

    @property
    def recorder(self) -> Recorder:
        """Writes the trace."""
        if self._recorder is None:
            self._recorder = Recorder(self)
        return self._recorder

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let virtual time pass until ``work`` is done."""
        with logging_into(self):
            if self._host is None:
                ready = asyncio.Event()
                self._host = self.loop.create_task(self._be_host(ready), name="host")
                self.loop.run_until_complete(ready.wait())
            return self.loop.run_until_complete(work)

    def wait(self, seconds: float) -> None:
        """Let so much virtual time pass."""
        self.run(asyncio.sleep(seconds))

    async def _be_host(self, ready: asyncio.Event) -> None:
        """Hold the core's group of calls open, in one task, until :meth:`close`."""
        assert self.recorder is not None
        async with self.pbx:
            ready.set()
            await self._stop.wait()

    def close(self) -> None:
        """Hang up what is left and close the loop; may be repeated."""
        if self.loop.is_closed():
            return
        if self._host is not None:
            self._stop.set()
            with logging_into(self):
                self.loop.run_until_complete(self._host)
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.recordings.close()

    def stop_endless(self) -> None:
        """Somebody executes for ever without waiting: hang up all there is, and say so."""
        self.note(Logged, "", level="ERROR", message=ENDLESS, logger=__name__)
        for channel in list(self.pbx.channels.values()):
            channel.hangup(HangupCause.NORMAL_TEMPORARY_FAILURE)

    # calls

    async def dial(self, incoming: IncomingCall) -> SimulatedCall:
        """Let a call come in; returns when its channel has begun to run."""
        caller = Caller(self)
        technology, _, name = incoming.channel.partition("/")
        if not name:
            technology, name = "PJSIP", incoming.caller.number or "caller"
        channel = Channel(
            self.pbx,
            name=f"{technology}/{name}-{self.pbx.next_sequence(technology):08x}",
            driver=caller,
            context=incoming.context,
            extension=incoming.extension,
            state=ChannelState.RING,
        )
        caller.channel = channel
        channel.caller = incoming.caller.copy()
        channel.caller.dnid = channel.caller.dnid or incoming.extension
        channel.language = incoming.language
        channel.account_code = incoming.account_code
        for variable, value in incoming.variables:
            channel.set_variable(variable, value)
        self.recorder.look_at(channel)
        call = SimulatedCall(self, incoming, channel, caller)
        after, is_scripted = incoming.hangs_up_after, incoming.hangs_up_after is not None
        self.loop.call_later(
            LONGEST_CALL if after is None else after,
            lambda: call.lose_patience(was_cut_off=not is_scripted),
        )
        self.pbx.start(channel)
        caller.begin(incoming.steps)
        await asyncio.sleep(0)
        return call

    # what the parts tell

    def note(self, kind: type[EntryT], channel: str, **what: Any) -> EntryT:
        """Add an entry to the trace."""
        entry = kind(at=self.loop.time(), channel=channel, **what)
        self.trace.add(entry)
        return entry

    def _stored(self, path: str, value: str | None) -> None:
        try:
            task = asyncio.current_task(self.loop)
        except RuntimeError:
            task = None
        name = task.get_name() if task is not None else ""
        channel = name if name in self.pbx.channels else ""
        self.note(Stored, channel, key=path.removeprefix("/"), value=value)
