"""``cdr_syslog.conf``: call records as lines of the system's log."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile
from switchroom.config.records.mappings import LineMapping

FACILITIES = (
    *("auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail", "news", "syslog"),
    *("user", "uucp", *(f"local{number}" for number in range(8))),
)
PRIORITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")


def _table(facility: str, priority: str) -> MappingProxyType[str, Option]:
    return MappingProxyType(
        {
            "facility": Option(Kind.CHOICE, facility, FACILITIES, honoured=True),
            "priority": Option(Kind.CHOICE, priority, PRIORITIES, honoured=True),
            "template": Option(Kind.TEXT, honoured=True),
        }
    )


@dataclass(frozen=True, slots=True)
class SyslogLine:
    """One line of the system's log for each record."""

    mapping: LineMapping
    facility: str
    priority: str


@dataclass(frozen=True, slots=True)
class CdrSyslogConfig:
    """All of the file."""

    lines: tuple[SyslogLine, ...] = ()
    warnings: tuple[ConfigWarning, ...] = ()


def read_cdr_syslog(file: ConfigFile) -> CdrSyslogConfig:
    """Read a ``cdr_syslog.conf``: a section for each line, ``[general]`` for what they share.

    Raises:
        ConfigError: An unknown option, facility or priority.
    """
    warnings = Warnings()
    table = _table("local4", "info")
    general = file.section("general")
    if general is not None:
        shared = read_options(general, table, what="cdr_syslog.conf", warnings=warnings)
        table = _table(shared.choice("facility"), shared.choice("priority"))
    lines: list[SyslogLine] = []
    for section in file.sections:
        if section.name == "general" or section.is_template:
            continue
        options = read_options(section, table, what="cdr_syslog.conf", warnings=warnings)
        template = options.text("template")
        if not template:
            warnings.add(f"[{section.name}] has no template", section.path, section.line)
            continue
        where = options.line_of("template")
        lines.append(
            SyslogLine(
                LineMapping(section.name, template, section.path, where),
                options.choice("facility"),
                options.choice("priority"),
            )
        )
    return CdrSyslogConfig(tuple(lines), tuple(warnings.entries))
