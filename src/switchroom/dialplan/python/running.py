"""Runs the functions of a Python dialplan on a channel."""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.arguments import Signature
from switchroom.dialplan.python.call import Call, Moved
from switchroom.pbx.channel import Channel, HangupError

logger = logging.getLogger(__name__)

PYTHON = "Python"  #: the application that an extension in Python consists of
RESULT = "PYTHON_RETVAL"


class Routine:
    """A coroutine function of a Python dialplan.

    Args:
        run: Its first parameter is the :class:`Call`, the others are the dialplan's.

    Raises:
        TypeError: It is no coroutine function, or takes no call.
    """

    def __init__(self, run: Callable[..., Awaitable[object]]) -> None:
        self.name = run.__name__
        self.run = run
        if not inspect.iscoroutinefunction(run):
            raise TypeError(f"{self.name} is no coroutine function: write async def")
        parameters = list(inspect.signature(run).parameters.values())
        if not parameters:
            raise TypeError(f"{self.name} takes no call: write async def {self.name}(call: Call)")
        for parameter in parameters[1:]:
            if parameter.annotation is inspect.Parameter.empty:
                raise TypeError(f"{self.name}: {parameter.name} needs a type, such as str or int")
        self.signature = Signature(self.name, run)
        self.path = Path(run.__code__.co_filename)
        self.line = run.__code__.co_firstlineno

    async def __call__(self, channel: Channel, arguments: str) -> None:
        """Run it; whatever it raises ends this call alone.

        Raises:
            BadArgumentsError: The arguments are not what it takes.
            ApplicationFailedError: It failed; the log has the traceback.
        """
        values = self.signature.bind(arguments)
        try:
            result = await self.run(Call(channel), *values)
        except Moved:
            return
        except (HangupError, asyncio.CancelledError):
            raise
        except Exception as error:  # the supervisor of one call's program
            logger.exception("%s: %s failed", channel.name, self.name)
            what = f"{type(error).__name__}: {error}"
            message = f"{self.path.name}:{self._failed_at(error)}: {self.name}: {what}"
            raise ApplicationFailedError(message) from error
        if result is not None:
            channel.set_variable(RESULT, str(result))

    def _failed_at(self, error: Exception) -> int:
        frames = traceback.extract_tb(error.__traceback__)
        own = (f.lineno or 0 for f in reversed(frames) if f.filename == str(self.path))
        return next(own, self.line)
