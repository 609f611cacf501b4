"""``cdr_manager.conf``: whether call records are told to programs, and what of them besides."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.config.language.reader import ConfigFile
from switchroom.config.language.values import is_true


@dataclass(frozen=True, slots=True)
class CdrManagerConfig:
    """What the file says."""

    is_on: bool = False
    mappings: tuple[tuple[str, str], ...] = ()  #: variables of the record, and their headers


def read_cdr_manager(file: ConfigFile) -> CdrManagerConfig:
    """Read a ``cdr_manager.conf``."""
    general, mappings = file.section("general"), file.section("mappings")
    pairs = tuple((e.name, e.value) for e in mappings.entries) if mappings is not None else ()
    return CdrManagerConfig(general is not None and is_true(general.get("enabled")), pairs)
