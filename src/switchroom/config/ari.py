"""``ari.conf``: who may use the REST interface, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.acl import ANYBODY, AddressRules, NamedRules, read_rules
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section

REALM = "Asterisk REST Interface"

_TYPE = Option(Kind.CHOICE, choices=("general", "user", "outbound_websocket"), honoured=True)

_GENERAL: Mapping[str, Option] = MappingProxyType(
    {
        "allowed_origins": Option(Kind.LIST, honoured=True),
        "auth_realm": Option(Kind.TEXT, REALM, honoured=True),
        "channelvars": Option(Kind.LIST, honoured=True),
        "enabled": Option(Kind.FLAG, "yes", honoured=True),
        "pretty": Option(Kind.FLAG, "no", honoured=True),
        "type": _TYPE,
        # Milliseconds until a reader is too slow; ours is dropped for what it leaves unread.
        "websocket_write_timeout": Option(Kind.NUMBER, "100", acts="100"),
    }
)

_USER: Mapping[str, Option] = MappingProxyType(
    {
        "acl": Option(Kind.TEXT, honoured=True),
        "deny": Option(Kind.TEXT, honoured=True),
        "password": Option(Kind.TEXT, honoured=True),
        "password_format": Option(Kind.CHOICE, "plain", choices=("plain", "crypt"), honoured=True),
        "permit": Option(Kind.TEXT, honoured=True),
        "read_only": Option(Kind.FLAG, "no", honoured=True),
        "type": _TYPE,
    }
)

_OUTBOUND: Mapping[str, Option] = MappingProxyType(
    {
        "apps": Option(Kind.LIST, honoured=True),
        "local_ari_user": Option(Kind.TEXT, honoured=True),
        "subscribe_all": Option(Kind.FLAG, "no", honoured=True),
        "type": _TYPE,
        "websocket_client_id": Option(Kind.TEXT, honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class AriUser:
    """One ``[name]`` of ``type = user``."""

    name: str
    password: str = field(repr=False)
    is_crypted: bool = False  #: the password is a hash of crypt(3)
    is_read_only: bool = False
    rules: AddressRules = ANYBODY


@dataclass(frozen=True, slots=True)
class OutboundWebSocket:
    """One ``[name]`` of ``type = outbound_websocket``: we connect to the application."""

    name: str
    client: str  #: a section of websocket_client.conf
    applications: tuple[str, ...]
    user: str  #: as whom its requests are judged
    hears_all: bool = False


@dataclass(frozen=True, slots=True)
class AriConfig:
    """All of ``ari.conf``; without the file nobody can connect."""

    is_enabled: bool = False
    is_pretty: bool = False
    realm: str = REALM
    origins: tuple[str, ...] = ()  #: ``*`` allows all
    channel_variables: tuple[str, ...] = ()
    users: Mapping[str, AriUser] = field(default_factory=dict)
    outbound: Mapping[str, OutboundWebSocket] = field(default_factory=dict)
    warnings: tuple[ConfigWarning, ...] = ()


def read_ari(file: ConfigFile, named: NamedRules | None = None) -> AriConfig:
    """Read an ``ari.conf``.

    Args:
        file: The file.
        named: The lists of ``acl.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none.
    """
    warnings = Warnings()
    general = file.section("general") or Section("general", file.path, 0)
    options = read_options(general, _GENERAL, what="ari.conf", warnings=warnings)
    users: dict[str, AriUser] = {}
    outbound: dict[str, OutboundWebSocket] = {}
    for section in file.sections:
        if section.name == "general" or section.is_template:
            continue
        match _type_of(section):
            case "user":
                users[section.name] = _user(section, named, warnings)
            case "outbound_websocket":
                outbound[section.name] = _outbound(section, warnings)
            case other:
                message = f"[{section.name}] of ari.conf has no type that is known: {other!r}"
                warnings.add(message, section.path, section.line)
    return AriConfig(
        is_enabled=options.flag("enabled"),
        is_pretty=options.flag("pretty"),
        realm=options.text("auth_realm"),
        origins=options.words("allowed_origins"),
        channel_variables=options.words("channelvars"),
        users=users,
        outbound=outbound,
        warnings=tuple(warnings.entries),
    )


def _type_of(section: Section) -> str:
    types = [entry.value.strip().lower() for entry in section.entries if entry.name == "type"]
    return types[-1] if types else ""


def _user(section: Section, named: NamedRules | None, warnings: Warnings) -> AriUser:
    options = read_options(section, _USER, what="a user of ari.conf", warnings=warnings)
    return AriUser(
        name=section.name,
        password=_required(options, "password"),
        is_crypted=options.choice("password_format") == "crypt",
        is_read_only=options.flag("read_only"),
        rules=read_rules(section.entries, named),
    )


def _outbound(section: Section, warnings: Warnings) -> OutboundWebSocket:
    options = read_options(
        section, _OUTBOUND, what="an outbound WebSocket of ari.conf", warnings=warnings
    )
    _required(options, "apps")
    return OutboundWebSocket(
        name=section.name,
        client=_required(options, "websocket_client_id"),
        applications=options.words("apps"),
        user=_required(options, "local_ari_user"),
        hears_all=options.flag("subscribe_all"),
    )


def _required(options: Options, name: str) -> str:
    text = options.text(name)
    if not text:
        section = options.section
        message = f"[{section.name}] of ari.conf has no {name}"
        raise ConfigError(message, path=section.path, line=section.line)
    return text
