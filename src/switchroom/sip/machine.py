"""What the four transaction machines share: a state, timers, and one table of transitions.

A transition that the table does not have is absorbed, in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

StateT = TypeVar("StateT", bound=Enum)
InputT = TypeVar("InputT", bound=Enum)


class Symbol(Enum):
    """A state, or an input: an enumeration whose members are hashed as quickly as any object.

    Enum's own way is Python code, and the tables below are asked several times a message.
    """

    __hash__ = object.__hash__


class Transmit(NamedTuple):
    """Put these octets on the wire."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PassUp:
    """Hand what just arrived to the transaction's user."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Nobody answered, or nobody acknowledged, in time; or there was no way to the peer.

    Args:
        status: What that counts as (RFC 3261 §8.1.3.1): 408, or 503 where nothing could be sent.
    """

    status: int = 408


Output = Transmit | PassUp | GaveUp
Action = Callable[[Any, float, bytes], list[Output]]


class Machine(Generic[StateT, InputT]):
    """One transaction's state machine.

    Args:
        state: Where it begins.
        reliable: Whether the transport is (TCP, TLS, WebSocket): then nothing is retransmitted
            and nothing has to be waited for after the end.
    """

    TRANSITIONS: ClassVar[Mapping[Any, Any]]
    TERMINATED: ClassVar[Enum]

    __slots__ = ("reliable", "state", "timers")

    def __init__(self, state: StateT, *, reliable: bool) -> None:
        self.state = state
        self.reliable = reliable
        self.timers: dict[InputT, float] = {}

    @property
    def is_terminated(self) -> bool:
        """Whether it may be forgotten."""
        return self.state is self.TERMINATED

    def next_deadline(self) -> float | None:
        """When to call :meth:`tick` next, or None for never."""
        return min(self.timers.values()) if self.timers else None

    def tick(self, *, now: float) -> list[Output]:
        """Fire every timer due at ``now``, earliest first."""
        due = sorted((at, timer.name, timer) for timer, at in self.timers.items() if at <= now)
        out: list[Output] = []
        for _, _, timer in due:
            if self.timers.pop(timer, None) is not None:
                out += self.feed(timer, now)
        return out

    def feed(self, event: InputT, now: float, data: bytes = b"") -> list[Output]:
        """Take one input; what the state does not expect is absorbed (RFC 3261 §17)."""
        transition = self.TRANSITIONS.get((self.state, event))
        if transition is None:
            return []
        self.state, action = transition
        out: list[Output] = action(self, now, data)
        return out
