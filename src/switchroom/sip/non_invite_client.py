"""Non-INVITE client transaction: RFC 3261 §17.1.2."""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType
from typing import ClassVar

from switchroom.sip.machine import GaveUp, Machine, Output, PassUp, Symbol, Transmit
from switchroom.sip.timers import GIVE_UP, T1, T2, T4


class State(Symbol):
    """RFC 3261 figure 6."""

    TRYING = auto()
    PROCEEDING = auto()
    COMPLETED = auto()
    TERMINATED = auto()


class Input(Symbol):
    """What can happen to it."""

    RECV_1XX = auto()
    RECV_FINAL = auto()
    TIMER_E = auto()  # retransmit
    TIMER_F = auto()  # give up
    TIMER_K = auto()  # leave Completed
    TRANSPORT_ERROR = auto()


class NonInviteClient(Machine[State, Input]):
    """One sent request that is neither INVITE nor ACK."""

    __slots__ = ("_gap", "_request")
    TERMINATED: ClassVar[Enum] = State.TERMINATED

    def __init__(self, request: bytes, *, reliable: bool) -> None:
        super().__init__(State.TRYING, reliable=reliable)
        self._request = request
        self._gap = T1

    @property
    def is_unanswered(self) -> bool:
        """Whether it waits for its final response."""
        return self.state in {State.TRYING, State.PROCEEDING}

    def start(self, *, now: float, give_up_after: float = GIVE_UP, t1: float = T1) -> list[Output]:
        """Send the request the first time."""
        self._gap = t1
        if not self.reliable:
            self.timers[Input.TIMER_E] = now + t1
        self.timers[Input.TIMER_F] = now + give_up_after
        return [Transmit(self._request)]

    def response(self, status: int, *, now: float) -> list[Output]:
        """Take one response."""
        return self.feed(Input.RECV_1XX if status < 200 else Input.RECV_FINAL, now)

    def transport_failed(self, *, now: float) -> list[Output]:
        """The connection that the request was to go over could not be made."""
        return self.feed(Input.TRANSPORT_ERROR, now)

    # actions

    def retransmit(self, now: float, data: bytes) -> list[Output]:
        """Timer E: send again, doubling the gap up to T2."""
        self._gap = min(2 * self._gap, T2)
        self.timers[Input.TIMER_E] = now + self._gap
        return [Transmit(self._request)]

    def retransmit_slowly(self, now: float, data: bytes) -> list[Output]:
        """Timer E after a provisional response: every T2."""
        self.timers[Input.TIMER_E] = now + T2
        return [Transmit(self._request)]

    def give_up(self, now: float, data: bytes) -> list[Output]:
        """Timer F: nobody answered."""
        self.timers.clear()
        return [GaveUp()]

    def lose(self, now: float, data: bytes) -> list[Output]:
        """The transport failed (§17.1.4)."""
        self.timers.clear()
        return [GaveUp(503)]

    def pass_up(self, now: float, data: bytes) -> list[Output]:
        """A provisional response."""
        return [PassUp()]

    def complete(self, now: float, data: bytes) -> list[Output]:
        """The final response; absorb retransmissions until Timer K."""
        self._request = b""  # not sent again
        self.timers.clear()
        self.timers[Input.TIMER_K] = now if self.reliable else now + T4
        return [PassUp()]

    def end(self, now: float, data: bytes) -> list[Output]:
        """Nothing more to absorb."""
        return []


NonInviteClient.TRANSITIONS = MappingProxyType(
    {
        (State.TRYING, Input.RECV_1XX): (State.PROCEEDING, NonInviteClient.pass_up),
        (State.TRYING, Input.RECV_FINAL): (State.COMPLETED, NonInviteClient.complete),
        (State.TRYING, Input.TIMER_E): (State.TRYING, NonInviteClient.retransmit),
        (State.TRYING, Input.TIMER_F): (State.TERMINATED, NonInviteClient.give_up),
        (State.TRYING, Input.TRANSPORT_ERROR): (State.TERMINATED, NonInviteClient.lose),
        (State.PROCEEDING, Input.RECV_1XX): (State.PROCEEDING, NonInviteClient.pass_up),
        (State.PROCEEDING, Input.RECV_FINAL): (State.COMPLETED, NonInviteClient.complete),
        (State.PROCEEDING, Input.TIMER_E): (State.PROCEEDING, NonInviteClient.retransmit_slowly),
        (State.PROCEEDING, Input.TIMER_F): (State.TERMINATED, NonInviteClient.give_up),
        (State.PROCEEDING, Input.TRANSPORT_ERROR): (State.TERMINATED, NonInviteClient.lose),
        (State.COMPLETED, Input.TIMER_K): (State.TERMINATED, NonInviteClient.end),
    }
)
