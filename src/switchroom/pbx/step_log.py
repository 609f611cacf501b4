"""Say in the log what calls execute, a line a step, for those who follow calls there."""

from __future__ import annotations

import logging
from collections.abc import Callable

from switchroom.pbx.events import NewExtension
from switchroom.pbx.pbx import Pbx

#: Lines of this name are the original's VERBOSE, and no other kind.
logger = logging.getLogger("switchroom.verbose")

LEVEL = 3  #: of verbosity, from which on steps are said


class StepLog:
    """Of one node, by ``pbx.datastore(StepLog)``."""

    def __init__(self) -> None:
        self._end: Callable[[], None] | None = None

    def set_verbosity(self, pbx: Pbx, level: int) -> None:
        """Say steps from a level on; below it they are not even told to the log."""
        if level >= LEVEL and self._end is None:
            self._end = pbx.events.subscribe(NewExtension, _say)
        elif level < LEVEL and self._end is not None:
            self._end()
            self._end = None


def _say(step: NewExtension) -> None:
    if logger.isEnabledFor(logging.INFO):
        logger.info(
            'Executing [%s@%s:%s] %s("%s", "%s") in new stack',
            step.extension, step.context, step.priority, step.application, step.channel, step.data,
        )  # fmt: skip
