"""How a fax of ours and the party come to T.38: either asks, and either may go back to audio."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from switchroom.base.errors import MediaError
from switchroom.pbx.fax.t38 import TERMS, T38Party

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel
    from switchroom.sdp.sections import Section


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
        self.agreed: asyncio.Future[Section] = loop.create_future()  #: the party's terms
        self.left: asyncio.Future[None] = loop.create_future()  #: back to audio
        self._refused: asyncio.Future[None] = loop.create_future()

    async def __aenter__(self) -> Self:
        self._party.ends_here = self
        return self

    async def __aexit__(self, *_: object) -> None:
        self._party.ends_here = None
        if not self._channel.is_hung_up:
            await self._party.leave()

    def begin(self, section: Section) -> None:
        """See :class:`~switchroom.pbx.fax.t38.FaxEnd`."""
        if not self.agreed.done():
            self.agreed.set_result(section)

    def end(self) -> None:
        """See :class:`~switchroom.pbx.fax.t38.FaxEnd`."""
        if not self.left.done():
            self.left.set_result(None)

    async def ask(self, within: float, *, allows_audio: bool) -> None:
        """Ask for T.38; an answer that comes later still counts.

        Args:
            within: Seconds that the answer is waited for.
            allows_audio: Where the party refuses, or says nothing.

        Raises:
            FaxRefusedError: It does, and audio is not allowed.
        """
        self._channel.pbx.spawn(self._ask(), name=self._channel.name)
        both = (self.agreed, self._refused)
        await asyncio.wait(both, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if not self.agreed.done() and not allows_audio:
            raise FaxRefusedError("the party does not go over to T.38 (option f allows audio)")

    async def _ask(self) -> None:
        section = await self._party.ask(list(TERMS))
        if section is not None:
            self.begin(section)
            if self._party.ends_here is not self:  # the fax is over, and went as audio
                await self._party.leave()
        elif not self._refused.done():
            self._refused.set_result(None)
