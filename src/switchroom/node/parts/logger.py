"""``logger.conf``: what is logged where."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.logger import LoggerConfig, read_logger
from switchroom.node.part import Part
from switchroom.ops.log_channels import ChannelPlan, LogChannels, LogPlan
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.step_log import StepLog
from switchroom.queues.log import NONE, QueueLog


class Logger(Part):
    """Files of the log, as ``logger.conf`` says; the console is set by ``-v`` and ``-d``."""

    words = frozenset({"logger"})

    def __init__(self, asterisk: AsteriskConfig) -> None:
        super().__init__(asterisk)
        self._is_applied = False

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("logger.conf", read_logger) or LoggerConfig()
        return self._config.warnings

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        stack.callback(pbx.datastore(LogChannels).close)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if self._is_applied:
            pbx.datastore(QueueLog).write(NONE, NONE, NONE, "CONFIGRELOAD", "")
        self._is_applied = True
        pbx.datastore(StepLog).set_verbosity(pbx, self.asterisk.verbose)
        config = self._config
        folder = pbx.directories.astlogdir
        if config.is_default and not folder.is_dir():
            return  # nobody asked for files, and there is no place for them
        pbx.datastore(LogChannels).open(
            LogPlan(
                tuple(ChannelPlan(c.name, c.levels, c.formatter) for c in config.channels),
                folder,
                config.date_format,
                config.appends_host,
                config.strategy,
                config.after_rotation,
                config.queue_limit,
                is_quiet=config.is_default,
            )
        )
