"""``agents.conf``: the people who take calls wherever they log in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from switchroom.base.errors import ConfigError
from switchroom.base.text import leading_int
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import is_true

_AGENT = MappingProxyType(
    {
        "ackcall": Option(Kind.TEXT, "no", honoured=True),
        "acceptdtmf": Option(Kind.TEXT, "#", honoured=True),
        "autologoff": Option(Kind.NUMBER, "0", honoured=True),
        "wrapuptime": Option(Kind.NUMBER, "0", honoured=True),
        "musiconhold": Option(Kind.TEXT, "default", honoured=True),
        "recordagentcalls": Option(Kind.FLAG, "no", honoured=True),
        "custom_beep": Option(Kind.TEXT, "beep", honoured=True),
        "fullname": Option(Kind.TEXT, "", honoured=True),
    }
)
OLD_SECTION = "agents"  #: up to Asterisk 11 all agents stood there, a line each
#: What counted there for all lines below it, and changes nothing here.
_OLD_NO_EFFECT = frozenset(
    {"maxlogintries", "maxloginretries", "enddtmf", "group", "recordformat", "urlprefix",
     "createlink", "savecallsin", "updatecdr", "goodbye", "agentgoodbye"}
)  # fmt: skip
_GENERAL_NO_EFFECT = frozenset({"multiplelogin", "persistentagents", "maxlogintries"})


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """One agent."""

    id: str
    name: str = ""
    password: str = ""  #: asked for at login; the newer files have none
    needs_acknowledgement: bool = False  #: a call waits until the agent keys that it is there
    accept_digit: str = "#"
    log_off_after: float = 0.0  #: seconds without that key; 0: any time
    wrap_up: float = 0.0  #: seconds behind each call
    music: str = "default"
    records: bool = False
    beep: str = "beep"
    may_end_calls: bool = False  #: by the code ``disconnect``


@dataclass(frozen=True, slots=True)
class AgentsConfig:
    """All agents, by id."""

    agents: Mapping[str, AgentSettings] = field(default_factory=lambda: MappingProxyType({}))
    is_there: bool = False  #: there is such a file: without one nothing is known of agents
    warnings: tuple[ConfigWarning, ...] = ()


def read_agents(file: ConfigFile) -> AgentsConfig:
    """Read an ``agents.conf``, of Asterisk 12 and later or of those before.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    warnings = Warnings()
    agents: dict[str, AgentSettings] = {}
    for section in file.sections:
        if section.is_template:
            continue
        if section.name.lower() == "general":
            _read_general(section, warnings)
        elif section.name.lower() == OLD_SECTION:
            agents |= _read_old(section, warnings)
        else:
            options = read_options(section, _AGENT, what="agent", warnings=warnings)
            agents[section.name] = _agent(section.name, options)
    return AgentsConfig(MappingProxyType(agents), is_there=True, warnings=tuple(warnings.entries))


def _read_general(section: Section, warnings: Warnings) -> None:
    for entry in section.entries:
        if entry.name.lower() not in _GENERAL_NO_EFFECT:
            message = f"unknown option {entry.name!r} of agents.conf"
            raise ConfigError(message, path=entry.path, line=entry.line)
        warnings.add(f"{entry.name} has no effect (agents.conf)", entry.path, entry.line)


def _agent(name: str, options: Options) -> AgentSettings:
    return AgentSettings(
        name,
        name=options.text("fullname"),
        needs_acknowledgement=is_acknowledged(options.text("ackcall")),
        accept_digit=options.text("acceptdtmf"),
        log_off_after=options.number("autologoff"),
        wrap_up=options.number("wrapuptime") / 1000,
        music=options.text("musiconhold"),
        records=options.flag("recordagentcalls"),
        beep=options.text("custom_beep"),
    )


def is_acknowledged(text: str) -> bool:
    """Whether a value of ``ackcall`` asks for a key: ``yes``, or ``always`` as it was once."""
    return text.strip().lower() == "always" or is_true(text)


def _read_old(section: Section, warnings: Warnings) -> dict[str, AgentSettings]:
    """What is written counts for the agents below it."""
    agents: dict[str, AgentSettings] = {}
    base = AgentSettings("", may_end_calls=True)
    for entry in section.entries:
        if entry.name.lower() == "agent":
            agent = _old_agent(entry, base)
            agents[agent.id] = agent
        elif entry.name.lower() in _OLD_NO_EFFECT:
            warnings.add(f"{entry.name} has no effect (agents.conf)", entry.path, entry.line)
        else:
            base = replace(base, **_old_option(entry))
    return agents


def _old_agent(entry: Entry, base: AgentSettings) -> AgentSettings:
    """``id[,password[,name]]``."""
    number, password, name = [*map(str.strip, entry.value.split(",", 2)), "", ""][:3]
    if not number:
        raise ConfigError("agent: no id", path=entry.path, line=entry.line)
    return replace(base, id=number, password=password, name=name)


def _old_option(entry: Entry) -> dict[str, Any]:  # noqa: PLR0911  # one line an option
    value = entry.value.strip()
    match entry.name.lower():
        case "ackcall":
            return {"needs_acknowledgement": is_acknowledged(value)}
        case "acceptdtmf":
            return {"accept_digit": value}
        case "autologoff":
            return {"log_off_after": float(max(0, leading_int(value) or 0))}
        case "wrapuptime":
            return {"wrap_up": max(0, leading_int(value) or 0) / 1000}
        case "musiconhold":
            return {"music": value}
        case "recordagentcalls":
            return {"records": is_true(value)}
        case "custom_beep":
            return {"beep": value}
        case "endcall":
            return {"may_end_calls": is_true(value)}
        case _:
            message = f"unknown option {entry.name!r} of agents.conf"
            raise ConfigError(message, path=entry.path, line=entry.line)
