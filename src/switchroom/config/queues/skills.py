"""``queueskills.conf``: what members can do, and what queues ask of who answers.

A file of our own, so that ``queues.conf`` stays what Asterisk reads too:

    [member-skills]
    PJSIP/alice => en:5,billing:3

    [support]                   ; a queue
    requires = en>=3,billing
    relax => 30,en>=2           ; after 30 seconds
    relax => 60,*               ; anybody
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry, Section

MEMBERS = "member-skills"  #: the section of members
MAX_LEVEL = 1_000_000
ORDERS = ("none", "best", "least")

_CONDITION = re.compile(r"(!?)\s*([a-z0-9][a-z0-9_.-]*)\s*(?:(>=|<=|!=|=|>|<)\s*([0-9]{1,7}))?")
_LEVEL = re.compile(r"([a-z0-9][a-z0-9_.-]*)(?:\s*:\s*([0-9]{1,7}))?")

Levels = Mapping[str, int]  #: by skill; what is not named is 0
NO_LEVELS: Levels = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is asked of a member."""

    skill: str
    operator: str  #: ``>=``, ``<=``, ``!=``, ``=``, ``>`` or ``<``
    level: int

    def __str__(self) -> str:
        if (self.operator, self.level) == (">=", 1):
            return self.skill
        return f"{self.skill}{self.operator}{self.level}"


#: Alternatives; of one of them every condition must hold. Nothing asks for nothing.
Requirement = tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """From when on less is asked."""

    after: float  #: seconds of waiting
    conditions: tuple[Condition, ...] = ()  #: each replaces what was asked of its skill
    dropped: frozenset[str] = frozenset()  #: skills of which nothing is asked any more
    drops_all: bool = False


@dataclass(frozen=True, slots=True)
class QueueSkills:
    """What one queue asks."""

    requires: Requirement = ()
    order: str = "none"  #: of :data:`ORDERS`: who goes first among those who can
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class SkillsConfig:
    """The whole file."""

    members: Mapping[str, Levels] = field(default_factory=lambda: MappingProxyType({}))
    queues: Mapping[str, QueueSkills] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()

    def levels_of(self, interface: str, name: str) -> Levels:
        """What a member can do: by its interface, or by its name."""
        return self.members.get(interface.lower()) or self.members.get(name.lower(), NO_LEVELS)


def parse_levels(text: str) -> Levels:
    """``en:5,billing:3``; a skill without a level has 1.

    Raises:
        ValueError: It is something else.
    """
    levels: dict[str, int] = {}
    for word in filter(None, map(str.strip, text.lower().split(","))):
        found = _LEVEL.fullmatch(word)
        if found is None:
            raise ValueError(f"expected skill:level, not {word!r}")
        levels[found[1]] = min(int(found[2] or 1), MAX_LEVEL)
    return MappingProxyType(levels)


def format_levels(levels: Levels) -> str:
    """As it is read."""
    return ",".join(f"{skill}:{level}" for skill, level in levels.items())


def parse_requirement(text: str) -> Requirement:
    """``en>=3,billing|fr``: conditions joined by commas, alternatives by ``|``.

    Raises:
        ValueError: It is something else.
    """
    alternatives = (
        tuple(_condition(word) for word in filter(None, map(str.strip, each.split(","))))
        for each in text.lower().split("|")
    )
    return tuple(filter(None, alternatives))


def format_requirement(requirement: Requirement) -> str:
    """As it is read."""
    return "|".join(",".join(map(str, each)) for each in requirement)


def _condition(word: str) -> Condition:
    found = _CONDITION.fullmatch(word)
    if found is None or (found[1] and found[3]):
        raise ValueError(f"expected skill, !skill or skill>=level, not {word!r}")
    if found[1]:
        return Condition(found[2], "<", 1)
    return Condition(found[2], found[3] or ">=", min(int(found[4] or 1), MAX_LEVEL))


def parse_relaxation(text: str) -> Relaxation:
    """``seconds,change…``: a condition in place of another, ``-skill``, or ``*`` for anybody.

    Raises:
        ValueError: It is something else.
    """
    seconds, *changes = map(str.strip, text.lower().split(","))
    if not seconds.isdecimal() or not any(changes):
        raise ValueError(f"expected seconds,condition…, not {text!r}")
    dropped = frozenset(each[1:].strip() for each in changes if each.startswith("-"))
    return Relaxation(
        float(seconds),
        tuple(_condition(each) for each in changes if each and each[0] not in "-*"),
        dropped,
        drops_all="*" in changes,
    )


def read_queue_skills(file: ConfigFile) -> SkillsConfig:
    """Read a ``queueskills.conf``.

    Raises:
        ConfigError: A skill, a condition or a change that is none.
    """
    warnings = Warnings()
    members: dict[str, Levels] = {}
    queues: dict[str, QueueSkills] = {}
    for section in file.sections:
        if section.is_template:
            continue
        if section.name.lower() == MEMBERS:
            for entry in section.entries:
                members[entry.name.lower()] = _parsed(parse_levels, entry)
        else:
            queues[section.name] = _queue(section, warnings)
    return SkillsConfig(
        MappingProxyType(members), MappingProxyType(queues), tuple(warnings.entries)
    )


def _queue(section: Section, warnings: Warnings) -> QueueSkills:
    read = QueueSkills()
    relaxations: list[Relaxation] = []
    for entry in section.entries:
        match entry.name.lower():
            case "requires":
                read = replace(read, requires=_parsed(parse_requirement, entry))
            case "order":
                read = replace(read, order=_parsed(_order, entry))
            case "relax":
                relaxations.append(_parsed(parse_relaxation, entry))
            case _:
                message = f"queueskills.conf: there is no option {entry.name!r}"
                warnings.add(message, entry.path, entry.line)
    return replace(read, relaxations=tuple(sorted(relaxations, key=lambda each: each.after)))


def _order(text: str) -> str:
    order = text.strip().lower()
    if order not in ORDERS:
        raise ValueError(f"expected one of {', '.join(ORDERS)}, not {text!r}")
    return order


def _parsed(parse: Any, entry: Entry) -> Any:
    try:
        return parse(entry.value)
    except ValueError as error:
        raise ConfigError(f"{entry.name}: {error}", path=entry.path, line=entry.line) from error
