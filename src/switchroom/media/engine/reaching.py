"""How the party of a stream is reached: connectivity checks, handshakes, and the keys in use."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from switchroom.media.api import Address, DtlsPlan, IcePlan, Protection
from switchroom.media.engine import _engine
from switchroom.media.engine.srtp import Contexts

if TYPE_CHECKING:
    from switchroom.media.engine.keying import Keying

RTP, RTCP = 0, 1  #: components of ICE, counted from 0


class ReachablePlan(Protocol):
    """What is asked of a plan here: of a stream's, and of a passage's."""

    @property
    def remote(self) -> Address | None:
        """Where the party is, by its description."""
        ...

    @property
    def symmetric(self) -> bool:
        """Whether it may be elsewhere."""
        ...

    @property
    def rtcp_mux(self) -> bool:
        """Whether RTCP comes over the same port."""
        ...

    @property
    def protection(self) -> Protection | None:
        """Keys that were agreed by signalling."""
        ...

    @property
    def dtls(self) -> DtlsPlan | None:
        """Or the handshake that makes them."""
        ...

    @property
    def ice(self) -> IcePlan | None:
        """What checks are answered by."""
        ...

    @property
    def reach_timeout(self) -> float | None:
        """Seconds until it is given up."""
        ...


PlanT = TypeVar("PlanT", bound=ReachablePlan)
ValuesT = TypeVar("ValuesT")
Values_contra = TypeVar("Values_contra", contravariant=True)


class Reached(Protocol[Values_contra]):
    """What a path belongs to: a stream or a passage."""

    slot: int
    is_closed: bool

    @property
    def pump(self) -> _engine.Pump:
        """The native side."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where events are heard."""
        ...

    @property
    def handshake_pool(self) -> Executor:
        """Where the arithmetic of handshakes is done."""
        ...

    def go_by(self, values: Values_contra) -> None:
        """Have the native side go by another plan."""
        ...

    def fail(self, reason: str) -> None:
        """The party cannot be reached."""
        ...


class Path(Generic[PlanT, ValuesT]):
    """Of one stream, or passage.

    Args:
        stream: Whose.
        values: Turns a plan into what the native side is told.
    """

    def __init__(
        self, stream: Reached[ValuesT], values: Callable[[PlanT, Contexts, Contexts], ValuesT]
    ) -> None:
        self._stream: Reached[ValuesT] = weakref.proxy(stream)  # it holds this
        self._write = values
        self._plan: PlanT | None = None
        self._ice: IcePlan | None = None
        self._dtls: DtlsPlan | None = None
        self._keyings: dict[int, Keying] = {}
        self._nominated: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.contexts = Contexts()  #: of SRTP; the native side uses them until it is closed
        self.report_contexts = self.contexts  #: of SRTCP

    def began(self, plan: PlanT) -> None:
        """The native side was opened with a plan that asks for neither checks nor handshakes."""
        self._plan = plan

    def take(self, plan: PlanT) -> ValuesT:
        """Go on with another plan; returns what the native side is to be told.

        Raises:
            MediaError: No such suite or codec, or a library is missing.
        """
        self._plan = plan
        self._check_by(plan.ice)
        self._shake_hands_by(plan)
        self._watch()
        return self._values(plan)

    def _values(self, plan: PlanT) -> ValuesT:
        keying, keying_of_reports = self._keyings.get(RTP), self._keyings.get(RTCP)
        if plan.dtls is None:
            contexts = self.contexts.renewed(plan.protection)
        else:
            contexts = self.contexts.renewed(keying.keys if keying is not None else None)
        if plan.dtls is None or plan.rtcp_mux:
            of_reports = contexts
        else:
            keys = keying_of_reports.keys if keying_of_reports is not None else None
            of_reports = self.report_contexts.renewed(keys)
        values = self._write(plan, contexts, of_reports)  # where it fails the others stay in use
        self.contexts, self.report_contexts = contexts, of_reports
        return values

    def _check_by(self, ice: IcePlan | None) -> None:
        if ice == self._ice:
            return
        pump, slot = self._stream.pump, self._stream.slot
        if ice is None:
            self._nominated.clear()
            pump.reaching.clear_ice(slot)
        else:
            remote = ice.remote_ufrag.encode()
            pump.reaching.set_ice(slot, ice.ufrag.encode(), ice.password.encode(), remote)
        self._ice = ice

    def _shake_hands_by(self, plan: PlanT) -> None:
        if plan.dtls != self._dtls:
            self._dtls = plan.dtls
            for each in self._keyings.values():
                each.close()
            self._keyings = {}
        if plan.dtls is None or plan.dtls.is_client is None:
            return
        missing = {RTP, *(() if plan.rtcp_mux else (RTCP,))} - self._keyings.keys()
        for component in missing:
            keying = self._make_keying(plan, plan.dtls, component)
            self._keyings[component] = keying
            if plan.ice is None or component in self._nominated:
                keying.begin()
        if missing:
            self.on_handshake()  # what came before the plan did

    def _make_keying(self, plan: PlanT, dtls: DtlsPlan, component: int) -> Keying:
        # Only nodes that shake hands pay for loading it.
        from switchroom.media.engine.keying import Doors, Keying

        remote = plan.remote
        if remote is not None and component == RTCP:
            remote = remote[0], remote[1] + 1
        doors = Doors(
            partial(self._send, component),
            partial(self._rekey, component),
            self._fail,
            remote=remote,
            is_symmetric=plan.symmetric,
            is_checked=plan.ice is not None,
        )
        return Keying(dtls, doors, self._stream.handshake_pool)

    def _send(self, component: int, address: Address | None, datagram: bytes) -> None:
        stream = self._stream
        if not stream.is_closed:
            stream.pump.reaching.send_handshake(stream.slot, component, address, datagram)

    def _rekey(self, component: int, address: Address | None) -> None:
        if not self._stream.is_closed and self._plan is not None:
            if component == RTP and address is not None:
                self._stream.pump.reaching.learn(self._stream.slot, address)
            before = self.contexts, self.report_contexts  # let go when the native side has others
            self._stream.go_by(self._values(self._plan))
            del before
            self._watch()

    # what the native side tells

    def on_handshake(self) -> None:
        """Datagrams of DTLS wait."""
        stream = self._stream
        if not self._keyings or stream.is_closed:
            return  # they wait until it is known who begins
        while (one := stream.pump.reaching.take_handshake(stream.slot)) is not None:
            component, address, datagram = one
            keying = self._keyings.get(component)
            if keying is not None:
                keying.receive(address, datagram)

    def on_nominated(self, component: int) -> None:
        """A pair was nominated: the other side can be reached."""
        if component not in self._nominated:
            self._nominated.add(component)
            keying = self._keyings.get(component)
            if keying is not None:
                keying.begin()
            self._watch()

    # whether it succeeds

    def _missing(self) -> str:
        """What still stands between the party and its audio."""
        plan = self._plan
        if plan is None:
            return ""
        if plan.ice is not None and plan.ice.remote_ufrag and RTP not in self._nominated:
            return "no connectivity check of ICE named a pair"
        keying = self._keyings.get(RTP)
        if keying is not None and keying.keys is None:
            return "no DTLS handshake came to an end"
        return ""

    def _watch(self) -> None:
        """Wait for what is missing as long as the plan says."""
        timeout = self._plan.reach_timeout if self._plan is not None else None
        is_waiting = timeout is not None and bool(self._missing())
        if timeout is not None and is_waiting and self._timer is None:
            self._timer = self._stream.loop.call_later(timeout, self._give_up, timeout)
        elif not is_waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self, timeout: float) -> None:
        self._timer = None
        self._fail(f"{self._missing()} within {timeout:.0f} seconds")

    def _fail(self, reason: str) -> None:
        if not self._stream.is_closed:
            self._stream.fail(reason)

    def close(self) -> None:
        """The stream is over."""
        for each in self._keyings.values():
            each.close()
        self._keyings.clear()  # each knows how to call us: a circle
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
