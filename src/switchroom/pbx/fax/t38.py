"""T.38 with a party whose driver knows it: who asks whom, and what a fax of ours says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from switchroom.media.passages import Passage
from switchroom.rtp.udptl import LARGEST
from switchroom.sdp.sections import Section

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel

#: What a terminal of ours offers, and answers.
TERMS = (
    "T38FaxVersion:0",
    "T38MaxBitRate:14400",
    "T38FaxRateManagement:transferredTCF",
    f"T38FaxMaxDatagram:{LARGEST}",
)


class FaxPorts:
    """The range of ports for UDPTL, by ``pbx.datastore(FaxPorts)``; ``udptl.conf`` sets it."""

    def __init__(self) -> None:
        self.range = (4000, 4999)


class FaxEnd(Protocol):
    """Who would take fax at our end of a call, where no other party does."""

    def begin(self, section: Section) -> None:
        """The party has asked for T.38, and was told yes."""

    def end(self) -> None:
        """It has gone back to audio."""


class T38Party(Protocol):
    """A driver's way to T.38 with its party."""

    ends_here: FaxEnd | None  #: set by who takes it

    @property
    def is_allowed(self) -> bool:
        """Whether the configuration of the party says that it may."""
        ...

    @property
    def passage(self) -> Passage | None:
        """Where its datagrams come and go; None while there are none."""
        ...

    async def ask(self, terms: list[str]) -> Section | None:
        """Ask the party to go over to it; returns its terms, None where it does not."""
        ...

    async def leave(self) -> None:
        """Ask the party to go back to audio, where it is not there."""


def t38_of(channel: Channel) -> T38Party | None:
    """The party's way to it, where it may go that way."""
    found: T38Party | None = getattr(channel.driver, "fax", None)
    return found if found is not None and found.is_allowed else None


def redundancy_for(section: Section) -> int:
    """How many packets before it each datagram is to carry again: the party says whether any."""
    wanted = [each.lower() for each in section.values("T38FaxUdpEC")]
    return 3 if "t38udpredundancy" in wanted else 0


def largest_for(section: Section) -> int:
    """Octets of a datagram that the party takes."""
    told = [int(each) for each in section.values("T38FaxMaxDatagram") if each.isdecimal()]
    # Some tell 72 and mean a packet of T.38; a datagram has to hold one at least.
    return max(*told, 160) if told else LARGEST
