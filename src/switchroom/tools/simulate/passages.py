"""Video and fax in virtual time: nothing is sent, but who is connected with whom is kept."""

from __future__ import annotations

from typing import cast

from switchroom.media.api import Address, StreamStatistics
from switchroom.media.passages import Passage, PassagePlan

FIRST_PORT = 20000


class SimulatedPassage:
    """Keeps its plan, and with which other one it is connected."""

    def __init__(self, host: str, port: int, plan: PassagePlan) -> None:
        self.local_address: Address = (host, port)
        self.plan = plan
        self.connected: SimulatedPassage | None = None
        self.watches: SimulatedPassage | None = None  #: of a conference, whose video it gets
        self.closed = False

    def update(self, plan: PassagePlan) -> None:
        """Go on with another plan."""
        self.plan = plan

    def statistics(self) -> StreamStatistics:
        """Nothing is sent, nothing received."""
        return StreamStatistics(0, 0, 0, 0, 0, 0, 0.0, None)

    def close(self) -> None:
        """End it, and its connection."""
        self.closed = True
        self.part()

    def part(self) -> None:
        """End its connection."""
        if self.connected is not None:
            self.connected.connected = None
            self.connected = None


class SimulatedPassages:
    """The part of an engine that opens and joins them; the newest is last."""

    def __init__(self) -> None:
        self.passages: list[SimulatedPassage] = []

    def open_passage(self, host: str, plan: PassagePlan) -> Passage:
        """A passage to one party."""
        first = plan.ports[0] if plan.ports is not None else FIRST_PORT
        passage = SimulatedPassage(host, first + 2 * len(self.passages), plan)
        self.passages.append(passage)
        return passage

    def connect_passages(self, first: Passage, second: Passage) -> None:
        """Let each have what comes from the other."""
        one, two = cast("SimulatedPassage", first), cast("SimulatedPassage", second)
        if one.closed or two.closed:
            return
        one.part()
        two.part()
        one.connected, two.connected = two, one

    def disconnect_passages(self, first: Passage, second: Passage) -> None:
        """Undo :meth:`connect_passages`."""
        one = cast("SimulatedPassage", first)
        if one.connected is second:
            one.part()

    def show(self, watcher: Passage, shown: Passage | None, *, picture_pause: float = 0.0) -> None:
        """Let one party see another's video, one way."""
        one, two = cast("SimulatedPassage", watcher), cast("SimulatedPassage | None", shown)
        if not one.closed and (two is None or not two.closed):
            one.watches = two
