"""Starts helper programs, watches them, starts them again.

A program is its process group: whatever it starts ends with it. Its number stands in a file, so
that a node that was killed finds at its next start what it left behind, and ends that first.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import json
import logging
import os
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Self

from cronsim import CronSim

from switchroom.ops.processes.output import OutputLog
from switchroom.ops.processes.usage import birth_of, resident_memory, signal_group

logger = logging.getLogger(__name__)

FIRST_DELAY = 1.0  #: seconds until a program that failed is started again; doubled each time
LONGEST_DELAY = 60.0
SETTLED_AFTER = 60.0  #: seconds up after which a failure counts as the first again
LOOK_INTERVAL = 1.0  #: seconds between two looks at a program
MEMORY_LOOKS = 5  #: looks between two at its memory


class State(Enum):
    """Where a program stands."""

    STOPPED = "stopped"
    RUNNING = "running"
    ENDING = "ending"
    WAITING = "waiting"  #: to be started again


@dataclass(frozen=True, slots=True)
class ProcessPlan:
    """What is to run.

    Attributes:
        command: The words of its command line.
        directory: Where it runs; empty: where the node does.
        environment: Besides what the node has.
        starts_itself: Whether it starts with the node.
        on_exit: ``restart``, ``restart-on-failure`` or ``leave``.
        restart_at: A cron line; empty: never.
        memory_limit: Octets of it and its children; 0: none.
        stop_timeout: Seconds between SIGTERM and SIGKILL.
    """

    name: str
    command: tuple[str, ...]
    directory: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    starts_itself: bool = True
    on_exit: str = "restart"
    restart_at: str = ""
    memory_limit: int = 0
    stop_timeout: float = 10.0


class SupervisedProcess:
    """One program.

    Args:
        plan: What it is.
        folders: Where its number and its output are kept.
        clock: The wall clock, local time.
    """

    def __init__(
        self, plan: ProcessPlan, folders: Folders, clock: Callable[[], datetime.datetime]
    ) -> None:
        self.plan = plan
        self.state = State.STOPPED
        self.pid = 0
        self.started_at: datetime.datetime | None = None
        self.restarts = 0
        self.memory = 0  #: octets, when it was last looked at
        self.last_end = ""  #: why it ended last
        self._folders = folders
        self._clock = clock
        self._wanted = plan.starts_itself
        self._wish = asyncio.Event()  #: somebody wants something of it
        self._restart_wanted = False
        self._is_closing = False

    # what the outside asks of it

    def start(self) -> None:
        """Run it, if it does not."""
        self._wanted = True
        self._wish.set()

    def stop(self) -> None:
        """End it, and do not start it again."""
        self._wanted = False
        self._wish.set()

    def restart(self) -> None:
        """End it and start it."""
        self._wanted = self._restart_wanted = True
        self._wish.set()

    def close(self) -> None:
        """End it for good: :meth:`supervise` returns."""
        self._is_closing = True
        self.stop()

    async def supervise(self) -> None:
        """Keep it as it is wanted until :meth:`close`."""
        await self._end_what_was_left()
        delay = FIRST_DELAY
        while not self._is_closing:
            self._wish.clear()
            self._restart_wanted = False
            if not self._wanted:
                self.state = State.STOPPED
                await self._wish.wait()
                continue
            began = self._now()
            is_failure = await self._run_once()
            if not is_failure or self._now() - began > SETTLED_AFTER:
                delay = FIRST_DELAY
            if is_failure and self._goes_on():
                self.state = State.WAITING
                logger.warning("%s: %s; again in %.0f s", self.plan.name, self.last_end, delay)
                await self._wait_for_a_wish(delay)
                delay = min(delay * 2, LONGEST_DELAY)
            self.restarts += self._goes_on()
        self.state = State.STOPPED

    def _goes_on(self) -> bool:
        return self._wanted and not self._is_closing

    async def _run_once(self) -> bool:
        """Run it until it ends.

        Returns:
            Whether it ended by itself and is to be started again later.
        """
        try:
            process = await self._spawn()
        except OSError as error:
            self.last_end = f"cannot be started: {error.strerror or error}"
            return True
        async with asyncio.TaskGroup() as group:
            output = OutputLog(self._folders.output(self.plan.name))
            assert isinstance(process.stdout, asyncio.StreamReader)
            keeping = group.create_task(output.keep(process.stdout), name="process output")
            ended = group.create_task(process.wait(), name="process end")
            try:
                reason = await self._watch(ended)
            finally:
                await self._end(process)
                # Somebody outside of the group may hold the pipe open: that is not waited for.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(keeping, timeout=LOOK_INTERVAL)
                output.close()
                self._folders.pid_file(self.plan.name).unlink(missing_ok=True)
                self.pid = 0
        if reason:
            self.last_end = reason
            return False
        return self._ended_by_itself(process.returncode or 0)

    async def _spawn(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self.plan.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self.plan.directory or None,
            env={**os.environ, **self.plan.environment},
            start_new_session=True,
        )
        self.pid, self.started_at, self.state = process.pid, self._clock(), State.RUNNING
        written = json.dumps({"pid": process.pid, "began": birth_of(process.pid)})
        self._folders.pid_file(self.plan.name).write_text(written)
        logger.info("%s runs as process %s", self.plan.name, process.pid)
        return process

    async def _watch(self, ended: asyncio.Task[int]) -> str:
        """Until it ends or is to end; why it is to, nothing when it ended by itself."""
        due = self._next_restart()
        ended.add_done_callback(lambda _: self._wish.set())
        for looks in itertools.count():
            self._wish.clear()
            await self._wait_for_a_wish(LOOK_INTERVAL)
            if ended.done():
                return ""
            if self._restart_wanted or not self._wanted:
                return "restarted" if self._wanted else "stopped"
            if due is not None and self._clock() >= due:
                return f"restarted as `{self.plan.restart_at}` says"
            if looks % MEMORY_LOOKS == 0:
                self.memory = await asyncio.to_thread(resident_memory, self.pid)
                if 0 < self.plan.memory_limit < self.memory:
                    return f"restarted: {self.memory >> 20} MiB are above its memory_limit"
        raise AssertionError("it is watched until it ends")

    def _next_restart(self) -> datetime.datetime | None:
        if not self.plan.restart_at:
            return None
        return next(CronSim(self.plan.restart_at, self._clock()), None)

    def _ended_by_itself(self, status: int) -> bool:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        self.last_end = f"ended with {how}"
        if self.plan.on_exit == "leave" or (self.plan.on_exit != "restart" and status == 0):
            self._wanted = False
            logger.info("%s %s", self.plan.name, self.last_end)
            return False
        return True

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """End its whole group: ask, then insist."""
        if process.returncode is None:
            self.state = State.ENDING
            signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), timeout=self.plan.stop_timeout)
        signal_group(process.pid, signal.SIGKILL)  # and whatever of its group is left
        await process.wait()

    async def _end_what_was_left(self) -> None:
        """End what a node before this one started and could not end."""
        path = self._folders.pid_file(self.plan.name)
        try:
            left = json.loads(path.read_text())
            pid, began = int(left["pid"]), float(left["began"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        if began and birth_of(pid) == began:
            logger.warning("%s still runs as process %s: ending it", self.plan.name, pid)
            signal_group(pid, signal.SIGTERM)
            until = self._now() + self.plan.stop_timeout
            while birth_of(pid) == began and self._now() < until:  # noqa: ASYNC110  # not our child
                await asyncio.sleep(LOOK_INTERVAL / 10)
            signal_group(pid, signal.SIGKILL)
        path.unlink(missing_ok=True)

    async def _wait_for_a_wish(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wish.wait(), timeout=seconds)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a node keeps what it must know of its programs."""

    run: Path
    log: Path

    def pid_file(self, name: str) -> Path:
        """Which process a program is."""
        return self.run / f"{name}.json"

    def output(self, name: str) -> Path:
        """What a program prints."""
        return self.log / f"{name}.log"


class Processes(dict[str, SupervisedProcess]):
    """All programs of a node, by name. A datastore of the core."""


class Supervisor:
    """Keeps a node's programs as the configuration wants them.

    Args:
        processes: Filled and emptied here; others look at it.
        folders: Made where they are missing.
        clock: The wall clock, local time.
    """

    def __init__(
        self,
        processes: Processes,
        folders: Folders,
        clock: Callable[[], datetime.datetime],
    ) -> None:
        self.processes = processes
        self._folders = folders
        self._clock = clock
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        self._folders.run.mkdir(parents=True, exist_ok=True)
        self._folders.log.mkdir(parents=True, exist_ok=True)
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        for each in self.processes.values():
            each.close()
        await self._group.__aexit__(None, None, None)
        self.processes.clear()

    def use(self, plans: Iterable[ProcessPlan]) -> None:
        """Run these from now on: what changed is restarted, what is not among them ended."""
        wanted = {plan.name: plan for plan in plans}
        for name in [name for name in self.processes if name not in wanted]:
            self.processes.pop(name).close()
        for name, plan in wanted.items():
            known = self.processes.get(name)
            if known is None:
                known = self.processes[name] = SupervisedProcess(plan, self._folders, self._clock)
                self._group.create_task(known.supervise(), name=f"process {name}")
            elif known.plan != plan:
                known.plan = plan
                if known.state is not State.STOPPED:
                    known.restart()
