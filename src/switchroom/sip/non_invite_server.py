"""Non-INVITE server transaction: RFC 3261 §17.2.2."""

from __future__ import annotations

from enum import Enum, auto
from types import MappingProxyType
from typing import ClassVar

from switchroom.sip.machine import Machine, Output, Symbol, Transmit
from switchroom.sip.timers import GIVE_UP


class State(Symbol):
    """RFC 3261 figure 8."""

    TRYING = auto()
    PROCEEDING = auto()
    COMPLETED = auto()
    TERMINATED = auto()


class Input(Symbol):
    """What can happen to it."""

    RECV_REQUEST = auto()  # a retransmission
    SEND_1XX = auto()
    SEND_FINAL = auto()
    TIMER_J = auto()  # leave Completed


class NonInviteServer(Machine[State, Input]):
    """One received request that is neither INVITE nor ACK."""

    __slots__ = ("_last",)
    TERMINATED: ClassVar[Enum] = State.TERMINATED

    def __init__(self, *, reliable: bool) -> None:
        super().__init__(State.TRYING, reliable=reliable)
        self._last = b""

    def respond(self, status: int, data: bytes, *, now: float) -> list[Output]:
        """Send a response."""
        return self.feed(Input.SEND_1XX if status < 200 else Input.SEND_FINAL, now, data)

    # actions

    def send(self, now: float, data: bytes) -> list[Output]:
        """Send a provisional response."""
        self._last = data
        return [Transmit(data)]

    def send_again(self, now: float, data: bytes) -> list[Output]:
        """The request came again: so does the last response."""
        return [Transmit(self._last)]

    def complete(self, now: float, data: bytes) -> list[Output]:
        """Send the final response; answer retransmissions until Timer J."""
        self._last = data
        self.timers[Input.TIMER_J] = now if self.reliable else now + GIVE_UP
        return [Transmit(data)]

    def end(self, now: float, data: bytes) -> list[Output]:
        """Nothing more to answer."""
        return []


NonInviteServer.TRANSITIONS = MappingProxyType(
    {
        (State.TRYING, Input.SEND_1XX): (State.PROCEEDING, NonInviteServer.send),
        (State.TRYING, Input.SEND_FINAL): (State.COMPLETED, NonInviteServer.complete),
        (State.PROCEEDING, Input.RECV_REQUEST): (State.PROCEEDING, NonInviteServer.send_again),
        (State.PROCEEDING, Input.SEND_1XX): (State.PROCEEDING, NonInviteServer.send),
        (State.PROCEEDING, Input.SEND_FINAL): (State.COMPLETED, NonInviteServer.complete),
        (State.COMPLETED, Input.RECV_REQUEST): (State.COMPLETED, NonInviteServer.send_again),
        (State.COMPLETED, Input.TIMER_J): (State.TERMINATED, NonInviteServer.end),
    }
)
