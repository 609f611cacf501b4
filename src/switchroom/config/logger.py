"""``logger.conf``: which files, and what else, get which kinds of log lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile, Section

LEVELS = ("DEBUG", "TRACE", "NOTICE", "WARNING", "ERROR", "VERBOSE", "DTMF", "SECURITY", "FAX")
STRATEGIES = ("sequential", "rotate", "timestamp", "none")

_FORMATTER = re.compile(r"\s*\[(?P<formatter>\w+)\]\s*(?P<levels>.*)$")
_VERBOSE = re.compile(r"verbose\((?P<number>[0-9*]+)\)$", re.IGNORECASE)

_GENERAL: Mapping[str, Option] = MappingProxyType(
    {
        "appendhostname": Option(Kind.FLAG, "no", honoured=True),
        "custom_levels": Option(Kind.LIST),
        "dateformat": Option(Kind.TEXT, "%b %e %T", honoured=True),
        "display_callids": Option(Kind.FLAG, "yes"),
        "exec_after_rotate": Option(Kind.TEXT, honoured=True),
        "logger_queue_limit": Option(Kind.NUMBER, "1000", honoured=True),
        "queue_log": Option(Kind.FLAG, "yes", honoured=True),
        "queue_log_name": Option(Kind.TEXT, "queue_log", honoured=True),
        "queue_log_realtime_use_gmt": Option(Kind.FLAG, "no", honoured=True),
        "queue_log_to_file": Option(Kind.FLAG, "no", acts="yes"),
        "rotatestrategy": Option(Kind.CHOICE, "sequential", STRATEGIES, honoured=True),
        "rotatetimestamp": Option(Kind.FLAG, "no", honoured=True),
        "use_callids": Option(Kind.FLAG, "yes"),
    }
)


@dataclass(frozen=True, slots=True)
class LogChannelConfig:
    """One line of ``[logfiles]``."""

    name: str  #: a file, ``console``, or ``syslog.local0``
    levels: frozenset[str]  #: of :data:`LEVELS`
    formatter: str = "default"
    verbosity: int | None = None


@dataclass(frozen=True, slots=True)
class LoggerConfig:
    """All of ``logger.conf``; without the file warnings and errors are kept."""

    date_format: str = "%b %e %T"
    appends_host: bool = False
    strategy: str = "sequential"
    after_rotation: str = ""  #: a command, ``${filename}`` being the file
    queue_limit: int = 1000
    keeps_queue_log: bool = True
    queue_log_name: str = "queue_log"
    queue_log_in_utc: bool = False  #: in a database
    channels: tuple[LogChannelConfig, ...] = (
        LogChannelConfig("messages.log", frozenset({"WARNING", "ERROR"})),
    )
    is_default: bool = True
    warnings: tuple[ConfigWarning, ...] = ()


def read_logger(file: ConfigFile) -> LoggerConfig:
    """Read a ``logger.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none.
    """
    warnings = Warnings()
    general = file.section("general") or Section("general", file.path, 0)
    options = read_options(general, _GENERAL, what="logger.conf", warnings=warnings)
    files = file.section("logfiles") or Section("logfiles", file.path, 0)
    channels = {}
    for entry in files.entries:
        name = entry.name.strip()
        channel, unknown = parse_channel(name, entry.value)
        channels[name] = channel
        for word in unknown:
            warnings.add(f"{name}: there is no level {word!r}", entry.path, entry.line)
    strategy = options.choice("rotatestrategy")
    if options.flag("rotatetimestamp"):
        strategy = "timestamp"
    return LoggerConfig(
        date_format=options.text("dateformat"),
        appends_host=options.flag("appendhostname"),
        strategy=strategy,
        after_rotation=options.text("exec_after_rotate"),
        queue_limit=max(1, options.number("logger_queue_limit")),
        keeps_queue_log=options.flag("queue_log"),
        queue_log_name=options.text("queue_log_name"),
        queue_log_in_utc=options.flag("queue_log_realtime_use_gmt"),
        channels=tuple(channels.values()),
        is_default=False,
        warnings=tuple(warnings.entries),
    )


def parse_channel(name: str, text: str) -> tuple[LogChannelConfig, list[str]]:
    """Read ``[json]notice,warning,verbose(3)``; returns the words that are no level as well."""
    formatter = "default"
    match = _FORMATTER.match(text)
    if match is not None:
        formatter, text = match["formatter"].lower(), match["levels"]
    levels: set[str] = set()
    unknown: list[str] = []
    verbosity: int | None = None
    for word in filter(None, (part.strip() for part in text.split(","))):
        verbose = _VERBOSE.match(word)
        if verbose is not None:
            levels.add("VERBOSE")
            verbosity = int(verbose["number"]) if verbose["number"].isdigit() else None
        elif word == "*":
            levels.update(LEVELS)
        elif word.upper() in LEVELS:
            levels.add(word.upper())
        else:
            unknown.append(word)
    return LogChannelConfig(name, frozenset(levels), formatter, verbosity), unknown
