"""``guard.conf``: who is banned after how many failed attempts. Ours: the original has none."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile
from switchroom.config.language.values import Network, parse_network

#: Where attackers of the internet are not: this machine and private networks (RFC 1918, RFC 4193).
LOCAL = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7,fe80::/10"

_GENERAL = MappingProxyType(
    {
        "enabled": Option(Kind.FLAG, "yes", honoured=True),
        "attempts": Option(Kind.NUMBER, "10", honoured=True),
        "forget_after": Option(Kind.NUMBER, "60", honoured=True),
        "ban_time": Option(Kind.NUMBER, "3600", honoured=True),
        "ignore": Option(Kind.LIST, LOCAL, honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class GuardConfig:
    """What is banned; seconds."""

    is_on: bool = True
    attempts: int = 10
    forget_after: int = 60
    ban_time: int = 3600
    ignored: tuple[Network, ...] = tuple(parse_network(each) for each in LOCAL.split(","))
    warnings: tuple[ConfigWarning, ...] = ()


def read_guard(file: ConfigFile) -> GuardConfig:
    """Read a ``guard.conf``.

    Raises:
        ConfigError: An unknown option, a network that is none, or nothing where a number counts.
    """
    section = file.section("general")
    if section is None:
        return GuardConfig()
    warnings = Warnings()
    options = read_options(section, _GENERAL, what="guard.conf", warnings=warnings)
    for name in ("attempts", "forget_after", "ban_time"):
        if not options.number(name):
            message = f"{name} must be more than 0; `enabled = no` bans nobody"
            raise ConfigError(message, path=section.path, line=options.line_of(name))
    try:
        ignored = tuple(parse_network(each) for each in options.words("ignore"))
    except ValueError as error:
        line = options.line_of("ignore")
        raise ConfigError(f"ignore: {error}", path=section.path, line=line) from error
    return GuardConfig(
        options.flag("enabled"),
        options.number("attempts"),
        options.number("forget_after"),
        options.number("ban_time"),
        ignored,
        tuple(warnings.entries),
    )
