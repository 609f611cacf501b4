"""Holding bridges: who waits there hears music, and whatever an announcer says, but nobody else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from switchroom.pbx.bridging.audio import HoldingAudio
from switchroom.pbx.bridging.bridge import Bridge, Left, Party
from switchroom.pbx.pbx import Pbx


class HoldingBridges(dict[str, "HoldingBridge"]):
    """Those of a node, by their names."""


class Entertainment:
    """What one who waits hears.

    Args:
        begin: Starts it.
        end: Stops it; harmless where it did not start.
    """

    def __init__(
        self, begin: Callable[[], Coroutine[Any, Any, None]], end: Callable[[], None]
    ) -> None:
        self.begin = begin
        self.end = end


class HoldingBridge(Bridge):
    """One that has a name; it is there as long as somebody is in it.

    Args:
        pbx: The core.
        name: As BridgeWait() calls it.
    """

    def __init__(self, pbx: Pbx, name: str) -> None:
        super().__init__(pbx, keeps_one=True)
        self.kind = "holding"
        self.creator, self.name = "BridgeWait", name
        self.announcer: Party | None = None
        self._waiting: dict[Party, Entertainment] = {}
        self._holding = HoldingAudio(pbx.engine)

    @classmethod
    def find(cls, pbx: Pbx, name: str) -> HoldingBridge:
        """The bridge of that name, or a new one, which is known as soon as somebody is in it."""
        return pbx.datastore(HoldingBridges).get(name) or cls(pbx, name)

    async def wait(self, party: Party, entertainment: Entertainment) -> None:
        """Take in somebody who waits, and whose audio is open."""
        self.attach(party)
        self._waiting[party] = entertainment
        if self.announcer is None:
            await entertainment.begin()
        else:
            self._let_hear()

    def announce(self, party: Party) -> bool:
        """Take in an announcer, whose audio is open; returns False where there is one already."""
        if self.announcer is not None:
            return False
        self.announcer = party
        self.attach(party)
        for entertainment in self._waiting.values():
            entertainment.end()
        self._let_hear()
        return True

    def _let_hear(self) -> None:
        announcer = self.announcer.stream if self.announcer is not None else None
        if announcer is not None:
            hearers = [party.stream for party in self._waiting if party.stream is not None]
            self._holding.announce(announcer, hearers)

    def attach(self, party: Party) -> None:
        """See :meth:`Bridge.attach`."""
        self.pbx.datastore(HoldingBridges)[self.name] = self
        super().attach(party)

    def detach(self, party: Party) -> None:
        """Let one go; when the announcer is gone, the others hear their music again."""
        if party.stream is not None:
            self._holding.leave(party.stream)
        entertainment = self._waiting.pop(party, None)
        if entertainment is not None:
            entertainment.end()
        super().detach(party)
        if party is self.announcer:
            self.announcer = None
            self._holding.end_announcement()
            for other, entertainment in self._waiting.items():
                self.pbx.spawn(entertainment.begin(), name=other.channel.name)
        if not self.parties:
            self.pbx.datastore(HoldingBridges).pop(self.name, None)

    def _connect(self) -> None:
        """Nobody hears anybody."""

    def let_go(self, party: Party, left: Left) -> None:
        """One has waited long enough."""
        if party in self.parties:
            self.detach(party)
            party.end(left)

    def take_out(self, party: Party) -> Bridge:
        """Move one who waits into a bridge of its own, to be talked to."""
        self.detach(party)
        bridge = Bridge(self.pbx, keeps_one=True)
        bridge.attach(party)
        return bridge

    def leave(self, party: Party) -> None:
        """See :meth:`Bridge.leave`; who is left goes on waiting."""
        if party in self.parties:
            self.detach(party)
