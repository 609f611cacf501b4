"""``cel.conf``: which channel events are told, and whether programs hear them."""

from __future__ import annotations

from dataclasses import dataclass
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
from switchroom.config.language.reader import ConfigFile

#: The events that may be asked for.
EVENTS = (
    *("CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "APP_START", "APP_END", "PARK_START"),
    *("PARK_END", "USER_DEFINED", "BRIDGE_ENTER", "BRIDGE_EXIT", "BLINDTRANSFER"),
    *("ATTENDEDTRANSFER", "PICKUP", "FORWARD", "LINKEDID_END", "LOCAL_OPTIMIZE"),
    *("LOCAL_OPTIMIZE_BEGIN", "STREAM_BEGIN", "STREAM_END", "DTMF"),
)

_GENERAL = MappingProxyType(
    {
        "enable": Option(Kind.FLAG, "no", honoured=True),
        "apps": Option(Kind.LIST, honoured=True),
        "events": Option(Kind.LIST, honoured=True),
        "dateformat": Option(Kind.TEXT, honoured=True),
    }
)
_MANAGER = MappingProxyType(
    {
        "enabled": Option(Kind.FLAG, "no", honoured=True),
        "show_user_defined": Option(Kind.FLAG, "no", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class CelManagerConfig:
    """``[manager]``."""

    is_on: bool = False
    shows_user_events: bool = False  #: by their own names


@dataclass(frozen=True, slots=True)
class CelConfig:
    """All of ``cel.conf``."""

    is_on: bool = False
    events: frozenset[str] = frozenset()
    applications: frozenset[str] = frozenset()  #: in lower case
    date_format: str = ""  #: of strftime; empty: seconds since 1970
    manager: CelManagerConfig = CelManagerConfig()
    warnings: tuple[ConfigWarning, ...] = ()


def read_cel(file: ConfigFile) -> CelConfig:
    """Read a ``cel.conf``.

    Raises:
        ConfigError: An unknown option or event, or a value that is none.
    """
    warnings = Warnings()
    for section in file.sections:
        if section.name not in {"general", "manager"}:
            message = f"[{section.name}] has no effect (cel.conf)"
            warnings.add(message, section.path, section.line)
    manager = CelManagerConfig()
    if (section_found := file.section("manager")) is not None:
        options = read_options(
            section_found, _MANAGER, what="cel.conf [manager]", warnings=warnings
        )
        manager = CelManagerConfig(options.flag("enabled"), options.flag("show_user_defined"))
    general = file.section("general")
    if general is None:
        return CelConfig(manager=manager, warnings=tuple(warnings.entries))
    options = read_options(general, _GENERAL, what="cel.conf", warnings=warnings)
    return CelConfig(
        is_on=options.flag("enable"),
        events=_events(options),
        applications=frozenset(word.lower() for word in options.words("apps")),
        date_format=options.text("dateformat"),
        manager=manager,
        warnings=tuple(warnings.entries),
    )


def _events(options: Options) -> frozenset[str]:
    found: set[str] = set()
    for word in options.words("events"):
        name = word.upper()
        if name == "ALL":
            found.update(EVENTS)
        elif name in EVENTS:
            found.add(name)
        else:
            raise ConfigError(
                f"events: there is no channel event {word!r}",
                path=options.section.path,
                line=options.line_of("events"),
            )
    return frozenset(found)
