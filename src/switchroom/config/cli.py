"""``cli_permissions.conf`` and ``cli_aliases.conf``: who may give commands, and words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import ConfigFile


@dataclass(frozen=True, slots=True)
class CliPermissionsConfig:
    """What ``cli_permissions.conf`` says."""

    permits_by_default: bool = True
    #: By user name, or ``@group``: whether each command is permitted; the last that fits counts.
    rules: Mapping[str, tuple[tuple[bool, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CliAliasesConfig:
    """What ``cli_aliases.conf`` says: of the template that ``[general]`` names."""

    aliases: Mapping[str, str] = field(default_factory=dict)


def read_cli_permissions(file: ConfigFile) -> CliPermissionsConfig:
    """Read a ``cli_permissions.conf``.

    Raises:
        ConfigError: A word that is none of permit, deny and default_perm.
    """
    default = True
    rules: dict[str, tuple[tuple[bool, str], ...]] = {}
    for section in file.sections:
        if section.is_template:
            continue
        if section.name == "general":
            default = section.get("default_perm", "permit").strip().lower() == "permit"
            continue
        found = []
        for entry in section.entries:
            name = entry.name.lower()
            if name not in {"permit", "deny"}:
                message = f"expected permit or deny, not {entry.name!r}"
                raise ConfigError(message, path=entry.path, line=entry.line)
            found.append((name == "permit", " ".join(entry.value.lower().split())))
        rules[section.name] = tuple(found)
    return CliPermissionsConfig(default, rules)


def read_cli_aliases(file: ConfigFile) -> CliAliasesConfig:
    """Read a ``cli_aliases.conf``."""
    general = file.section("general")
    template = general.get("template") if general is not None else ""
    section = file.section(template) if template else None
    if section is None:
        return CliAliasesConfig()
    return CliAliasesConfig(
        {" ".join(each.name.lower().split()): each.value.strip() for each in section.entries}
    )
