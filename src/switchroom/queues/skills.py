"""Who can do what a caller asks for. Pure: levels and conditions in, an answer out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.config.queues.skills import Condition, Levels, Relaxation, Requirement

_COMPARE: Mapping[str, Callable[[int, int], bool]] = MappingProxyType(
    {
        ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
        "=": operator.eq, "!=": operator.ne,
    }
)  # fmt: skip


def is_met(condition: Condition, levels: Levels) -> bool:
    """Whether a member's level is what is asked for; a skill it has not is 0."""
    return _COMPARE[condition.operator](levels.get(condition.skill, 0), condition.level)


def meets(requirement: Requirement, levels: Levels) -> bool:
    """Whether a member can do all that one of the alternatives asks for."""
    if not requirement:
        return True
    return any(all(is_met(each, levels) for each in every) for every in requirement)


def what_is_missing(requirement: Requirement, levels: Levels) -> str:
    """Why a member does not meet it: ``en 2 (needs en>=3)``, of each alternative."""
    return " or ".join(
        " and ".join(
            f"{each.skill} {levels.get(each.skill, 0)} (needs {each})"
            for each in every
            if not is_met(each, levels)
        )
        for every in requirement
    )


def relaxed(requirement: Requirement, by: Relaxation) -> Requirement:
    """What is still asked for; an alternative that asks for nothing any more lets anybody in."""
    if by.drops_all:
        return ()
    fresh = {each.skill: each for each in by.conditions}
    every = tuple(
        tuple(fresh.get(each.skill, each) for each in one if each.skill not in by.dropped)
        for one in requirement
    )
    return every if all(every) else ()


def merit(order: str, requirement: Requirement, levels: Levels) -> int:
    """Who goes first among those who can: the lowest number.

    ``best``: who is best at what is asked for. ``least``: who can do least besides, so that
    those who can do everything stay free for those who need it.
    """
    if order == "best":
        asked = {condition.skill for every in requirement for condition in every}
        return -sum(levels.get(skill, 0) for skill in asked)
    return sum(levels.values()) if order == "least" else 0


@dataclass(slots=True)
class Demand:
    """What one caller asks for, less and less as it waits."""

    requirement: Requirement = ()
    relaxations: list[Relaxation] = field(default_factory=list)

    def relax(self, waited: float) -> bool:
        """Go by what holds after so many seconds; tells whether it is something else."""
        before = self.requirement
        while self.relaxations and self.relaxations[0].after <= waited:
            self.requirement = relaxed(self.requirement, self.relaxations.pop(0))
        return self.requirement != before

    @property
    def next_after(self) -> float | None:
        """The seconds of waiting after which it changes next."""
        return self.relaxations[0].after if self.relaxations else None
