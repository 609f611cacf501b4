"""What is known of Asterisk's interface: names, counts, option letters, words, what replaced what.

Facts of versions 18 to 22, and of what older versions had; no text of the original.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What is known of one application."""

    name: str
    least: int = 0  #: arguments it needs
    most: int | None = None  #: arguments it takes; None: no limit, or a grammar of its own
    options_at: int | None = None  #: which argument holds the options
    letters: str = ""
    words: tuple[str, ...] = ()  #: options that are words
    sets: tuple[str, ...] = ()  #: variables it sets
    assigns: int | None = None  #: which argument names a variable that it sets
    deprecated: str | None = None  #: since which version; empty: not known
    removed: str | None = None  #: the first version without it
    instead: str = ""


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What is known of one function."""

    name: str
    access: str = "r"  #: ``r``, ``w`` or both
    least: int = 0
    most: int | None = None
    separator: str = ","
    words_at: int = 0  #: which argument must be one of ``words``
    words: tuple[str, ...] = ()
    read_only_words: tuple[str, ...] = ()
    takes_others: bool = False  #: words that are not listed have a meaning too
    sets: tuple[str, ...] = ()
    deprecated: str | None = None
    removed: str | None = None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Something that older versions had."""

    instead: str
    gone_by: str  #: a version that no longer has it


def _load(name: str) -> Any:
    return json.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _frozen(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}


@functools.cache
def applications() -> Mapping[str, ApplicationFacts]:
    """By lower-case name: applications are found in any case of letters."""
    return {
        name.lower(): ApplicationFacts(name, **_frozen(fields))
        for name, fields in _load("applications.json").items()
    }


@functools.cache
def functions() -> Mapping[str, FunctionFacts]:
    """By name: functions are found as they are written."""
    return {
        name: FunctionFacts(name, **_frozen(fields))
        for name, fields in _load("functions.json").items()
    }


@functools.cache
def variables() -> Mapping[str, frozenset[str]]:
    """Names by what is done with them: ``built_in``, ``set`` and ``read`` by the system itself."""
    return {kind: frozenset(names) for kind, names in _load("variables.json").items()}


@functools.cache
def prompts() -> frozenset[str]:
    """Names of prompts that sound sets bring."""
    return frozenset(_load("prompts.json"))


def _legacy(kind: str) -> dict[str, Replaced]:
    return {name: Replaced(*fields) for name, fields in _load("legacy.json")[kind].items()}


@functools.cache
def legacy_applications() -> Mapping[str, Replaced]:
    """By lower-case name."""
    return {name.lower(): replaced for name, replaced in _legacy("applications").items()}


@functools.cache
def legacy_functions() -> Mapping[str, Replaced]:
    """By name."""
    return _legacy("functions")


@functools.cache
def legacy_variables() -> Mapping[str, Replaced]:
    """By name."""
    return _legacy("variables")


@functools.cache
def legacy_technologies() -> Mapping[str, Replaced]:
    """By lower-case name of the channel technology."""
    return {name.lower(): replaced for name, replaced in _legacy("technologies").items()}


@functools.cache
def legacy_options() -> Mapping[str, Mapping[str, Replaced]]:
    """Option letters by the application's lower-case name."""
    return {
        application.lower(): {letter: Replaced(*fields) for letter, fields in letters.items()}
        for application, letters in _load("legacy.json")["options"].items()
    }


@dataclass(frozen=True, slots=True)
class Change:
    """Something that means another thing since a branch. One of the kinds is not empty."""

    since: str  #: the first branch
    text: str
    application: str = ""  #: in lower case
    function: str = ""
    technology: str = ""  #: in lower case
    file: str = ""
    option: tuple[str, str, str] = ("", "", "")  #: file, section (``*``: any), name
    value: str = ""  #: of the option; empty: any
    arguments: int = 0  #: only calls with as many at least
    arguments_hold: str = ""  #: only uses whose arguments hold this


@functools.cache
def changes() -> tuple[Change, ...]:
    """What changed its meaning, oldest first."""
    return tuple(_change(**fields) for fields in _load("changes.json"))


def _change(*, option: str = "//", **fields: Any) -> Change:
    since = fields.pop("in")
    for name in ("application", "technology"):
        fields[name] = fields.get(name, "").lower()
    file, section, key = option.split("/")
    return Change(since, option=(file, section, key), **fields)
