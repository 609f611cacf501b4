"""The node's one event bus: who subscribes to a type gets every event of it, in order.

An event nobody subscribes to is not built: publishers ask :meth:`EventBus.wants` first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)
EventT = TypeVar("EventT")


@dataclass(frozen=True, slots=True)
class ChannelCreated:
    """A channel was born (AMI: Newchannel)."""

    channel: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class ChannelStateChanged:
    """A channel went to another state (AMI: Newstate)."""

    channel: str
    unique_id: str
    state: str


@dataclass(frozen=True, slots=True)
class CallerChanged:
    """A channel's party has another name or number (AMI: NewCallerid)."""

    channel: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class ConnectedLineChanged:
    """A channel is told another party at its other end (AMI: NewConnectedLine)."""

    channel: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class AccountCodeChanged:
    """A channel is charged to another account (AMI: NewAccountCode)."""

    channel: str
    unique_id: str
    before: str


@dataclass(frozen=True, slots=True)
class NewExtension:
    """A channel stands at a priority and is about to execute it (AMI: Newexten)."""

    channel: str
    unique_id: str
    context: str
    extension: str
    priority: int
    application: str
    data: str  #: after substitution


@dataclass(frozen=True, slots=True)
class VariableSet:
    """A channel variable got a value (AMI: VarSet)."""

    channel: str
    unique_id: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PlaybackStarted:
    """A sound begins to play on a channel."""

    channel: str
    unique_id: str
    sound: str
    language: str


@dataclass(frozen=True, slots=True)
class DigitReceived:
    """A channel's party pressed a key (AMI: DTMFEnd)."""

    channel: str
    unique_id: str
    digit: str
    duration: float = 0.1  #: seconds that it was held


@dataclass(frozen=True, slots=True)
class DigitSent:
    """A key was sent to a channel's party (AMI: DTMFEnd, Direction Sent)."""

    channel: str
    unique_id: str
    digit: str
    duration: float = 0.1


@dataclass(frozen=True, slots=True)
class UserEvent:
    """The dialplan told something of its own (AMI: UserEvent)."""

    channel: str
    unique_id: str
    name: str
    body: tuple[str, ...]  #: ``Key: value`` each


@dataclass(frozen=True, slots=True)
class BridgeCreated:
    """There is a bridge, with nobody in it yet (AMI: BridgeCreate)."""

    bridge: str


@dataclass(frozen=True, slots=True)
class BridgeDestroyed:
    """A bridge is over; it can still be looked up while this is told (AMI: BridgeDestroy)."""

    bridge: str


@dataclass(frozen=True, slots=True)
class MixMonitorBegan:
    """A call is recorded (AMI: MixMonitorStart)."""

    channel: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class MixMonitorEnded:
    """A recording is over (AMI: MixMonitorStop)."""

    channel: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class MixMonitorMuted:
    """A recording leaves something out, or goes on (AMI: MixMonitorMute)."""

    channel: str
    unique_id: str
    direction: str  #: ``read``, ``write`` or ``both``
    is_muted: bool


@dataclass(frozen=True, slots=True)
class SpyBegan:
    """Somebody listens in on a call (AMI: ChanSpyStart)."""

    spyer: str
    spied: str


@dataclass(frozen=True, slots=True)
class SpyEnded:
    """Nobody listens in any more (AMI: ChanSpyStop)."""

    spyer: str
    spied: str


@dataclass(frozen=True, slots=True)
class PickedUp:
    """A channel answers for another one that rings (AMI: Pickup)."""

    channel: str
    target: str


@dataclass(frozen=True, slots=True)
class TransferDone:
    """Somebody sent another one elsewhere without asking there first (AMI: BlindTransfer)."""

    transferer: str
    transferee: str
    bridge: str
    context: str
    extension: str
    is_external: bool = False  #: by the phone's own means


@dataclass(frozen=True, slots=True)
class ChannelEnteredBridge:
    """A channel hears others (AMI: BridgeEnter)."""

    channel: str
    bridge: str


@dataclass(frozen=True, slots=True)
class ChannelLeftBridge:
    """A channel hears the others no more (AMI: BridgeLeave)."""

    channel: str
    bridge: str


@dataclass(frozen=True, slots=True)
class DialBegan:
    """A channel is dialled (AMI: DialBegin)."""

    caller: str  #: the channel that dials; empty: nobody, it is originated
    called: str
    text: str = ""  #: what was dialled, without its technology: ``alice``, ``100@internal/n``


@dataclass(frozen=True, slots=True)
class DialReported:
    """A dialled channel rings, or tells that it is on its way (AMI: DialState)."""

    caller: str
    called: str
    status: str  #: RINGING, PROCEEDING, PROGRESS


@dataclass(frozen=True, slots=True)
class OriginateEnded:
    """What became of a call that nobody dialled himself (AMI: OriginateResponse)."""

    ticket: str  #: of whoever asked for it: the ActionID
    resource: str  #: what was dialled, ``PJSIP/alice``
    channel: str  #: that answered; empty
    unique_id: str
    application: str  #: what follows; empty: a place in the dialplan
    data: str
    context: str
    extension: str
    reason: int  #: 4: answered, 3: rang, 5: busy, 8: congestion, 0: no such thing
    caller_number: str = ""
    caller_name: str = ""


@dataclass(frozen=True, slots=True)
class LocalBridged:
    """The two halves of a Local channel are a call now (AMI: LocalBridge)."""

    one: str
    two: str
    context: str
    extension: str
    may_be_left_out: bool


@dataclass(frozen=True, slots=True)
class LocalBeingLeftOut:
    """Others are about to hear each other without a Local channel (AMI: LocalOptimizationBegin)."""

    one: str
    two: str
    source: str  #: who moves to the other bridge
    destination: str  #: the half whose place it takes there
    number: int  #: the same for begin and end


@dataclass(frozen=True, slots=True)
class LocalLeftOut:
    """A Local channel is left out; its halves end next (AMI: LocalOptimizationEnd)."""

    one: str
    two: str
    number: int


@dataclass(frozen=True, slots=True)
class DialEnded:
    """What became of one dialled channel (AMI: DialEnd)."""

    caller: str
    called: str
    status: str  #: ANSWER, BUSY, CONGESTION, CHANUNAVAIL, NOANSWER, CANCEL, CONTINUE, GOTO, ABORT


@dataclass(frozen=True, slots=True)
class DialplanEnded:
    """A channel executes no more but ``h`` and its hangup handlers."""

    channel: str


@dataclass(frozen=True, slots=True)
class HoldChanged:
    """A party put the call on hold, or took it up again (AMI: Hold, Unhold)."""

    channel: str
    unique_id: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class HangupRequested:
    """Somebody wants a channel to end (AMI: HangupRequest, SoftHangupRequest)."""

    channel: str
    unique_id: str
    cause: int  #: of its wire; where :attr:`is_soft` who asked, as the original numbers it
    is_soft: bool


@dataclass(frozen=True, slots=True)
class ChannelHungUp:
    """A channel is gone; it can still be looked up while this is told (AMI: Hangup)."""

    channel: str
    unique_id: str
    cause: int


@dataclass(frozen=True, slots=True)
class AttendedTransferDone:
    """Somebody who talked to two lets them talk with one another (AMI: AttendedTransfer)."""

    first: str  #: the transferer's channel to whom it talked first
    second: str  #: and to whom it asked; the same where it had one channel only
    transferee: str
    target: str
    bridge: str  #: in which those two talk
    left: str = ""  #: the bridge where it talked to the first one
    transferers: tuple[Channel, ...] = ()  #: of both names, who may have hung up long since


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A contact came, went, or can be reached or not any more (AMI: ContactStatus, PeerStatus)."""

    aor: str
    uri: str
    endpoint: str
    status: str  #: Created, Updated, Removed, Reachable, Unreachable
    round_trip: float | None = None  #: seconds
    technology: str = "PJSIP"


@dataclass(frozen=True, slots=True)
class RegistryChanged:
    """We are registered at another registrar, or no more (AMI: Registry)."""

    username: str  #: our address of record there
    domain: str  #: the registrar
    status: str  #: Registered, Unregistered, Rejected
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """A part of the configuration was read anew (AMI: Reload)."""

    module: str  #: ``All``, or the word that was asked for
    has_worked: bool = True


@dataclass(frozen=True, slots=True)
class Stopping:
    """The node ends (AMI: Shutdown)."""

    cleanly: bool
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class HangupHandlerEvent:
    """A routine for the end of a call is added, taken away, or runs (AMI: HangupHandlerPush …)."""

    channel: str
    unique_id: str
    what: str  #: Push, Pop, Run
    handler: str


@dataclass(frozen=True, slots=True)
class FeatureKeyed:
    """A code of features.conf was keyed, or what began as one was none."""

    channel: str
    code: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class TestState:
    """A state that test harnesses wait for; told with ``test_events = yes`` only (TestEvent)."""

    __test__ = False  # no test of pytest's

    state: str  #: PLAYBACK, FEATURE_DETECTION, …
    file: str
    function: str
    line: int
    headers: tuple[tuple[str, str], ...] = ()


class EventBus:
    """Typed publish and subscribe inside one node; handlers are plain functions, never blocking."""

    def __init__(self) -> None:
        #: By type; a type that nobody subscribes to is not in it.
        self.handlers: dict[type[Any], tuple[Callable[[Any], None], ...]] = {}
        self._on_demand: dict[type[Any], list[Callable[[bool], None]]] = {}

    def subscribe(
        self, kind: type[EventT], handler: Callable[[EventT], None]
    ) -> Callable[[], None]:
        """Call ``handler`` with every event of ``kind``; returns the function that ends it."""
        self.handlers[kind] = (*self.handlers.get(kind, ()), handler)
        self._tell_demand(kind)

        def unsubscribe() -> None:
            left = tuple(h for h in self.handlers.get(kind, ()) if h is not handler)
            if left:
                self.handlers[kind] = left
            else:
                self.handlers.pop(kind, None)
            self._tell_demand(kind)

        return unsubscribe

    def on_demand(self, kind: type[Any], told: Callable[[bool], None]) -> None:
        """Tell ``told`` now, and whenever it changes, whether anybody wants events of ``kind``.

        For events that cost something before they are built.
        """
        self._on_demand.setdefault(kind, []).append(told)
        told(self.wants(kind))

    def _tell_demand(self, kind: type[Any]) -> None:
        for told in self._on_demand.get(kind, ()):
            told(self.wants(kind))

    def wants(self, kind: type[Any]) -> bool:
        """Whether anybody would hear an event of ``kind``."""
        return kind in self.handlers

    def publish(self, event: object) -> None:
        """Hand ``event`` to its subscribers; one that fails does not harm the others."""
        for handler in self.handlers.get(type(event), ()):
            try:
                handler(event)
            except Exception:  # a supervisor: a subscriber's fault is its own
                logger.exception("a subscriber of %s failed", type(event).__name__)
