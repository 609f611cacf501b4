"""``processes.conf``: helper programs that a node looks after. Ours: the original has none."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section

ON_EXIT = ("restart", "restart-on-failure", "leave")

_PROCESS = MappingProxyType(
    {
        "command": Option(Kind.TEXT, honoured=True),
        "directory": Option(Kind.TEXT, honoured=True),
        "environment": Option(Kind.TEXT, honoured=True),
        "autostart": Option(Kind.FLAG, "yes", honoured=True),
        "on_exit": Option(Kind.CHOICE, "restart", ON_EXIT, honoured=True),
        "restart": Option(Kind.TEXT, honoured=True),
        "memory_limit": Option(Kind.TEXT, honoured=True),
        "stop_timeout": Option(Kind.DECIMAL, "10", honoured=True),
    }
)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_SIZE = re.compile(r"(?P<number>\d{1,12})\s*(?P<unit>[KMG]?)i?B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


@dataclass(frozen=True, slots=True)
class ProcessConfig:
    """One program."""

    name: str
    command: tuple[str, ...]
    directory: str = ""  #: where it runs; empty: where the node does
    environment: tuple[tuple[str, str], ...] = ()  #: besides what the node has
    starts_itself: bool = True
    on_exit: str = "restart"  #: one of :data:`ON_EXIT`
    restart_at: str = ""  #: a cron line; empty: never
    memory_limit: int = 0  #: octets of it and its children together; 0: none
    stop_timeout: float = 10.0  #: seconds between SIGTERM and SIGKILL


@dataclass(frozen=True, slots=True)
class ProcessesConfig:
    """All of them, in the file's order."""

    processes: tuple[ProcessConfig, ...] = ()
    warnings: tuple[ConfigWarning, ...] = field(default=())


def read_processes(file: ConfigFile) -> ProcessesConfig:
    """Read a ``processes.conf``: a section for each program.

    Raises:
        ConfigError: A section without a command, an unknown option, or a value that is none.
    """
    warnings = Warnings()
    processes = tuple(
        _process(section, read_options(section, _PROCESS, what="process", warnings=warnings))
        for section in file.sections
        if not section.is_template
    )
    return ProcessesConfig(processes, tuple(warnings.entries))


def _process(section: Section, options: Options) -> ProcessConfig:
    def error(name: str, message: str) -> ConfigError:
        return ConfigError(message, path=section.path, line=options.line_of(name))

    if not _NAME.fullmatch(section.name):
        message = f"{section.name!r}: a process is named by letters, digits, '-', '_' and '.'"
        raise ConfigError(message, path=section.path, line=section.line)
    try:
        command = tuple(shlex.split(options.text("command")))
    except ValueError as reason:
        raise error("command", f"command: {str(reason).lower()}") from reason
    if not command:
        raise error("command", f"process {section.name} has no command")
    environment = tuple(_assignment(line) for line in options.lines("environment"))
    if any(not name for name, _ in environment):
        raise error("environment", "environment: expected NAME=value")
    restart_at = options.text("restart")
    if restart_at:
        try:
            check_cron(restart_at)
        except ValueError as reason:
            raise error("restart", f"restart: {reason}") from reason
    limit = options.text("memory_limit")
    size = _SIZE.fullmatch(limit)
    if limit and not size:
        raise error("memory_limit", f"memory_limit: expected a size such as 200M, not {limit!r}")
    return ProcessConfig(
        name=section.name,
        command=command,
        directory=options.text("directory"),
        environment=environment,
        starts_itself=options.flag("autostart"),
        on_exit=options.choice("on_exit"),
        restart_at=restart_at,
        memory_limit=int(size["number"]) * _UNITS[size["unit"].upper()] if size else 0,
        stop_timeout=options.decimal("stop_timeout"),
    )


def _assignment(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


def check_cron(line: str) -> None:
    """Look whether something is a cron line: minute, hour, day, month and weekday.

    Raises:
        ValueError: It is none, or its time never comes.
    """
    import datetime

    from cronsim import CronSim, CronSimError

    example = "(minute hour day month weekday, as 0 3 * * *)"
    try:
        next(CronSim(line, datetime.datetime(2024, 1, 1)))  # noqa: DTZ001  # any time will do
    except CronSimError as error:
        raise ValueError(f"{line!r} is no cron line {example}: {error}") from error
    except StopIteration:
        raise ValueError(f"the time of {line!r} never comes") from None
