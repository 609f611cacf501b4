"""Strategies: whom a call is offered to first.

    @strategy("fewestcalls")
    def fewest_calls(context: Context) -> Rank: ...

A strategy gives each member a number; the lowest is rung first. The penalty counts before it:
members of a higher one are offered a call only when nobody of a lower one is free.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.queues.member import Member

#: The lowest is rung first; the second number decides between equals.
Rank = Callable[[Member], tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a strategy may look at.

    Attributes:
        count: How many members the queue has.
        next_at: At which of them the queue goes on: behind whom it rang last.
        own_next_at: At which the caller goes on.
        chance: For those that leave it to chance.
    """

    count: int
    next_at: int
    own_next_at: int
    chance: random.Random


Strategy = Callable[[Context], Rank]
_found: dict[str, Strategy] = {}
STRATEGIES: Mapping[str, Strategy] = MappingProxyType(_found)  #: by name


def strategy(name: str) -> Callable[[Strategy], Strategy]:
    """Mark ``context -> rank`` as the strategy ``name``."""

    def mark(rank: Strategy) -> Strategy:
        _found[name] = rank
        return rank

    return mark


@strategy("ringall")
def ring_all(context: Context) -> Rank:
    """All at once."""
    return lambda _: (0, 0)


@strategy("leastrecent")
def least_recent(context: Context) -> Rank:
    """Who had no call for longest; recorded: among equals the one that was named last."""
    return lambda member: (member.last_call, member.place)


@strategy("fewestcalls")
def fewest_calls(context: Context) -> Rank:
    """Who had the fewest calls; among equals the one that was named last."""
    return lambda member: (member.calls, member.place)


@strategy("random")
def at_random(context: Context) -> Rank:
    """Anybody."""
    return lambda _: (context.chance.random(), 0)


@strategy("wrandom")
def weighted(context: Context) -> Rank:
    """Anybody, those with a higher penalty less often."""
    return lambda member: (context.chance.random() * (1 + member.penalty), 0)


@strategy("rrmemory")
def round_robin(context: Context) -> Rank:
    """In turn, going on behind who was rung last, whether it answered or not."""
    return _from(context, context.next_at)


@strategy("rrordered")
def round_robin_in_order(context: Context) -> Rank:
    """As rrmemory; the order is that of the configuration."""
    return _from(context, context.next_at)


@strategy("linear")
def linear(context: Context) -> Rank:
    """In their order, for each caller from the beginning."""
    return _from(context, context.own_next_at)


def _from(context: Context, start: int) -> Rank:
    count = context.count or 1
    return lambda member: ((member.place - start) % count, 0)


#: Strategies in which a penalty does not go before the rank.
IGNORES_PENALTY = frozenset({"wrandom"})
