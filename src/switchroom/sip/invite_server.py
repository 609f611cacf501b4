"""INVITE server transaction: RFC 3261 §17.2.1, with the Accepted state of RFC 6026 §7.1."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from types import MappingProxyType
from typing import ClassVar

from switchroom.sip.machine import GaveUp, Machine, Output, PassUp, Symbol, Transmit
from switchroom.sip.timers import GIVE_UP, T1, T2, T4, TRYING_AFTER


class State(Symbol):
    """RFC 3261 figure 7 and RFC 6026 figure 5."""

    PROCEEDING = auto()
    ACCEPTED = auto()
    COMPLETED = auto()
    CONFIRMED = auto()
    TERMINATED = auto()


class Input(Symbol):
    """What can happen to it."""

    RECV_INVITE = auto()  # a retransmission
    RECV_ACK = auto()
    SEND_1XX = auto()
    SEND_2XX = auto()
    SEND_300_699 = auto()
    TIMER_TRYING = auto()  # the user has not said anything yet
    TIMER_G = auto()  # send the refusal again
    TIMER_H = auto()  # no ACK came
    TIMER_I = auto()  # leave Confirmed
    TIMER_L = auto()  # leave Accepted


class InviteServer(Machine[State, Input]):
    """One received INVITE. The user retransmits 2xx itself (RFC 3261 §13.3.1.4)."""

    __slots__ = ("_gap", "_last", "_trying")
    TERMINATED: ClassVar[Enum] = State.TERMINATED

    def __init__(self, *, reliable: bool, t1: float = T1) -> None:
        super().__init__(State.PROCEEDING, reliable=reliable)
        self._last = b""
        self._gap = t1
        self._trying: Callable[[], bytes] | None = None

    def try_for(self, build: Callable[[], bytes], *, now: float) -> None:
        """Send the 100 that ``build`` gives unless something else is sent in time (§17.2.1)."""
        self._trying = build
        self.timers[Input.TIMER_TRYING] = now + TRYING_AFTER

    def _stop_trying(self) -> None:
        self.timers.pop(Input.TIMER_TRYING, None)
        self._trying = None

    def respond(self, status: int, data: bytes, *, now: float) -> list[Output]:
        """Send a response."""
        if status < 200:
            return self.feed(Input.SEND_1XX, now, data)
        return self.feed(Input.SEND_2XX if status < 300 else Input.SEND_300_699, now, data)

    # actions

    def send(self, now: float, data: bytes) -> list[Output]:
        """Send a provisional response, and keep it for retransmissions of the INVITE."""
        self._stop_trying()
        self._last = data
        return [Transmit(data)]

    def send_trying(self, now: float, data: bytes) -> list[Output]:
        """200 ms have passed, or the INVITE came again before."""
        if self._trying is None:
            return []
        return self.send(now, self._trying())

    def send_again(self, now: float, data: bytes) -> list[Output]:
        """The INVITE came again: so does the last response."""
        if not self._last:
            return self.send_trying(now, data)
        return [Transmit(self._last)]

    def accept(self, now: float, data: bytes) -> list[Output]:
        """Send a 2xx; further ones, and ACKs, go through until Timer L."""
        self._stop_trying()
        if Input.TIMER_L not in self.timers:
            self.timers[Input.TIMER_L] = now + GIVE_UP
        return [Transmit(data)]

    def refuse(self, now: float, data: bytes) -> list[Output]:
        """Send a refusal until its ACK comes."""
        self._stop_trying()
        self._last = data
        if not self.reliable:
            self.timers[Input.TIMER_G] = now + self._gap
        self.timers[Input.TIMER_H] = now + 64 * self._gap
        return [Transmit(data)]

    def refuse_again(self, now: float, data: bytes) -> list[Output]:
        """Timer G: double the gap, up to T2."""
        self._gap = min(2 * self._gap, T2)
        self.timers[Input.TIMER_G] = now + self._gap
        return [Transmit(self._last)]

    def confirm(self, now: float, data: bytes) -> list[Output]:
        """The ACK of a refusal: absorb further ones for T4."""
        self.timers.clear()
        self.timers[Input.TIMER_I] = now if self.reliable else now + T4
        return []

    def pass_up(self, now: float, data: bytes) -> list[Output]:
        """The ACK of a 2xx belongs to the user (RFC 6026 §7.1)."""
        return [PassUp()]

    def give_up(self, now: float, data: bytes) -> list[Output]:
        """No ACK came for a refusal."""
        self.timers.clear()
        return [GaveUp()]

    def end(self, now: float, data: bytes) -> list[Output]:
        """Forget every timer."""
        self.timers.clear()
        return []

    def absorb(self, now: float, data: bytes) -> list[Output]:
        """Nothing to do."""
        return []


InviteServer.TRANSITIONS = MappingProxyType(
    {
        (State.PROCEEDING, Input.RECV_INVITE): (State.PROCEEDING, InviteServer.send_again),
        (State.PROCEEDING, Input.TIMER_TRYING): (State.PROCEEDING, InviteServer.send_trying),
        (State.PROCEEDING, Input.SEND_1XX): (State.PROCEEDING, InviteServer.send),
        (State.PROCEEDING, Input.SEND_2XX): (State.ACCEPTED, InviteServer.accept),
        (State.PROCEEDING, Input.SEND_300_699): (State.COMPLETED, InviteServer.refuse),
        (State.ACCEPTED, Input.RECV_INVITE): (State.ACCEPTED, InviteServer.absorb),
        (State.ACCEPTED, Input.RECV_ACK): (State.ACCEPTED, InviteServer.pass_up),
        (State.ACCEPTED, Input.SEND_2XX): (State.ACCEPTED, InviteServer.accept),
        (State.ACCEPTED, Input.TIMER_L): (State.TERMINATED, InviteServer.end),
        (State.COMPLETED, Input.RECV_INVITE): (State.COMPLETED, InviteServer.send_again),
        (State.COMPLETED, Input.RECV_ACK): (State.CONFIRMED, InviteServer.confirm),
        (State.COMPLETED, Input.TIMER_G): (State.COMPLETED, InviteServer.refuse_again),
        (State.COMPLETED, Input.TIMER_H): (State.TERMINATED, InviteServer.give_up),
        (State.CONFIRMED, Input.TIMER_I): (State.TERMINATED, InviteServer.end),
    }
)
