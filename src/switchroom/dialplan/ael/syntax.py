"""The syntax tree of AEL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple


class Where(NamedTuple):
    """A place in a file."""

    path: Path
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """``{ … }``."""

    where: Where
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """``Dial(PJSIP/100,20);``."""

    where: Where
    application: str
    arguments: str


@dataclass(frozen=True, slots=True)
class MacroCall:
    """``&greet(${EXTEN});``."""

    where: Where
    macro: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """``x = ${y} + 1;``, ``local x = 1;``, ``CALLERID(name) = Bob;``."""

    where: Where
    name: str
    value: str
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Goto:
    """``goto [[context,]extension,]label;``, and ``jump extension[,priority][@context];``."""

    where: Where
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """``again:``."""

    where: Where
    name: str


@dataclass(frozen=True, slots=True)
class If:
    """``if``, ``ifTime`` and ``random``, with their ``else``."""

    where: Where
    kind: Literal["if", "ifTime", "random"]
    condition: str
    then: Statement
    otherwise: Statement | None


@dataclass(frozen=True, slots=True)
class Loop:
    """``while (condition)``, and ``for (first; condition; each)``."""

    where: Where
    kind: Literal["while", "for"]
    condition: str
    body: Statement
    first: Statement | None = None
    each: Statement | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """``case value:``, ``pattern value:`` or ``default:``."""

    where: Where
    kind: Literal["case", "pattern", "default"]
    value: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """``switch (subject) { … }``."""

    where: Where
    subject: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """``break;``, ``continue;`` and ``return;``."""

    where: Where
    kind: Literal["break", "continue", "return"]


@dataclass(frozen=True, slots=True)
class Catch:
    """``catch h { … }``: an extension beside the one it stands in."""

    where: Where
    extension: str
    body: Block


Statement = (
    Block | Call | MacroCall | Assignment | Goto | Label | If | Loop | Switch | Leave | Catch
)


@dataclass(frozen=True, slots=True)
class ExtensionNode:
    """``100 => { … }``, perhaps with a hint."""

    where: Where
    name: str
    body: Statement | None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of ``includes``, ``switches``, ``eswitches``, or an ``ignorepat``."""

    where: Where
    kind: Literal["include", "switch", "eswitch", "ignorepat"]
    text: str


@dataclass(slots=True)
class ContextNode:
    """``context internal { … }``."""

    where: Where
    name: str
    overrides: bool = False  #: what was said of the context before is void
    extensions: list[ExtensionNode] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    variables: list[Assignment] = field(default_factory=list)


@dataclass(slots=True)
class MacroNode:
    """``macro greet(who) { … }``."""

    where: Where
    name: str
    parameters: tuple[str, ...]
    body: Block
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class AelFile:
    """All that a file and its includes say."""

    contexts: list[ContextNode] = field(default_factory=list)
    macros: dict[str, MacroNode] = field(default_factory=dict)
    variables: list[Assignment] = field(default_factory=list)
