"""Offers that we make within a call: one at a time, each waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from switchroom.sip.errors import LocalSipError
from switchroom.sip.session import Session

logger = logging.getLogger(__name__)


class OwnOffers:
    """Belongs to one call."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether one waits for its answer."""
        return self._waiting is not None and not self._waiting.done()

    async def make(
        self, session: Session | None, sdp: str, *, now: float, sent: Callable[[], None]
    ) -> str:
        """Send one; ``sent`` is called once it is on its way.

        Returns:
            The answer; empty where the offer was refused, could not be made, or the call ended.
        """
        if session is None or self.is_open:
            return ""
        try:
            session.offer(sdp, now=now)
        except LocalSipError as error:
            logger.debug("no offer: %s", error)
            return ""
        self._waiting = asyncio.get_running_loop().create_future()
        sent()
        return await self._waiting

    def settle(self, sdp: str) -> None:
        """It was answered; empty: refused, or the call ended."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(sdp)
