"""One node: everything that runs in a process, started and ended in order."""

from __future__ import annotations

import asyncio
import importlib
import logging
import signal
import time
import typing
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import switchroom.apps
import switchroom.channels
import switchroom.functions
import switchroom.node.parts
from switchroom.base.collector import settle_collector
from switchroom.base.errors import SwitchroomError
from switchroom.channels.registry import collect_technologies
from switchroom.channels.sip.registrations.expiring import watch_expiry
from switchroom.channels.sip.service import SipService
from switchroom.cli.context import CliContext, StopMode
from switchroom.cli.guard_view import GuardOfClock
from switchroom.cli.registry import collect_commands
from switchroom.cli.server import ControlServer
from switchroom.cli.sip_view import ConfiguredSip, contact_view
from switchroom.cli.version import version_text
from switchroom.cli.views import ContactView
from switchroom.cluster.inprocess import InProcessBackend
from switchroom.config.language.options import ConfigWarning
from switchroom.dialplan.documentation import document_application, document_function
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.media.engine.engine import Engine
from switchroom.media.library import FileSoundLibrary
from switchroom.node.configuration import Configuration, load_configuration, load_sip
from switchroom.node.dialplan_source import DialplanSource
from switchroom.node.part import Part, Services, collect_parts
from switchroom.node.static_files import with_static_files
from switchroom.ops.census import process_census
from switchroom.pbx.events import Reloaded, Stopping
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.reloading import Reloading
from switchroom.pbx.technology import Technology
from switchroom.storage.astdb import AstDb

logger = logging.getLogger(__name__)

SHUTDOWN_TIMEOUT = 5.0  #: seconds that calls get to end when the node stops
LOOK_INTERVAL = 0.2  #: seconds between two looks at whether the last call has ended


class StartError(SwitchroomError):
    """The node cannot start: an address is taken, or a folder cannot be written."""


class Node:
    """One node; fulfils :class:`~switchroom.cli.context.Lifecycle`.

    Args:
        where: Its configuration folder, or an ``asterisk.conf``.

    Raises:
        ConfigError: The configuration cannot be used.
    """

    def __init__(self, where: Path) -> None:
        self.configuration: Configuration = load_configuration(where)
        self.started_at = self.reloaded_at = _wall_clock()
        self.fully_booted = asyncio.Event()
        self._stopped = asyncio.Event()
        self._stop_mode: StopMode | None = None
        self.restarts = False  #: it is to be started anew behind its end
        applications = collect_applications(switchroom.apps)
        functions = collect_functions(switchroom.functions)
        self._interpreter = Interpreter(applications, functions)
        self._dialplan = DialplanSource(self.configuration.asterisk, self._interpreter)
        self._parts = collect_parts(switchroom.node.parts, self.configuration.asterisk)
        self._part_warnings = [each for part in self._parts for each in part.read()]
        self._service: SipService | None = None
        self._pbx: Pbx | None = None
        self._engine: Engine | None = None

    async def run(self, on_ready: Callable[[], None] | None = None) -> None:
        """Start, serve until stopped, end in order.

        Args:
            on_ready: Called once calls are accepted.

        Raises:
            StartError: An address is taken, or a folder cannot be used.
        """
        self.configuration.log_warnings()
        _say(self._part_warnings)
        async with AsyncExitStack() as stack:
            pbx = await self._open(stack)
            await self._serve(stack, pbx)
            self.fully_booted.set()
            settle_collector()
            logger.info("%s has fully booted", version_text())
            if on_ready is not None:
                on_ready()
            await self._wait_for_stop(pbx)
            cleanly = self._stop_mode is not StopMode.NOW
            pbx.events.publish(Stopping(cleanly=cleanly, restarts=self.restarts))
            await _end_calls(pbx)

    async def _open(self, stack: AsyncExitStack) -> Pbx:
        """What calls need: AstDB, media, the core."""
        asterisk, rtp = self.configuration.asterisk, self.configuration.rtp
        directories = asterisk.directories
        astdb = AstDb(asterisk.database_file)
        stack.callback(astdb.close)
        engine = self._engine = Engine(first_port=rtp.first_port, last_port=rtp.last_port)
        stack.push_async_callback(engine.close)
        technologies: dict[str, Technology] = {}
        pbx = self._pbx = Pbx(
            system_name=asterisk.system_name,
            engine=engine,
            sounds=FileSoundLibrary(directories.sounds, cache=directories.astspooldir / "prompts"),
            astdb=astdb,
            dialplan=self._interpreter,
            technologies=technologies,
            directories=directories,
        )
        pbx.maximum_channels = asterisk.maximum_calls
        pbx.maximum_load = asterisk.maximum_load
        pbx.datastore(Reloading).read = self.reload
        for part in self._parts:
            part.open(pbx, stack)
            part.apply(pbx)
        self._dialplan.serve(pbx)
        stack.push_async_exit(_ending(pbx))
        await pbx.__aenter__()
        self._service = SipService(pbx, self.configuration.sip.settings)
        stack.push_async_callback(self._service.close)
        technologies.update(_make_technologies({SipService: self._service}))
        return pbx

    async def _serve(self, stack: AsyncExitStack, pbx: Pbx) -> None:
        """The doors: the control socket first, so that it can be waited on, then SIP."""
        assert self._service is not None
        asterisk = self.configuration.asterisk
        cli = self._cli_context(pbx)
        control = ControlServer(
            asterisk.control_socket,
            collect_commands(),
            cli,
            mode=asterisk.control_socket_mode,
        )
        await control.start()
        stack.push_async_callback(control.close)
        chores = await stack.enter_async_context(_Chores())
        services = Services(pbx, cli, self._service, InProcessBackend(), chores.start)
        for part in self._parts:
            await part.serve(services, stack)
        try:
            await self._service.start()
        except OSError as error:
            raise StartError(f"cannot listen for SIP: {error}") from error
        chores.start(self._service.qualifier.run(), "qualify")
        chores.start(watch_expiry(self._service), "expiry of contacts")

    def _cli_context(self, pbx: Pbx) -> CliContext:
        service = self._service
        assert service is not None
        return CliContext(
            pbx=pbx,
            applications={
                each.name: document_application(each)
                for each in self._interpreter.applications.values()
            },
            functions={
                each.name: document_function(each) for each in self._interpreter.functions.values()
            },
            dialplan=self._dialplan,
            sip=ConfiguredSip(
                lambda: service.settings.pjsip,
                self._contacts,
                pbx,
                _wall_clock,
                service.registrations,
            ),
            guard=GuardOfClock(service.guard, asyncio.get_running_loop().time),
            node=self,
            census=self._census,
            clock=_wall_clock,
        )

    def _census(self) -> dict[str, int]:
        assert self._service is not None
        assert self._pbx is not None
        assert self._engine is not None
        return {
            "Channels": len(self._pbx.channels),
            **self._service.census(),
            "Streams": self._engine.stream_count,
            **process_census(),
        }

    def _contacts(self, aor: str) -> list[ContactView]:
        assert self._service is not None
        known = self._service.settings.aors.get(aor)
        if known is None:
            return []
        return [contact_view(each) for each in self._service.location.contacts(known)]

    # what the outside asks of it

    def stop(self, mode: StopMode, *, restarts: bool = False) -> None:
        """Ask the node to end; returns at once."""
        self.restarts = restarts and mode is not StopMode.ABORT
        self._stop_mode = None if mode is StopMode.ABORT else mode
        if self._pbx is not None:
            self._pbx.is_closing = self._stop_mode in {StopMode.NOW, StopMode.GRACEFULLY}
        if mode is StopMode.NOW:
            self._stopped.set()

    async def _wait_for_stop(self, pbx: Pbx) -> None:
        while not self._stopped.is_set():
            if self._stop_mode is not None and not pbx.channels:
                return
            try:
                async with asyncio.timeout(LOOK_INTERVAL if self._stop_mode else 1.0):
                    await self._stopped.wait()
            except TimeoutError:
                continue

    async def reload(self, what: str = "", *, tells: bool = True) -> None:
        """Read the configuration anew: all of it, or what a word such as ``pjsip`` stands for.

        Args:
            what: The word; empty: all.
            tells: Managers hear of it.

        Raises:
            ConfigError: What is wrong; what was there stays.
        """
        asterisk = self.configuration.asterisk
        if asterisk.static_files:
            await asyncio.to_thread(with_static_files, asterisk)
        word = what.removesuffix(".so").removeprefix("res_").removeprefix("chan_").lower()
        self._reload_files(word)
        if word in {"", "dialplan", "extensions", "pbx_config", "pbx_ael"}:
            await self._dialplan.reload()
        self.reloaded_at = _wall_clock()
        if self._pbx is not None and tells:
            self._pbx.events.publish(Reloaded(what or "All"))

    def _reload_files(self, word: str) -> None:
        """Read all that is meant before any of it changes anything."""
        if self._pbx is None or self._service is None:
            return
        parts: list[Part] = [each for each in self._parts if not word or word in each.words]
        warnings = [warning for part in parts for warning in part.read()]
        if word in {"", "pjsip", "sip"}:
            sip, missing = load_sip(self.configuration.asterisk)
            self.configuration = replace(self.configuration, sip=sip, missing=missing)
            self._service.reload(sip.settings)
            warnings += sip.warnings
        for part in parts:
            part.apply(self._pbx)
        _say(warnings)

    def limit_calls(self, maximum: int) -> None:
        """Take at most so many calls, whatever ``asterisk.conf`` says; before it runs."""
        asterisk = replace(self.configuration.asterisk, maximum_calls=maximum)
        self.configuration = replace(self.configuration, asterisk=asterisk)

    def handle_signals(self) -> None:
        """SIGTERM and SIGINT end the node, SIGHUP has it read its configuration anew."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop, StopMode.NOW)
        loop.add_signal_handler(signal.SIGHUP, self._reload_by_signal)

    def _reload_by_signal(self) -> None:
        if self._pbx is not None:
            self._pbx.spawn(self._reload_or_say_why(), name="reload")

    async def _reload_or_say_why(self) -> None:
        try:
            await self.reload()
        except SwitchroomError as error:
            logger.error("reload refused: %s", error.render())  # noqa: TRY400  # known, no trace


class _Chores:
    """What runs beside the calls for as long as the node serves."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> typing.Self:
        await self._group.__aenter__()
        return self

    def start(self, work: typing.Coroutine[typing.Any, typing.Any, None], name: str) -> None:
        self._tasks.append(self._group.create_task(work, name=name))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)  # an error of the node is no group's


async def _end_calls(pbx: Pbx) -> None:
    """Hang up what is up while there is still somebody to say goodbye through."""
    for channel in list(pbx.channels.values()):
        channel.hangup(HangupCause.NORMAL_TEMPORARY_FAILURE)
    deadline = asyncio.get_running_loop().time() + SHUTDOWN_TIMEOUT
    while pbx.channels and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110  # once
        await asyncio.sleep(LOOK_INTERVAL / 10)


def _ending(pbx: Pbx) -> Callable[..., typing.Coroutine[typing.Any, typing.Any, None]]:
    """Leave the core, but do not wait for ever for an ``h`` that does not end."""

    async def leave(*exception: object) -> None:
        try:
            async with asyncio.timeout(SHUTDOWN_TIMEOUT):
                await pbx.__aexit__(*exception)
        except TimeoutError:
            logger.warning("calls that did not end within %s s were cut off", SHUTDOWN_TIMEOUT)

    return leave


def _make_technologies(services: Mapping[type, object]) -> dict[str, Technology]:
    """Make every channel technology; its constructor says by type which services it needs."""
    made: dict[str, Technology] = {}
    instances: dict[type[Technology], Technology] = {}
    for name, driver in collect_technologies(switchroom.channels).items():
        if driver not in instances:
            wanted = typing.get_type_hints(driver.__init__) if "__init__" in vars(driver) else {}
            wanted.pop("return", None)
            arguments = {each: services[kind] for each, kind in wanted.items()}
            instances[driver] = driver(**arguments)
        made[name] = instances[driver]
    return made


def _say(warnings: Iterable[ConfigWarning]) -> None:
    for warning in warnings:
        logger.warning("%s", warning)


def _wall_clock() -> float:
    return time.time()  # noqa: TID251  # what channels are stamped with


def loop_factory() -> asyncio.AbstractEventLoop:
    """An uvloop where there is one: four to six times the packets a core."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def run_node(
    where: Path,
    *,
    on_ready: Callable[[], None] | None = None,
    maximum_calls: int | None = None,
) -> bool:
    """Run a node on this folder until it is stopped; returns whether it is to start anew.

    Args:
        where: Its configuration folder, or an ``asterisk.conf``.
        on_ready: Called once calls are accepted.
        maximum_calls: How many it takes; None: as ``asterisk.conf`` says.

    Raises:
        SwitchroomError: It cannot start.
    """

    async def main() -> bool:
        node = Node(where)
        if maximum_calls is not None:
            node.limit_calls(maximum_calls)
        node.handle_signals()
        await node.run(on_ready)
        return node.restarts

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(main())
