"""Calls that are to come: made up by chance here, or read from a log (``recorded.py``)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.queues.skills import Requirement


@dataclass(frozen=True, slots=True)
class Call:
    """One caller to come; seconds.

    Attributes:
        at: When it joins.
        talk: How long the conversation will last.
        patience: After how long it gives up, where nobody has answered.
        rings: How long the agent lets it ring that takes it; None: as long as that agent does.
        misses: Offers that will not be answered, and how long each rings.
        requirement: The skills that it asks for.
        queue: Where it joins; empty: in the only one that there is.
    """

    at: float
    talk: float
    patience: float = math.inf
    priority: int = 0
    rings: float | None = None
    misses: tuple[float, ...] = ()
    requirement: Requirement = ()
    queue: str = ""


Draw = Callable[[random.Random], float]


def exponential(mean: float) -> Draw:
    """As telephone calls mostly are."""
    return lambda chance: chance.expovariate(1 / mean)


def constant(mean: float) -> Draw:
    """Always the same."""
    return lambda _: mean


def lognormal(mean: float) -> Draw:
    """Most are short and a few are long: the logarithm spreads by 0.8."""
    spread = 0.8
    middle = math.log(mean) - spread * spread / 2
    return lambda chance: chance.lognormvariate(middle, spread)


#: By name, of a mean.
SHAPES: Mapping[str, Callable[[float], Draw]] = MappingProxyType(
    {"exponential": exponential, "constant": constant, "lognormal": lognormal}
)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What calls are like.

    Attributes:
        rates: Calls an hour, an hour each; the last one goes on.
        length: Seconds in which calls come.
        patience: The mean, exponential; None: nobody gives up.
        asks: Skills that are asked for, by this part of the callers; of the others nothing is.
    """

    rates: tuple[float, ...]
    length: float
    talk: Draw
    patience: float | None = None
    asks: Sequence[tuple[Requirement, float]] = ()

    def calls(self, chance: random.Random) -> Iterator[Call]:
        """As they come: independent of each other, at the rate of their hour."""
        highest = max(self.rates)
        at = 0.0
        while highest > 0:
            at += chance.expovariate(highest / 3600)
            if at >= self.length:
                return
            rate = self.rates[min(int(at // 3600), len(self.rates) - 1)]
            if chance.random() * highest >= rate:
                continue
            patience = math.inf if self.patience is None else chance.expovariate(1 / self.patience)
            yield Call(at, self.talk(chance), patience, requirement=self._asks_for(chance))

    def _asks_for(self, chance: random.Random) -> Requirement:
        at = chance.random() if self.asks else 1.0
        for requirement, part in self.asks:
            at -= part
            if at < 0:
                return requirement
        return ()
