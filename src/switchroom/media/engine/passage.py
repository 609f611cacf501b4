"""One passage of the engine, as the control side holds it."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from switchroom.media.api import Address, Direction, StreamStatistics
from switchroom.media.engine import _engine
from switchroom.media.engine.reaching import Path
from switchroom.media.engine.srtp import Contexts
from switchroom.media.passages import VIDEO_CLOCK_RATE, VIDEO_CODECS, Carries, PassagePlan

if TYPE_CHECKING:
    from switchroom.media.engine.engine import Engine

_SENDS = frozenset({Direction.SENDRECV, Direction.SENDONLY})
_RECEIVES = frozenset({Direction.SENDRECV, Direction.RECVONLY})

logger = logging.getLogger(__name__)

PassageValues = tuple[
    int, bytes, bool, bool, bool, int, Address | None,
    bool, int, int, bool, bool, int, int, int, int
]  # fmt: skip


def passage_values(
    plan: PassagePlan, contexts: Contexts, of_reports: Contexts | None = None
) -> PassageValues:
    """A plan in the numbers of the native side; contexts as in ``plan_values``."""
    is_video = plan.carries is Carries.VIDEO
    types = [plan.payload_types.get(name, _engine.NO_TYPE) for name in VIDEO_CODECS]
    types += [_engine.NO_TYPE] * (_engine.VIDEO_CODECS - len(types))
    return (
        _engine.CARRIES_VIDEO if is_video else _engine.CARRIES_DATAGRAMS,
        bytes(types),
        plan.direction in _SENDS,
        plan.direction in _RECEIVES,
        plan.symmetric,
        VIDEO_CLOCK_RATE,
        plan.remote,
        plan.rtcp_mux,
        plan.tos,
        plan.priority,
        plan.protection is not None or plan.dtls is not None,
        plan.dtls is not None,
        *contexts.addresses,
        *(of_reports or contexts).addresses,
    )


class EnginePassage:
    """Fulfils :class:`~switchroom.media.passages.Passage`.

    Args:
        engine: Whose it is.
        slot: Its place in the native table, until it is closed.
        number: Names it; never used twice.
        local_address: Of its socket.
        contexts: Of SRTP; the native side uses them until it is closed, or has others.
    """

    def __init__(
        self, engine: Engine, slot: int, number: int, local_address: Address, contexts: Contexts
    ) -> None:
        self._engine = engine
        self.slot = slot
        self.number = number
        self.local_address = local_address
        self.is_closed = False
        self.path: Path[PassagePlan, PassageValues] = Path(self, passage_values)
        self.path.contexts = self.path.report_contexts = contexts
        self._final: StreamStatistics | None = None

    @property
    def pump(self) -> _engine.Pump:
        """The native side."""
        return self._engine.pump

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where events are heard."""
        return self._engine.loop

    @property
    def handshake_pool(self) -> Executor:
        """Where the arithmetic of handshakes is done."""
        return self._engine.handshake_pool

    def go_by(self, values: PassageValues) -> None:
        """Have the native side go by another plan."""
        self._engine.pump.passages.update(self.slot, values)

    def fail(self, reason: str) -> None:
        """Its party cannot be reached: the call goes on without it."""
        logger.warning("no video over port %d: %s", self.local_address[1], reason)

    def begin(self, plan: PassagePlan) -> None:
        """Take the plan that the socket was opened with; what it needs besides is begun."""
        if plan.ice is not None or plan.dtls is not None:
            self.update(plan)
        else:
            self.path.began(plan)

    def update(self, plan: PassagePlan) -> None:
        """Go on with another plan; the socket stays."""
        if not self.is_closed:
            # Let go when the native side has the others.
            before = self.path.contexts, self.path.report_contexts
            self.go_by(self.path.take(plan))
            del before

    def statistics(self) -> StreamStatistics:
        """Counters until now; stay readable after :meth:`close`."""
        if self._final is not None:
            return self._final
        return StreamStatistics(*self._engine.pump.statistics(self.slot))

    def close(self) -> None:
        """Release the socket. Closing twice is harmless."""
        if not self.is_closed:
            self._final = self.statistics()
            self.is_closed = True
            self.path.close()
            self._engine.pump.close(self.slot)
            self._engine.forget_passage(self)
