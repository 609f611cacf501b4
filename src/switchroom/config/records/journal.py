"""``records.conf``: the journal that records are held against. Ours; the original has none."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

_JOURNAL = MappingProxyType(
    {
        "enabled": Option(Kind.FLAG, "yes", honoured=True),
        "days": Option(Kind.NUMBER, "7", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class RecordsConfig:
    """All of ``records.conf``."""

    has_journal: bool = True
    days: int = 7
    warnings: tuple[ConfigWarning, ...] = ()


def read_records(file: ConfigFile) -> RecordsConfig:
    """Read a ``records.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none for it.
    """
    warnings = Warnings()
    section = file.section("journal")
    if section is None:
        return RecordsConfig()
    options = read_options(section, _JOURNAL, what="records.conf", warnings=warnings)
    days = max(1, options.number("days"))
    return RecordsConfig(options.flag("enabled"), days, tuple(warnings.entries))
