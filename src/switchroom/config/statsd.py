"""``statsd.conf``: whether figures are sent to a StatsD server, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

PORT = 8125

_OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        "enabled": Option(Kind.FLAG, "no", honoured=True),
        "server": Option(Kind.TEXT, "127.0.0.1", honoured=True),
        "prefix": Option(Kind.TEXT, "", honoured=True),
        "add_newline": Option(Kind.FLAG, "no", honoured=True),
        "meter_support": Option(Kind.FLAG, "yes", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class StatsdConfig:
    """What the file says."""

    is_on: bool = False
    host: str = "127.0.0.1"
    port: int = PORT
    prefix: str = ""  #: in front of each name, with a dot between
    ends_lines: bool = False  #: each figure is followed by a line's end
    has_meters: bool = True  #: no: meters are sent as counters
    warnings: tuple[ConfigWarning, ...] = ()


def read_statsd(file: ConfigFile) -> StatsdConfig:
    """Read a ``statsd.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none.
    """
    warnings = Warnings()
    # Asterisk: the section is called general, and global in older documents.
    section = file.section("general") or file.section("global")
    if section is None:
        return StatsdConfig()
    options = read_options(section, _OPTIONS, what="statsd.conf", warnings=warnings)
    try:
        host, port = _address(options.text("server"))
    except ValueError as error:
        line = options.line_of("server")
        raise ConfigError(f"server: {error}", path=section.path, line=line) from error
    return StatsdConfig(
        is_on=options.flag("enabled"),
        host=host,
        port=port,
        prefix=options.text("prefix").strip().rstrip("."),
        ends_lines=options.flag("add_newline"),
        has_meters=options.flag("meter_support"),
        warnings=tuple(warnings.entries),
    )


def _address(text: str) -> tuple[str, int]:
    """``host``, ``host:port``, ``[address]:port``; more colons than one are an IPv6 address."""
    word = text.strip()
    host, port = word, ""
    if word.startswith("["):
        host, _, port = word[1:].partition("]")
        port = port.removeprefix(":")
    elif word.count(":") == 1:
        host, _, port = word.partition(":")
    if not host:
        raise ValueError(f"{text!r} names no server")
    if not port:
        return host, PORT
    if not (port.isascii() and port.isdigit() and 0 < int(port[:9]) <= 0xFFFF):
        raise ValueError(f"{port!r} is no port")
    return host, int(port)
