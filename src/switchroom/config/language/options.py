"""Sections against tables of known options: every value checked, every unknown name reported.

A table names each option with its kind and its default. What is known but changes nothing here is
reported once as a warning, so that nobody trusts in it; what is unknown is an error with the
names that come nearest, since it is nearly always a slip of the pen.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import Entry, Section
from switchroom.config.language.values import (
    parse_codecs,
    parse_decimal,
    parse_number,
    parse_yes_no,
)


class Kind(Enum):
    """What values an option takes."""

    FLAG = auto()  #: yes or no, shown as ``true`` or ``false``
    YES_NO = auto()  #: yes or no, shown as such
    NUMBER = auto()  #: a whole number, not negative
    INTEGER = auto()  #: a whole number of either sign
    DECIMAL = auto()
    TEXT = auto()
    CHOICE = auto()  #: one of :attr:`Option.choices`
    LIST = auto()  #: words with commas; further lines add
    CODECS = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """One known option."""

    kind: Kind
    default: str = ""
    choices: tuple[str, ...] = ()
    honoured: bool = False  #: whether it changes anything here
    acts: str = ""  #: the value that is always acted by, where that is not the default


@dataclass(frozen=True, slots=True)
class ConfigWarning:
    """Something that is accepted and has no effect, or not the one that was meant."""

    message: str
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(slots=True)
class Warnings:
    """Collects warnings; the same words are kept once, at their first place."""

    entries: list[ConfigWarning] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def add(self, message: str, path: Path, line: int) -> None:
        """Keep a warning, unless the same was given before."""
        if message not in self._seen:
            self._seen.add(message)
            self.entries.append(ConfigWarning(message, path, line))


@dataclass(frozen=True, slots=True)
class Options:
    """The checked options of one section; what was not written has its default."""

    section: Section
    table: Mapping[str, Option]
    written: Mapping[str, tuple[Entry, ...]]
    forced: Mapping[str, str] = field(default_factory=dict)  #: what another option says for good
    implied: Mapping[str, str] = field(
        default_factory=dict
    )  #: what it says where nothing is written

    def text(self, name: str) -> str:
        """The last value written, or the default."""
        if name in self.forced:
            return self.forced[name]
        entries = self.written.get(name)
        return entries[-1].value if entries else self.implied.get(name, self.table[name].default)

    def flag(self, name: str) -> bool:
        """The value of a FLAG or YES_NO."""
        return parse_yes_no(self.text(name))

    def number(self, name: str) -> int:
        """The value of a NUMBER or INTEGER."""
        return int(self.text(name))

    def decimal(self, name: str) -> float:
        """The value of a DECIMAL."""
        return float(self.text(name))

    def choice(self, name: str) -> str:
        """The value of a CHOICE, in lower case."""
        return self.text(name).lower()

    def words(self, name: str) -> tuple[str, ...]:
        """All words of a LIST, over all its lines; each once."""
        entries = self.written.get(name)
        texts = [entry.value for entry in entries] if entries else [self.table[name].default]
        words = (word.strip() for text in texts for word in text.split(","))
        return tuple(dict.fromkeys(word for word in words if word))

    def lines(self, name: str) -> tuple[str, ...]:
        """The value of each line, whole."""
        return tuple(entry.value for entry in self.written.get(name, ()))

    def codecs(self) -> tuple[str, ...]:
        """What ``allow`` and ``disallow`` leave; empty when neither was written."""
        return parse_codecs(_codec_lines(self.section))

    def line_of(self, name: str) -> int:
        """Where the option was written last, or the section's line."""
        entries = self.written.get(name)
        return entries[-1].line if entries else self.section.line

    def shown(self, name: str) -> str:
        """The value as the CLI shows it."""
        option = self.table[name]
        if option.kind is Kind.FLAG:
            return "true" if self.flag(name) else "false"
        if option.kind is Kind.YES_NO:
            # dtls_verify and its like are shown with a capital: their default is written so.
            word = "yes" if self.flag(name) else "no"
            return word.capitalize() if option.default[:1].isupper() else word
        if option.kind is Kind.DECIMAL:
            return f"{self.decimal(name):f}"
        if option.kind is Kind.CODECS:
            return f"({'|'.join(self.codecs())})"
        if option.kind is Kind.LIST:
            return ",".join(self.words(name))
        return self.text(name)


def read_options(
    section: Section, table: Mapping[str, Option], *, what: str, warnings: Warnings
) -> Options:
    """Check a section.

    Args:
        section: Inherited entries included.
        table: The options that may stand in it, by lower-case name.
        what: The section's kind for messages: ``endpoint``.
        warnings: Takes what is accepted without an effect.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    written: dict[str, list[Entry]] = {}
    for entry in section.entries:
        name = entry.name.lower()
        option = table.get(name)
        if option is None:
            raise ConfigError(_unknown(entry.name, table, what), path=entry.path, line=entry.line)
        try:
            _check(option, name, entry.value)
        except ValueError as error:
            raise ConfigError(f"{name}: {error}", path=entry.path, line=entry.line) from error
        if not option.honoured:
            _warn(option, name, entry, what, warnings)
        written.setdefault(name, []).append(entry)
    return Options(section, table, {name: tuple(found) for name, found in written.items()})


def _warn(option: Option, name: str, entry: Entry, what: str, warnings: Warnings) -> None:
    """Say that a value changes nothing, unless it is what happens anyway."""
    value = entry.value.strip().lower()
    if option.acts and value != option.acts:
        warnings.add(f"{name} is always {option.acts} here ({what})", entry.path, entry.line)
    elif not option.acts and value != option.default.lower():
        warnings.add(f"{name} has no effect yet ({what})", entry.path, entry.line)


def _unknown(name: str, table: Mapping[str, Option], what: str) -> str:
    near = difflib.get_close_matches(name.lower(), table, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"unknown option {name!r} of {what}{hint}"


def _check(option: Option, name: str, value: str) -> None:
    if option.kind in {Kind.FLAG, Kind.YES_NO}:
        parse_yes_no(value)
    elif option.kind is Kind.NUMBER:
        parse_number(value)
    elif option.kind is Kind.INTEGER:
        parse_number(value, minimum=-(2**31), maximum=2**31 - 1)
    elif option.kind is Kind.DECIMAL:
        parse_decimal(value)
    elif option.kind is Kind.CHOICE:
        if value.lower() not in option.choices:
            raise ValueError(f"expected one of {', '.join(option.choices)}, not {value!r}")
    elif option.kind is Kind.CODECS:
        parse_codecs([(name, value)])


def _codec_lines(section: Section) -> list[tuple[str, str]]:
    return [
        (name, entry.value)
        for entry in section.entries
        if (name := entry.name.lower()) in {"allow", "disallow"}
    ]
