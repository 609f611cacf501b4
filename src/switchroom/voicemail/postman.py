"""Takes e-mail out of the outbox, one after the other, and tries again what did not work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from switchroom.voicemail.outbox import Mail, Outbox
from switchroom.voicemail.sending import NotSentError, RefusedError

logger = logging.getLogger(__name__)

#: Seconds after which a failed try is repeated; the last one counts for all further ones.
DELAYS = (15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)
LONGEST = 5 * 86400.0  #: seconds; RFC 5321 section 4.5.4.1 asks for four to five days


class Postman:
    """Runs for as long as the node does.

    Args:
        outbox: Where e-mail waits.
        send: Raises :class:`NotSentError` or :class:`RefusedError`.
        now: The wall clock.
    """

    def __init__(
        self, outbox: Outbox, send: Callable[[Mail], Awaitable[None]], now: Callable[[], float]
    ) -> None:
        self._outbox = outbox
        self._send = send
        self._now = now
        self._new = asyncio.Event()
        self._due: dict[Path, tuple[float, int]] = {}  #: when by the loop's time, and tries so far

    def collect(self) -> None:
        """Something was put into the outbox."""
        self._new.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._new.clear()
            waiting = await asyncio.to_thread(self._outbox.waiting)
            self._due = {path: self._due.get(path, (0.0, 0)) for path in waiting}
            now = asyncio.get_running_loop().time()
            for path in waiting:
                if self._due[path][0] <= now:
                    await self._try(path)
            await self._rest()

    async def _rest(self) -> None:
        """Until something is new, or due again."""
        due = min((at for at, _ in self._due.values()), default=None)
        within = None if due is None else max(0.0, due - asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(within):
                await self._new.wait()
        except TimeoutError:
            pass

    async def _try(self, path: Path) -> None:
        mail = await asyncio.to_thread(self._outbox.read, path)
        if mail is None:
            self._later(path)
            return
        try:
            await self._send(mail)
        except RefusedError:
            logger.exception("e-mail to %s was refused", ", ".join(mail.recipients))
            await self._give_up(path)
        except NotSentError as error:
            if self._now() - self._outbox.created_at(path) > LONGEST:
                logger.exception("e-mail to %s is given up", ", ".join(mail.recipients))
                await self._give_up(path)
                return
            later = self._later(path)
            logger.warning(
                "e-mail to %s was not sent (again in %.0f s): %s",
                ", ".join(mail.recipients),
                later,
                error,
            )
        else:
            await self._put_away(path, path.unlink)

    def _later(self, path: Path) -> float:
        _, tries = self._due[path]
        seconds = DELAYS[min(tries, len(DELAYS) - 1)]
        self._due[path] = (asyncio.get_running_loop().time() + seconds, tries + 1)
        return seconds

    async def _give_up(self, path: Path) -> None:
        await self._put_away(path, partial(self._outbox.give_up, path))

    async def _put_away(self, path: Path, put_away: Callable[[], object]) -> None:
        """Have a file out of the way; one that cannot be is not sent again at once."""
        try:
            await asyncio.to_thread(put_away)
        except FileNotFoundError:
            pass  # somebody else did
        except OSError:
            logger.exception("%s stays in the way, and is sent again", path)
            self._later(path)
            return
        del self._due[path]
