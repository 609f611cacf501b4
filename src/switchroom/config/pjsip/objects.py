"""``pjsip.conf``: transports, endpoints, auths, aors, identifies and what is global.

One name may stand for several objects of different types, each in a section of its own; ``type``
says which one a section is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.acl import NamedRules
from switchroom.config.language.options import (
    ConfigWarning,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import Network, is_host_name, parse_network
from switchroom.config.pjsip import options as tables
from switchroom.config.pjsip import state_options as states
from switchroom.config.pjsip.acl import PjsipRules, read_pjsip_rules
from switchroom.config.pjsip.auth import AuthConfig, read_algorithms, read_auth
from switchroom.config.pjsip.codec_preferences import CodecPreferences, read_codec_preferences
from switchroom.config.pjsip.endpoint_options import ENDPOINT, NOT_SHOWN, with_webrtc
from switchroom.config.pjsip.lists import ResourceList, read_resource_list
from switchroom.config.pjsip.publications import (
    InboundPublication,
    read_publication,
    without_events,
)
from switchroom.config.pjsip.publishing import (
    AsteriskPublication,
    OutboundPublish,
    read_asterisk_publication,
    read_outbound_publish,
    without_selection,
)
from switchroom.config.pjsip.registration import RegistrationConfig, read_registration
from switchroom.config.pjsip.transport import (
    SUPPORTED_PROTOCOLS,
    TransportConfig,
    read_transport,
)
from switchroom.config.sip_timers import SipTimers, read_timers


@dataclass(frozen=True, slots=True)
class AorConfig:
    """One address of record."""

    name: str
    contacts: tuple[str, ...]  #: permanent ones
    max_contacts: int
    remove_existing: bool
    minimum_expiration: int  #: seconds
    maximum_expiration: int  #: seconds
    default_expiration: int  #: seconds
    qualify_frequency: int  #: seconds; 0: never
    qualify_timeout: float  #: seconds
    support_path: bool
    outbound_proxies: tuple[str, ...]
    options: Options = field(repr=False)


@dataclass(frozen=True, slots=True)
class IdentifyConfig:
    """Addresses whose requests belong to an endpoint."""

    name: str
    endpoint: str
    networks: tuple[Network, ...]
    host_names: tuple[str, ...]  #: to be resolved by whoever uses them
    match_header: str
    match_request_uri: str
    asks_srv: bool  #: SRV records of its host names count
    options: Options = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """One party."""

    name: str
    context: str
    codecs: tuple[str, ...]  #: best first; empty when ``allow`` was not written
    auths: tuple[str, ...]
    outbound_auths: tuple[str, ...]
    aors: tuple[str, ...]
    callerid: str  #: as written: ``"Alice" <100>``
    from_user: str
    from_domain: str
    language: str
    accountcode: str
    dtmf_mode: str
    media_encryption: str  #: ``no``, ``sdes`` or ``dtls``
    media_encryption_optimistic: bool
    rtp_symmetric: bool
    rewrite_contact: bool
    force_rport: bool
    identify_by: tuple[str, ...]
    transport: str
    outbound_proxies: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    rules: PjsipRules  #: from where it may come
    codec_preferences: CodecPreferences
    options: Options = field(repr=False)

    def parameters(self) -> list[tuple[str, str]]:
        """Every parameter with its value as text, as ``pjsip show endpoint`` lists them."""
        return [(name, self.options.shown(name)) for name in sorted(ENDPOINT.keys() - NOT_SHOWN)]


@dataclass(frozen=True, slots=True)
class PjsipConfig:
    """All of ``pjsip.conf``; the mappings go by the objects' names, in the file's order."""

    transports: Mapping[str, TransportConfig] = field(default_factory=dict)
    endpoints: Mapping[str, EndpointConfig] = field(default_factory=dict)
    auths: Mapping[str, AuthConfig] = field(default_factory=dict)
    aors: Mapping[str, AorConfig] = field(default_factory=dict)
    identifies: Mapping[str, IdentifyConfig] = field(default_factory=dict)
    registrations: Mapping[str, RegistrationConfig] = field(default_factory=dict)
    user_agent: str = ""  #: empty: our own
    default_realm: str = "asterisk"
    algorithms: tuple[str, ...] = ("MD5",)  #: that phones are challenged with, in this order
    identifier_order: tuple[str, ...] = ("ip", "username", "anonymous")
    keep_alive_interval: int = 90  #: seconds
    rules: tuple[PjsipRules, ...] = ()  #: for everybody, all of them: ``type = acl``
    general: Options | None = None  #: of the section of type ``global``, if there is one
    system: Options | None = None  #: likewise
    has_compact_headers: bool = False
    timers: SipTimers | None = None  #: None: not written
    domain_aliases: Mapping[str, str] = field(default_factory=dict)  #: what each stands for
    resource_lists: tuple[ResourceList, ...] = ()
    publications: Mapping[str, InboundPublication] = field(default_factory=dict)
    outbound_publishes: Mapping[str, OutboundPublish] = field(default_factory=dict)
    exchanges: Mapping[str, AsteriskPublication] = field(default_factory=dict)
    phones: tuple[Section, ...] = ()  #: of type ``phoneprov``, as written
    warnings: tuple[ConfigWarning, ...] = ()


#: The options of each type that is read.
_TABLES: Mapping[str, Mapping[str, Option]] = MappingProxyType(
    {
        "acl": tables.ACL,
        "aor": tables.AOR,
        "asterisk-publication": states.ASTERISK_PUBLICATION,
        "auth": tables.AUTH,
        "domain_alias": states.DOMAIN_ALIAS,
        "endpoint": ENDPOINT,
        "global": tables.GLOBAL,
        "identify": tables.IDENTIFY,
        "inbound-publication": states.INBOUND_PUBLICATION,
        "outbound-publish": states.OUTBOUND_PUBLISH,
        "registration": tables.REGISTRATION,
        "resource_list": states.RESOURCE_LIST,
        "system": tables.SYSTEM,
        "transport": tables.TRANSPORT,
    }
)
#: Known types that nothing here reads.
_LEFT_ALONE = frozenset(
    {
        "contact",
        "subscription_persistence",
    }
)


def options_of(kind: str) -> Mapping[str, Option]:
    """The options of a type of objects, by lower-case name."""
    return _TABLES[kind]


def read_pjsip(file: ConfigFile, named: NamedRules | None = None) -> PjsipConfig:
    """Read the objects of a ``pjsip.conf``.

    Args:
        file: As read.
        named: The lists of ``acl.conf``.

    Raises:
        ConfigError: A section without a type or with an unknown one, an unknown option, a value
            that is none, two objects of one type and name, or an endpoint without its auth.
    """
    return _Builder(named).build(file)


class _Builder:
    def __init__(self, named: NamedRules | None) -> None:
        self._named = named
        self._rules: list[PjsipRules] = []
        self._warnings = Warnings()
        self._transports: dict[str, TransportConfig] = {}
        self._endpoints: dict[str, EndpointConfig] = {}
        self._auths: dict[str, AuthConfig] = {}
        self._aors: dict[str, AorConfig] = {}
        self._identifies: dict[str, IdentifyConfig] = {}
        self._registrations: dict[str, RegistrationConfig] = {}
        self._global: Options | None = None
        self._system: Options | None = None
        self._has_compact_headers = False
        self._timers: SipTimers | None = None
        self._domain_aliases: dict[str, str] = {}
        self._resource_lists: list[ResourceList] = []
        self._publications: dict[str, InboundPublication] = {}
        self._publishes: dict[str, OutboundPublish] = {}
        self._exchanges: dict[str, AsteriskPublication] = {}
        self._phones: list[Section] = []
        self._sections: dict[tuple[str, str], Section] = {}

    def build(self, file: ConfigFile) -> PjsipConfig:
        for section in file.sections:
            if not section.is_template:
                self._add(section)
        self._check_references()
        settings = self._global
        order = tables.GLOBAL["endpoint_identifier_order"].default.split(",")
        return PjsipConfig(
            transports=MappingProxyType(self._transports),
            endpoints=MappingProxyType(self._endpoints),
            auths=MappingProxyType(self._auths),
            aors=MappingProxyType(self._aors),
            identifies=MappingProxyType(self._identifies),
            registrations=MappingProxyType(self._registrations),
            user_agent="" if settings is None else settings.text("user_agent"),
            default_realm="asterisk" if settings is None else settings.text("default_realm"),
            algorithms=("MD5",) if settings is None else read_algorithms(settings),
            identifier_order=(
                tuple(order) if settings is None else settings.words("endpoint_identifier_order")
            ),
            keep_alive_interval=90 if settings is None else settings.number("keep_alive_interval"),
            rules=tuple(self._rules),
            general=settings,
            system=self._system,
            has_compact_headers=self._has_compact_headers,
            timers=self._timers,
            domain_aliases=MappingProxyType(self._domain_aliases),
            resource_lists=tuple(self._resource_lists),
            publications=MappingProxyType(self._publications),
            outbound_publishes=MappingProxyType(self._publishes),
            exchanges=MappingProxyType(self._exchanges),
            phones=tuple(self._phones),
            warnings=tuple(self._warnings.entries),
        )

    def _add(self, section: Section) -> None:
        kind = section.get("type").lower()
        if not kind:
            message = f"[{section.name}] needs a type, such as `type = endpoint`"
            raise ConfigError(message, path=section.path, line=section.line)
        if (kind, section.name) in self._sections:
            message = f"there are two objects [{section.name}] of type {kind}"
            raise ConfigError(message, path=section.path, line=section.line)
        self._sections[(kind, section.name)] = section
        table = _TABLES.get(kind)
        if table is None:
            self._leave_alone(section, kind)
            return
        if kind == "inbound-publication":
            options = self._options(without_events(section), table, kind)
            found = read_publication(section, options, self._warnings)
            self._publications[section.name] = found
            return
        if kind == "outbound-publish":
            options = self._options(without_selection(section), table, kind)
            self._publishes[section.name] = read_outbound_publish(section, options)
            return
        self._take(kind, self._options(section, table, kind))

    def _take(self, kind: str, options: Options) -> None:
        section = options.section
        match kind:
            case "endpoint":
                rules = read_pjsip_rules(section.entries, self._named)
                self._endpoints[section.name] = _endpoint(with_webrtc(options), rules)
            case "acl":
                self._rules.append(read_pjsip_rules(section.entries, self._named))
            case "auth":
                self._auths[section.name] = read_auth(options)
            case "aor":
                self._aors[section.name] = _aor(options)
            case "identify":
                self._identifies[section.name] = _identify(options)
            case "registration":
                self._registrations[section.name] = read_registration(options)
            case "transport":
                self._add_transport(options)
            case "global":
                self._global = options
            case "system":
                self._system = options
                self._has_compact_headers = options.flag("compact_headers")
                self._timers = read_timers(options)
            case _:
                self._take_states(kind, options)

    def _take_states(self, kind: str, options: Options) -> None:
        """What is about states, and other names of domains."""
        name = options.section.name
        match kind:
            case "domain_alias":
                self._domain_aliases[name.lower()] = options.text("domain").lower()
            case "resource_list":
                self._resource_lists.append(read_resource_list(options))
            case "asterisk-publication":
                self._exchanges[name] = read_asterisk_publication(options)
            case _:
                pass  # checked, and read by nobody

    def _leave_alone(self, section: Section, kind: str) -> None:
        if kind == "phoneprov":
            self._phones.append(section)
            return
        if kind not in _LEFT_ALONE:
            message = f"[{section.name}] has the unknown type {kind!r}"
            raise ConfigError(message, path=section.path, line=section.line)
        message = f"objects of type {kind} have no effect yet"
        self._warnings.add(message, section.path, section.line)

    def _options(self, section: Section, table: Mapping[str, Option], what: str) -> Options:
        return read_options(section, table, what=what, warnings=self._warnings)

    def _add_transport(self, options: Options) -> None:
        transport = read_transport(options)
        if transport.protocol not in SUPPORTED_PROTOCOLS:
            why = f"no {transport.protocol} yet"
        elif transport.tls is not None and transport.tls.certificate is None:
            why = "it needs a cert_file, and a priv_key_file unless the key stands there too"
        else:
            self._transports[transport.name] = transport
            return
        message = f"the transport [{transport.name}] is left out: {why}"
        self._warnings.add(message, options.section.path, options.line_of("protocol"))

    def _check_references(self) -> None:
        """Warn of names that lead nowhere; the object that has them may still be of use.

        Not so an endpoint whose auth is missing: whoever reads on would let it in without one.
        """
        for endpoint in self._endpoints.values():
            for name in endpoint.auths:
                if name not in self._auths:
                    message = f"[{endpoint.name}] needs [{name}] of type auth, and there is none"
                    line = endpoint.options.line_of("auth")
                    path = endpoint.options.section.path
                    raise ConfigError(message, path=path, line=line)
            references: list[tuple[str, tuple[str, ...], Mapping[str, object]]] = [
                ("outbound_auth", endpoint.outbound_auths, self._auths),
                ("aors", endpoint.aors, self._aors),
                (
                    "transport",
                    (endpoint.transport,) if endpoint.transport else (),
                    self._transports,
                ),
            ]
            for option, names, known in references:
                for name in names:
                    if name not in known:
                        self._dangling(endpoint.options, option, name)
        self._check_registrations()
        self._check_publications()
        for identify in self._identifies.values():
            if identify.endpoint not in self._endpoints:
                message = f"identify [{identify.name}] names no endpoint: {identify.endpoint!r}"
                self._warnings.add(message, *self._place("identify", identify.name))

    def _check_registrations(self) -> None:
        for each in self._registrations.values():
            for name in each.auths:
                if name not in self._auths:
                    self._dangling(each.options, "outbound_auth", name, "registration")
            if each.endpoint and each.endpoint not in self._endpoints:
                self._dangling(each.options, "endpoint", each.endpoint, "registration")

    def _check_publications(self) -> None:
        """Warn of states that would go nowhere."""
        for each in self._exchanges.values():
            for name in filter(None, (each.devices_by, each.mailboxes_by)):
                if name not in self._publishes:
                    message = f"[{each.name}] publishes by {name}, and there is none"
                    self._warnings.add(message, *self._place("asterisk-publication", each.name))
        for published in self._publishes.values():
            for name in published.auths:
                if name not in self._auths:
                    message = f"outbound-publish [{published.name}] has no auth {name}"
                    self._warnings.add(message, *self._place("outbound-publish", published.name))

    def _dangling(self, options: Options, option: str, name: str, what: str = "endpoint") -> None:
        message = f"{what} [{options.section.name}] has {option} = {name}, and there is none"
        self._warnings.add(message, options.section.path, options.line_of(option))

    def _place(self, kind: str, name: str) -> tuple[Path, int]:
        section = self._sections[(kind, name)]
        return section.path, section.line


def _aor(options: Options) -> AorConfig:
    return AorConfig(
        name=options.section.name,
        contacts=options.words("contact"),
        max_contacts=options.number("max_contacts"),
        remove_existing=options.flag("remove_existing"),
        minimum_expiration=options.number("minimum_expiration"),
        maximum_expiration=options.number("maximum_expiration"),
        default_expiration=options.number("default_expiration"),
        qualify_frequency=options.number("qualify_frequency"),
        qualify_timeout=options.decimal("qualify_timeout"),
        support_path=options.flag("support_path"),
        outbound_proxies=options.words("outbound_proxy"),
        options=options,
    )


def _identify(options: Options) -> IdentifyConfig:
    section = options.section
    networks: list[Network] = []
    names: list[str] = []
    for word in options.words("match"):
        try:
            networks.append(parse_network(word))
        except ValueError as error:
            if not is_host_name(word):
                line = options.line_of("match")
                raise ConfigError(f"match: {error}", path=section.path, line=line) from error
            names.append(word)
    for name in ("match_header", "match_request_uri"):
        _check_pattern(options, name)
    return IdentifyConfig(
        section.name,
        options.text("endpoint"),
        tuple(networks),
        tuple(names),
        options.text("match_header"),
        options.text("match_request_uri"),
        options.flag("srv_lookups"),
        options,
    )


def _check_pattern(options: Options, name: str) -> None:
    """``Header: value`` or ``Header: /expression/``; for a Request-URI the right half only."""
    text = options.text(name)
    header, colon, value = text.partition(":")
    value = value.strip() if name == "match_header" else text
    message = ""
    if text and name == "match_header" and not (colon and header.strip()):
        message = f"expected `Header: value`, not {text!r}"
    if value.startswith("/") and value.endswith("/"):
        try:
            re.compile(value[1:-1])
        except re.error as error:
            message = f"{value}: {error}"
    if message:
        section = options.section
        raise ConfigError(f"{name}: {message}", path=section.path, line=options.line_of(name))


def _endpoint(options: Options, rules: PjsipRules) -> EndpointConfig:
    return EndpointConfig(
        name=options.section.name,
        context=options.text("context"),
        codecs=options.codecs(),
        auths=options.words("auth"),
        outbound_auths=options.words("outbound_auth"),
        aors=options.words("aors"),
        callerid=options.text("callerid"),
        from_user=options.text("from_user"),
        from_domain=options.text("from_domain"),
        language=options.text("language"),
        accountcode=options.text("accountcode"),
        dtmf_mode=options.choice("dtmf_mode"),
        media_encryption=options.choice("media_encryption"),
        media_encryption_optimistic=options.flag("media_encryption_optimistic"),
        rtp_symmetric=options.flag("rtp_symmetric"),
        rewrite_contact=options.flag("rewrite_contact"),
        force_rport=options.flag("force_rport"),
        identify_by=tuple(word.lower() for word in options.words("identify_by")),
        transport=options.text("transport"),
        outbound_proxies=options.words("outbound_proxy"),
        variables=tuple(
            (name.strip(), value)
            for line in options.lines("set_var")
            for name, _, value in [line.partition("=")]
        ),
        rules=rules,
        codec_preferences=read_codec_preferences(options),
        options=options,
    )
