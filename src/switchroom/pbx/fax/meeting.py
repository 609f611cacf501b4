"""How a fax of ours and the party come to T.38: either asks, and either may go back to audio."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from switchroom.base.errors import MediaError
from switchroom.pbx.fax.t38 import TERMS, T38Party

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel
    from switchroom.sdp.sections import Section


#: Seconds: the other end has its own application by then, and has heard a machine answer.
ASKED_AFTER = 3.0


class FaxRefusedError(MediaError):
    """The party does not go over to T.38."""


class Meeting:
    """Fulfils :class:`~switchroom.pbx.fax.t38.FaxEnd` for the time of one fax; enter it.

    Args:
        channel: Whose fax it is.
        party: Its party.
    """

    def __init__(self, channel: Channel, party: T38Party) -> None:
        self._channel = channel
        self._party = party
        loop = asyncio.get_running_loop()
        #: The party's terms; None: it does not go over, and audio is not allowed.
        self.settled: asyncio.Future[Section | None] = loop.create_future()
        self.left: asyncio.Future[None] = loop.create_future()  #: back to audio

    async def __aenter__(self) -> Self:
        self._party.ends_here = self
        return self

    async def __aexit__(self, *_: object) -> None:
        self._party.ends_here = None
        if not self._channel.is_hung_up:
            await self._party.leave()

    def begin(self, section: Section) -> None:
        """See :class:`~switchroom.pbx.fax.t38.FaxEnd`."""
        self._settle(section)

    def _settle(self, section: Section | None) -> None:
        if not self.settled.done():
            self.settled.set_result(section)

    def end(self) -> None:
        """See :class:`~switchroom.pbx.fax.t38.FaxEnd`."""
        if not self.left.done():
            self.left.set_result(None)

    def ask(self, within: float, *, allows_audio: bool) -> None:
        """Ask for T.38 a little later; meanwhile it goes on as audio.

        Args:
            within: Seconds that the answer is waited for; one that comes later still counts where
                audio is allowed.
            allows_audio: Where the party refuses, or says nothing.
        """
        asking = self._ask(None if allows_audio else within)
        self._channel.pbx.spawn(asking, name=self._channel.name)

    async def _ask(self, within: float | None) -> None:
        await asyncio.sleep(ASKED_AFTER)
        if self.settled.done() or self._party.ends_here is not self:
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(within, self._settle, None) if within is not None else None
        section = await self._party.ask(list(TERMS))
        if timer is not None:
            timer.cancel()
        if section is not None or timer is not None:
            self._settle(section)
        if section is not None and (
            self._party.ends_here is not self or self.settled.result() is not section
        ):
            await self._party.leave()  # the fax is over, or was given up
