"""Who may give which commands, and other words for commands; datastores of the core."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ALL = "all"


@dataclass(frozen=True, slots=True)
class CommandRights:
    """What one user may do.

    Args:
        rules: Whether commands that begin so are permitted; the last that fits counts.
        permits_by_default: Where none fits.
    """

    rules: Sequence[tuple[bool, str]] = ()
    permits_by_default: bool = True

    def allows(self, words: Sequence[str]) -> bool:
        """Whether a command may be given."""
        text = " ".join(word.lower() for word in words)
        allowed = self.permits_by_default
        for permits, command in self.rules:
            if command == ALL or text == command or text.startswith(f"{command} "):
                allowed = permits
        return allowed


@dataclass(slots=True)
class CliPermissions:
    """Of a node, by ``pbx.datastore(CliPermissions)``."""

    permits_by_default: bool = True
    rules: Mapping[str, Sequence[tuple[bool, str]]] = field(default_factory=dict)

    def rights_of(self, uid: int, gid: int) -> CommandRights:
        """What a user of the system may do: by his groups, then by his name."""
        if not self.rules:
            return CommandRights((), self.permits_by_default)
        names = [f"@{name}" for name in _groups(uid, gid)]
        try:
            names.append(pwd.getpwuid(uid).pw_name)
        except KeyError:
            names.append(str(uid))
        found = [rule for name in names for rule in self.rules.get(name, ())]
        return CommandRights(tuple(found), self.permits_by_default)


def _groups(uid: int, gid: int) -> list[str]:
    try:
        name = pwd.getpwuid(uid).pw_name
        numbers = os.getgrouplist(name, gid)
    except (KeyError, OSError):
        numbers = [gid]
    found = []
    for number in numbers:
        try:
            found.append(grp.getgrgid(number).gr_name)
        except KeyError:
            found.append(str(number))
    return found


@dataclass(slots=True)
class CliAliases:
    """Of a node, by ``pbx.datastore(CliAliases)``."""

    aliases: Mapping[str, str] = field(default_factory=dict)

    def expand(self, line: str) -> str:
        """The command that a line stands for; the line itself where it is no alias."""
        lowered = " ".join(line.split()).lower()
        fitting = [
            each for each in self.aliases if lowered == each or lowered.startswith(f"{each} ")
        ]
        if not fitting:
            return line
        alias = max(fitting, key=len)
        rest = " ".join(line.split())[len(alias) :]
        return f"{self.aliases[alias]}{rest}"


EVERYTHING = CommandRights()  #: of who is not asked: AMI, which asks its own users
