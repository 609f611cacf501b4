"""``processes.conf``: helper programs that the node looks after."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.language.options import ConfigWarning
from switchroom.config.processes import ProcessConfig, ProcessesConfig, read_processes
from switchroom.node.part import Part, Services
from switchroom.ops.processes.supervisor import Folders, Processes, ProcessPlan, Supervisor
from switchroom.pbx.pbx import Pbx

FOLDER = "processes"  #: in the run and log folders


class SupervisedPrograms(Part):
    """The file, which need not be there."""

    words = frozenset({"processes"})
    _supervisor: Supervisor | None = None

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("processes.conf", read_processes) or ProcessesConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if self._supervisor is not None:
            self._supervisor.use(map(_plan, self._config.processes))

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        directories = self.asterisk.directories
        folders = Folders(directories.astrundir / FOLDER, directories.astlogdir / FOLDER)
        processes = services.pbx.datastore(Processes)
        self._supervisor = await stack.enter_async_context(
            Supervisor(processes, folders, _local_time)
        )
        self.apply(services.pbx)


def _plan(config: ProcessConfig) -> ProcessPlan:
    return ProcessPlan(
        name=config.name,
        command=config.command,
        directory=config.directory,
        environment=dict(config.environment),
        starts_itself=config.starts_itself,
        on_exit=config.on_exit,
        restart_at=config.restart_at,
        memory_limit=config.memory_limit,
        stop_timeout=config.stop_timeout,
    )


def _local_time() -> datetime.datetime:
    return datetime.datetime.now()  # noqa: DTZ005  # cron lines are in the machine's time
