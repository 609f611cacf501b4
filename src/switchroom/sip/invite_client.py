"""INVITE client transaction: RFC 3261 §17.1.1, with the Accepted state of RFC 6026 §7.2."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from types import MappingProxyType
from typing import ClassVar

from switchroom.sip.machine import GaveUp, Machine, Output, PassUp, Symbol, Transmit
from switchroom.sip.timers import GIVE_UP, T1

TIMER_D_AFTER = 32.0  #: seconds, at least (RFC 3261 §17.1.1.2)


class State(Symbol):
    """RFC 3261 figure 5, RFC 6026 figure 1."""

    CALLING = auto()
    PROCEEDING = auto()
    ACCEPTED = auto()
    COMPLETED = auto()
    TERMINATED = auto()


class Input(Symbol):
    """What can happen to it."""

    RECV_1XX = auto()
    RECV_2XX = auto()
    RECV_300_699 = auto()
    TIMER_A = auto()  # retransmit
    TIMER_B = auto()  # give up; after a CANCEL too
    TIMER_D = auto()  # leave Completed
    TIMER_M = auto()  # leave Accepted
    TRANSPORT_ERROR = auto()


class InviteClient(Machine[State, Input]):
    """One sent INVITE.

    Args:
        request: Its octets.
        ack: Makes the ACK of a refusal from the To header of the response (§17.1.1.3).
        reliable: Whether the transport is.
    """

    __slots__ = ("_ack", "_acked", "_gap", "_request")
    TERMINATED: ClassVar[Enum] = State.TERMINATED

    def __init__(self, request: bytes, ack: Callable[[str], bytes], *, reliable: bool) -> None:
        super().__init__(State.CALLING, reliable=reliable)
        self._request = request
        self._ack: Callable[[str], bytes] | None = ack
        self._acked = b""
        self._gap = T1

    @property
    def is_unanswered(self) -> bool:
        """Whether it waits for its final response."""
        return self.state in {State.CALLING, State.PROCEEDING}

    def start(self, *, now: float, give_up_after: float = GIVE_UP, t1: float = T1) -> list[Output]:
        """Send the request the first time."""
        self._gap = t1
        if not self.reliable:
            self.timers[Input.TIMER_A] = now + t1
        self.timers[Input.TIMER_B] = now + give_up_after
        return [Transmit(self._request)]

    def response(self, status: int, to: str, *, now: float) -> list[Output]:
        """Take one response; ``to`` is its To header."""
        if status < 200:
            return self.feed(Input.RECV_1XX, now)
        if status < 300:
            return self.feed(Input.RECV_2XX, now)
        if not self._acked and self._ack is not None:
            self._acked = self._ack(to)
        return self.feed(Input.RECV_300_699, now)

    def cancelled(self, *, now: float) -> None:
        """A CANCEL was sent: do not wait for ever for the final response (RFC 3261 §9.1)."""
        if self.state is State.PROCEEDING:
            self.timers[Input.TIMER_B] = now + GIVE_UP

    def transport_failed(self, *, now: float) -> list[Output]:
        """The connection that the request was to go over could not be made."""
        return self.feed(Input.TRANSPORT_ERROR, now)

    # actions

    def retransmit(self, now: float, data: bytes) -> list[Output]:
        """Timer A: send the request again, doubling the gap."""
        self._gap *= 2
        self.timers[Input.TIMER_A] = now + self._gap
        return [Transmit(self._request)]

    def give_up(self, now: float, data: bytes) -> list[Output]:
        """Timer B: nobody answered."""
        self.timers.clear()
        return [GaveUp()]

    def lose(self, now: float, data: bytes) -> list[Output]:
        """The transport failed (§17.1.4)."""
        self.timers.clear()
        return [GaveUp(503)]

    def proceed(self, now: float, data: bytes) -> list[Output]:
        """A provisional response: stop retransmitting."""
        self.timers.clear()
        return [PassUp()]

    def accept(self, now: float, data: bytes) -> list[Output]:
        """The first 2xx; those of other forks and retransmissions go up until Timer M."""
        self.timers.clear()
        self._request, self._ack = b"", None  # neither is sent any more
        self.timers[Input.TIMER_M] = now + GIVE_UP
        return [PassUp()]

    def refuse(self, now: float, data: bytes) -> list[Output]:
        """A refusal: acknowledge it, and its retransmissions until Timer D."""
        self.timers.clear()
        self.timers[Input.TIMER_D] = now if self.reliable else now + TIMER_D_AFTER
        return [Transmit(self._acked), PassUp()]

    def acknowledge(self, now: float, data: bytes) -> list[Output]:
        """A retransmitted refusal."""
        return [Transmit(self._acked)]

    def pass_up(self, now: float, data: bytes) -> list[Output]:
        """Another 2xx: the user acknowledges it."""
        return [PassUp()]

    def end(self, now: float, data: bytes) -> list[Output]:
        """Forget every timer."""
        self.timers.clear()
        return []


InviteClient.TRANSITIONS = MappingProxyType(
    {
        (State.CALLING, Input.RECV_1XX): (State.PROCEEDING, InviteClient.proceed),
        (State.CALLING, Input.RECV_2XX): (State.ACCEPTED, InviteClient.accept),
        (State.CALLING, Input.RECV_300_699): (State.COMPLETED, InviteClient.refuse),
        (State.CALLING, Input.TIMER_A): (State.CALLING, InviteClient.retransmit),
        (State.CALLING, Input.TIMER_B): (State.TERMINATED, InviteClient.give_up),
        (State.CALLING, Input.TRANSPORT_ERROR): (State.TERMINATED, InviteClient.lose),
        (State.PROCEEDING, Input.RECV_1XX): (State.PROCEEDING, InviteClient.pass_up),
        (State.PROCEEDING, Input.RECV_2XX): (State.ACCEPTED, InviteClient.accept),
        (State.PROCEEDING, Input.RECV_300_699): (State.COMPLETED, InviteClient.refuse),
        (State.PROCEEDING, Input.TIMER_B): (State.TERMINATED, InviteClient.give_up),
        (State.ACCEPTED, Input.RECV_2XX): (State.ACCEPTED, InviteClient.pass_up),
        (State.ACCEPTED, Input.TIMER_M): (State.TERMINATED, InviteClient.end),
        (State.COMPLETED, Input.RECV_300_699): (State.COMPLETED, InviteClient.acknowledge),
        (State.COMPLETED, Input.TIMER_D): (State.TERMINATED, InviteClient.end),
    }
)
