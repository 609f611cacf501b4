"""``manager.conf``: where the manager interface listens, and who may do what there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
from switchroom.config.language.values import parse_bind
from switchroom.config.tls import SERVER_TLS_OPTIONS, TlsConfig, read_sip_tls

PORT = 5038
TLS_PORT = 5039

_FILTER = re.compile(r"eventfilter\s*(?:\((?P<criteria>.*)\))?\s*$", re.IGNORECASE | re.DOTALL)

_GENERAL: Mapping[str, Option] = MappingProxyType(
    {
        "allowmultiplelogin": Option(Kind.FLAG, "yes", honoured=True),
        "authlimit": Option(Kind.NUMBER, "50", honoured=True),
        "authtimeout": Option(Kind.NUMBER, "30", honoured=True),
        "bindaddr": Option(Kind.TEXT, honoured=True),
        "block-sockets": Option(Kind.FLAG, "no"),
        "brokeneventsaction": Option(Kind.FLAG, "no", honoured=True),
        "channelvars": Option(Kind.LIST, honoured=True),
        "debug": Option(Kind.FLAG, "no"),
        "disabledevents": Option(Kind.LIST, honoured=True),
        "displayconnects": Option(Kind.FLAG, "yes", honoured=True),
        "displaysystemname": Option(Kind.FLAG, "no"),
        "enabled": Option(Kind.FLAG, "no", honoured=True),
        "httptimeout": Option(Kind.NUMBER, "60", honoured=True),
        "port": Option(Kind.NUMBER, str(PORT), honoured=True),
        "timestampevents": Option(Kind.FLAG, "no", honoured=True),
        "webenabled": Option(Kind.FLAG, "no", honoured=True),
        **SERVER_TLS_OPTIONS,
    }
)

_USER: Mapping[str, Option] = MappingProxyType(
    {
        "acl": Option(Kind.TEXT, honoured=True),
        "allowmultiplelogin": Option(Kind.FLAG, honoured=True),
        "deny": Option(Kind.TEXT, honoured=True),
        "displayconnects": Option(Kind.FLAG, honoured=True),
        "eventfilter": Option(Kind.TEXT, honoured=True),
        "permit": Option(Kind.TEXT, honoured=True),
        "read": Option(Kind.LIST, honoured=True),
        "secret": Option(Kind.TEXT, honoured=True),
        "setvar": Option(Kind.TEXT, honoured=True),
        "write": Option(Kind.LIST, honoured=True),
        "writetimeout": Option(Kind.NUMBER, "100"),
    }
)


@dataclass(frozen=True, slots=True)
class ManagerUser:
    """One ``[user]``."""

    name: str
    secret: str = field(repr=False)
    read: str = ""  #: privilege classes, with commas
    write: str = ""
    rules: AddressRules = ANYBODY
    filters: tuple[tuple[str, str], ...] = ()  #: criteria and text of each ``eventfilter``
    variables: tuple[tuple[str, str], ...] = ()  #: set on what it originates
    shows_connects: bool = True
    may_login_twice: bool = True


@dataclass(frozen=True, slots=True)
class ManagerConfig:
    """All of ``manager.conf``; without the file nobody can connect."""

    is_enabled: bool = False
    plain: tuple[str, int] = ("127.0.0.1", PORT)
    tls: tuple[str, int] | None = None
    tls_options: TlsConfig = field(default_factory=TlsConfig)
    is_on_web: bool = False
    timestamps: bool = False
    shows_connects: bool = True
    may_login_twice: bool = True
    answers_events_oddly: bool = False  #: ``brokeneventsaction``: Events is not answered when on
    login_timeout: float = 30.0  #: seconds
    login_limit: int = 50  #: connections that have not logged in
    http_timeout: float = 60.0  #: seconds without a request until a session over HTTP ends
    channel_variables: tuple[str, ...] = ()
    disabled_events: tuple[str, ...] = ()
    users: Mapping[str, ManagerUser] = field(default_factory=dict)
    warnings: tuple[ConfigWarning, ...] = ()


def read_manager(file: ConfigFile, named: NamedRules | None = None) -> ManagerConfig:
    """Read a ``manager.conf``.

    Args:
        file: The file.
        named: The lists of ``acl.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none.
    """
    warnings = Warnings()
    general = file.section("general") or Section("general", file.path, 0)
    options = read_options(general, _GENERAL, what="manager.conf", warnings=warnings)
    users = {
        section.name: _user(section, options, named, warnings)
        for section in file.sections
        if section.name != "general" and not section.is_template
    }
    text = _text(options)
    wants_tls = options.flag("tlsenable") or options.flag("sslenable")
    # Safe by default: without bindaddr nobody comes from elsewhere (the original: from everywhere).
    plain = _address(options, "bindaddr", options.number("port")) or ("127.0.0.1", PORT)
    if not options.text("bindaddr"):
        plain = ("127.0.0.1", options.number("port"))
    tls = _address(options, "tlsbindaddr", TLS_PORT) or _address(options, "sslbindaddr", TLS_PORT)
    return ManagerConfig(
        is_enabled=options.flag("enabled"),
        plain=plain,
        tls=(tls or (plain[0], TLS_PORT)) if wants_tls else None,
        tls_options=read_sip_tls(text, ""),
        is_on_web=options.flag("webenabled"),
        timestamps=options.flag("timestampevents"),
        shows_connects=options.flag("displayconnects"),
        may_login_twice=options.flag("allowmultiplelogin"),
        answers_events_oddly=options.flag("brokeneventsaction"),
        login_timeout=float(options.number("authtimeout")),
        login_limit=options.number("authlimit"),
        http_timeout=float(options.number("httptimeout")),
        channel_variables=options.words("channelvars"),
        disabled_events=tuple(word.lower() for word in options.words("disabledevents")),
        users=users,
        warnings=tuple(warnings.entries),
    )


def _text(options: Options) -> Callable[..., str]:
    return lambda *names: next((found for name in names if (found := options.text(name))), "")


def _address(options: Options, name: str, port: int) -> tuple[str, int] | None:
    text = options.text(name)
    if not text:
        return None
    try:
        return parse_bind(text, port=port)
    except ValueError as error:
        path, line = options.section.path, options.line_of(name)
        raise ConfigError(f"{name}: {error}", path=path, line=line) from error


def _user(
    section: Section, general: Options, named: NamedRules | None, warnings: Warnings
) -> ManagerUser:
    filters = []
    plain = Section(section.name, section.path, section.line)
    for entry in section.entries:
        match = _FILTER.match(entry.name)
        if match is None:
            plain.entries.append(entry)
        else:
            filters.append((match["criteria"] or "", entry.value))
    options = read_options(plain, _USER, what="a user of manager.conf", warnings=warnings)

    def flag(name: str) -> bool:
        return options.flag(name) if options.text(name) else general.flag(name)

    variables = [line.partition("=") for line in options.lines("setvar")]
    return ManagerUser(
        name=section.name,
        secret=options.text("secret"),
        read=",".join(options.words("read")),
        write=",".join(options.words("write")),
        rules=read_rules(section.entries, named),
        filters=tuple(filters),
        variables=tuple((name.strip(), value) for name, _, value in variables),
        shows_connects=flag("displayconnects"),
        may_login_twice=flag("allowmultiplelogin"),
    )
