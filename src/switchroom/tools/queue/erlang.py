"""Erlang's formulas: what a queue without impatience comes to, on paper."""

from __future__ import annotations

import math


def erlang_b(load: float, agents: int) -> float:
    """The part of the calls that find all agents busy, where nobody waits.

    Args:
        load: In erlang: calls a second times seconds a call.
        agents: How many there are.
    """
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """The part of the calls that wait, where everybody waits for ever; 1: agents are too few."""
    if load >= agents:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1.0 - blocked))


def speed_of_answer(load: float, agents: int, handling: float) -> float:
    """The mean seconds of waiting; infinite where agents are too few."""
    if load >= agents:
        return math.inf
    return erlang_c(load, agents) * handling / (agents - load)


def service_level(load: float, agents: int, handling: float, within: float) -> float:
    """The part of the calls that are answered within so many seconds."""
    if load >= agents:
        return 0.0
    late = erlang_c(load, agents) * math.exp(-(agents - load) * within / handling)
    return 1.0 - late
