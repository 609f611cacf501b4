"""``sip.conf`` of the older versions: ``[general]``, and peers, users and friends.

Its options grew over fifteen years and the original overlooks unknown ones, so here they are
warnings. What follows from an option is what a peer's call would notice; the rest has no effect.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from switchroom.base.errors import ConfigError
from switchroom.config.acl import NamedRules
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import (
    Network,
    is_true,
    parse_bind,
    parse_codecs,
    parse_network,
    parse_number,
    split_host_port,
)
from switchroom.config.office_options import PEER_OPTIONS, OfficeOptions, office_of_peer
from switchroom.config.pjsip.acl import SIP_CONTACT_RULES, PjsipRules, read_pjsip_rules
from switchroom.config.sip.media import MEDIA_OPTIONS, SipMedia, read_sip_media
from switchroom.config.sip.register import SipRegister, parse_register
from switchroom.config.sip.security import SECURITY_OPTIONS, SipSecurity, read_sip_security
from switchroom.config.sip.signalling import (
    SIGNALLING_OPTIONS,
    SipSignalling,
    read_sip_signalling,
)
from switchroom.config.sip_timers import SipTimers, parse_t1, parse_timer_b, sip_timers
from switchroom.config.tls import TlsConfig, parse_method, read_sip_tls

_GENERAL = frozenset(
    {
        "udpbindaddr",
        "tcpbindaddr",
        "tcpenable",
        "tlsenable",
        "tlsbindaddr",
        "tlscertfile",
        "tlscert",
        "sslcert",
        "tlsprivatekey",
        "sslprivatekey",
        "tlscafile",
        "tlscadir",
        "tlscapath",
        "tlsverifyclient",
        "tlsdontverifyserver",
        "tlscipher",
        "sslcipher",
        "tlsclientmethod",
        "sslclientmethod",
        "bindaddr",
        "bindport",
        "port",
        "realm",
        "context",
        "useragent",
        "allow",
        "disallow",
        "dtmfmode",
        "language",
        "maxexpiry",
        "minexpiry",
        "defaultexpiry",
        "register",
        "registertimeout",
        "registerattempts",
        "timert1",
        "timerb",
        "outboundproxy",
        "insecure",
        "externip",
        "externaddr",
        "externhost",
        "localnet",
        "trustrpid",
        "sendrpid",
        "session-timers",
        "session-expires",
        "session-minse",
        "domain",
        "autodomain",
    }
)
_PEER = frozenset(
    {
        "type",
        "host",
        "port",
        "secret",
        "md5secret",
        "username",
        "defaultuser",
        "fromuser",
        "fromdomain",
        "context",
        "allow",
        "disallow",
        "callerid",
        "fullname",
        "cid_number",
        "dtmfmode",
        "language",
        "accountcode",
        "nat",
        "qualify",
        "qualifyfreq",
        "setvar",
        "outboundproxy",
        "callbackextension",
        "remotesecret",
        "insecure",
        "trustrpid",
        "sendrpid",
        "session-timers",
        "session-expires",
        "session-minse",
    }
)
#: Of a peer, or for all of them in [general].
_SHARED = MEDIA_OPTIONS | SECURITY_OPTIONS | PEER_OPTIONS | SIGNALLING_OPTIONS
_RULES = frozenset({"acl", "contactacl", "contactdeny", "contactpermit", "deny", "permit"})
PEER_NAMES = _PEER | _SHARED | _RULES  #: of all options that a peer may have
_TYPES = frozenset({"peer", "user", "friend"})
_DTMF = {"rfc2833": "rfc4733", "rfc4733": "rfc4733", "inband": "inband", "info": "info"}
_DTMF |= {"auto": "auto", "shortinfo": "info"}
_QUALIFY_DEFAULT_MS = 2000
TLS_PORT = 5061

_DYNAMIC: tuple[str, int | None] = ("", None)  #: a peer that registers

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class SipGeneral:
    """``[general]``."""

    udp: tuple[str, int] = ("0.0.0.0", 5060)  #: everywhere, as the original
    tcp: tuple[str, int] | None = None  #: None: no TCP
    tls: tuple[str, int] | None = None  #: None: no TLS
    tls_options: TlsConfig = field(default_factory=TlsConfig)
    realm: str = "asterisk"
    context: str = "default"
    user_agent: str = ""
    language: str = ""
    minimum_expiry: int = 60  #: seconds
    maximum_expiry: int = 3600  #: seconds
    default_expiry: int = 120  #: seconds
    register_timeout: int = 20  #: seconds between two attempts to register
    register_attempts: int = 0  #: 0: as many as it takes
    timers: SipTimers = field(default_factory=SipTimers)
    outbound_proxy: str = ""
    external_host: str = ""  #: what the outside sees
    local_networks: tuple[Network, ...] = ()  #: who is not outside
    domains: tuple[str, ...] = ()  #: that are ours, in lower case
    has_own_domains: bool = False  #: so are the host's name and addresses (``autodomain``)


@dataclass(frozen=True, slots=True)
class SipPeer:
    """A peer, user or friend."""

    name: str
    kind: str  #: ``peer``, ``user`` or ``friend``
    context: str
    codecs: tuple[str, ...]
    host: str  #: empty: it registers (``host = dynamic``)
    port: int | None
    username: str  #: what it proves to be
    secret: str = field(repr=False)
    md5secret: str = field(repr=False)
    callerid: str
    from_user: str
    from_domain: str
    dtmf_mode: str  #: in the words of pjsip.conf
    language: str
    accountcode: str
    symmetric: bool  #: answers go to where packets came from (``nat``)
    qualify_frequency: int  #: seconds; 0: never
    qualify_timeout: float  #: seconds
    outbound_proxy: str
    callback_extension: str  #: registers us there, calls arrive at this extension
    remote_secret: str = field(repr=False)  #: what proves us to it, where it is another
    trusts_rpid: bool = False
    sends_rpid: str = ""  #: ``rpid`` or ``pai``; empty: neither
    session_timers: str = "accept"  #: ``accept``, ``originate`` or ``refuse``
    session_expires: int = 1800  #: seconds
    session_minimum: int = 90  #: seconds
    insecure_invite: bool = False  #: its calls need no password
    media: SipMedia = field(default_factory=SipMedia)
    signalling: SipSignalling = field(default_factory=SipSignalling)
    rules: PjsipRules = field(default_factory=PjsipRules)  #: from where it may come
    security: SipSecurity = field(default_factory=SipSecurity)
    variables: tuple[tuple[str, str], ...] = ()
    office: OfficeOptions = field(default_factory=OfficeOptions)


@dataclass(frozen=True, slots=True)
class SipConfig:
    """All of ``sip.conf``."""

    general: SipGeneral = SipGeneral()
    peers: Mapping[str, SipPeer] = field(default_factory=dict)
    registers: tuple[SipRegister, ...] = ()
    stranger: SipPeer | None = None  #: how a host is called that is no peer
    warnings: tuple[ConfigWarning, ...] = ()


def read_sip(file: ConfigFile, named: NamedRules | None = None) -> SipConfig:
    """Read a ``sip.conf``.

    Args:
        file: As read.
        named: The lists of ``acl.conf``.

    Raises:
        ConfigError: A peer without a type, or a value that is none.
    """
    warnings = Warnings()
    general = next((s for s in file.sections if s.name == "general"), None)
    defaults = general or Section("general", file.path, 0)
    _warn_of_unknown(defaults, _GENERAL | _SHARED, warnings)
    for _, entry in _domains(defaults):
        if "," in entry.value:
            warnings.add("the context of a domain has no effect", entry.path, entry.line)
    peers: dict[str, SipPeer] = {}
    for section in file.sections:
        if section.is_template or section.name in {"general", "authentication"}:
            continue
        _warn_of_unknown(section, _PEER | _SHARED | _RULES, warnings)
        peers[section.name] = _peer(section, defaults, named)
    return SipConfig(
        _general(defaults),
        MappingProxyType(peers),
        tuple(_registers(defaults)),
        _stranger(defaults),
        tuple(warnings.entries),
    )


def _stranger(defaults: Section) -> SipPeer:
    entries = [Entry("type", "peer", defaults.path, defaults.line)]
    return _peer(Section("stranger", defaults.path, defaults.line, entries), defaults)


def _networks(section: Section, name: str) -> Iterator[Network]:
    for entry in section.entries:
        if entry.name.lower() == name:
            try:
                yield parse_network(entry.value)
            except ValueError as error:
                message = f"{name}: {error}"
                raise ConfigError(message, path=entry.path, line=entry.line) from error


def _registers(section: Section) -> Iterator[SipRegister]:
    for entry in section.entries:
        if entry.name.lower() == "register":
            try:
                yield parse_register(entry.value)
            except ValueError as error:
                message = f"register: {error}"
                raise ConfigError(message, path=entry.path, line=entry.line) from error


def _warn_of_unknown(section: Section, known: frozenset[str], warnings: Warnings) -> None:
    for entry in section.entries:
        name = entry.name.lower()
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
            hint = f"; did you mean {near[0]}?" if near else ""
            warnings.add(f"{name} has no effect{hint}", entry.path, entry.line)


def _value(section: Section, name: str, read: Callable[[str], ValueT], default: ValueT) -> ValueT:
    """The last value of an option, read; an error names its line."""
    for entry in reversed(section.entries):
        if entry.name.lower() == name:
            try:
                return read(entry.value)
            except ValueError as error:
                message = f"{name}: {error}"
                raise ConfigError(message, path=entry.path, line=entry.line) from error
    return default


def _text(section: Section, *names: str) -> str:
    """The first of several options that says something."""
    return next((text for name in names if (text := _value(section, name, str, ""))), "")


def _general(section: Section) -> SipGeneral:
    default = SipGeneral()
    port = _value(section, "bindport", _port, _value(section, "port", _port, 5060))
    bind = _value(section, "bindaddr", lambda text: parse_bind(text, port=port), default.udp)
    bind = (bind[0], bind[1] if _text(section, "bindaddr") else port)
    udp = _value(section, "udpbindaddr", lambda text: parse_bind(text, port=port), bind)
    tcp = _value(section, "tcpbindaddr", lambda text: parse_bind(text, port=port), udp)
    tls = _value(section, "tlsbindaddr", _tls_bind, (udp[0], TLS_PORT))
    return SipGeneral(
        udp=udp,
        tcp=tcp if is_true(_text(section, "tcpenable")) else None,
        tls=tls if is_true(_text(section, "tlsenable")) else None,
        tls_options=_tls_options(section),
        realm=_text(section, "realm") or default.realm,
        context=_text(section, "context") or default.context,
        user_agent=_text(section, "useragent"),
        language=_text(section, "language"),
        minimum_expiry=_value(section, "minexpiry", _seconds, default.minimum_expiry),
        maximum_expiry=_value(section, "maxexpiry", _seconds, default.maximum_expiry),
        default_expiry=_value(section, "defaultexpiry", _seconds, default.default_expiry),
        register_timeout=_value(section, "registertimeout", _seconds, default.register_timeout),
        register_attempts=_value(section, "registerattempts", parse_number, 0),
        timers=sip_timers(
            _value(section, "timert1", parse_t1, None),
            _value(section, "timerb", parse_timer_b, None),
        ),
        outbound_proxy=_text(section, "outboundproxy"),
        external_host=_text(section, "externaddr", "externip", "externhost"),
        local_networks=tuple(_networks(section, "localnet")),
        domains=tuple(domain for domain, _ in _domains(section) if domain),
        has_own_domains=is_true(_text(section, "autodomain")),
    )


def _domains(section: Section) -> Iterator[tuple[str, Entry]]:
    """Each ``domain = name``; the context that may stand behind it is another matter."""
    for entry in section.entries:
        if entry.name.lower() == "domain":
            yield entry.value.partition(",")[0].strip().lower(), entry


def _tls_bind(text: str) -> tuple[str, int]:
    return parse_bind(text, port=TLS_PORT)


def _tls_options(section: Section) -> TlsConfig:
    older = _value(section, "sslclientmethod", parse_method, "")
    method = _value(section, "tlsclientmethod", parse_method, older)
    return read_sip_tls(lambda *names: _text(section, *names), method)


def _peer(section: Section, defaults: Section, named: NamedRules | None = None) -> SipPeer:
    kind = _text(section, "type").lower()
    if kind not in _TYPES:
        message = f"[{section.name}] needs `type = friend`, peer or user, not {kind!r}"
        raise ConfigError(message, path=section.path, line=section.line)
    host, port = _value(section, "host", _host, _DYNAMIC)
    timeout = _value(section, "qualify", _qualify, 0)
    frequency = _value(section, "qualifyfreq", _seconds, 60)
    return SipPeer(
        name=section.name,
        kind=kind,
        context=_text(section, "context") or _text(defaults, "context") or "default",
        codecs=_codecs(section, defaults),
        host=host,
        port=_value(section, "port", _port, port),
        username=_text(section, "defaultuser", "username") or section.name,
        secret=_text(section, "secret"),
        md5secret=_text(section, "md5secret"),
        callerid=_caller_id(section),
        from_user=_text(section, "fromuser"),
        from_domain=_text(section, "fromdomain"),
        dtmf_mode=_value(
            section, "dtmfmode", _dtmf, _value(defaults, "dtmfmode", _dtmf, "rfc4733")
        ),
        language=_text(section, "language") or _text(defaults, "language"),
        accountcode=_text(section, "accountcode"),
        symmetric=_is_symmetric(_text(section, "nat")),
        qualify_frequency=frequency if timeout else 0,
        qualify_timeout=timeout / 1000,
        outbound_proxy=_text(section, "outboundproxy") or _text(defaults, "outboundproxy"),
        callback_extension=_text(section, "callbackextension"),
        remote_secret=_text(section, "remotesecret"),
        trusts_rpid=is_true(_text(section, "trustrpid") or _text(defaults, "trustrpid")),
        sends_rpid=_rpid(_text(section, "sendrpid") or _text(defaults, "sendrpid")),
        session_timers=_inherited(section, defaults, "session-timers", _session_timers, "accept"),
        session_expires=_inherited(section, defaults, "session-expires", _seconds, 1800),
        session_minimum=_inherited(section, defaults, "session-minse", _seconds, 90),
        insecure_invite=_is_insecure(_text(section, "insecure") or _text(defaults, "insecure")),
        media=read_sip_media(functools.partial(_inherited, section, defaults)),
        signalling=read_sip_signalling(functools.partial(_inherited, section, defaults)),
        rules=read_pjsip_rules(section.entries, named, SIP_CONTACT_RULES),
        security=read_sip_security(functools.partial(_inherited, section, defaults)),
        office=office_of_peer(lambda name: _text(section, name) or _text(defaults, name)),
        variables=tuple(
            (name.strip(), value)
            for entry in section.entries
            if entry.name.lower() == "setvar"
            for name, _, value in [entry.value.partition("=")]
        ),
    )


def _port(text: str) -> int:
    return parse_number(text, minimum=1, maximum=65535)


def _seconds(text: str) -> int:
    return parse_number(text, minimum=1, maximum=30 * 24 * 3600)


def _host(text: str) -> tuple[str, int | None]:
    return _DYNAMIC if text.lower() == "dynamic" else split_host_port(text)


def _qualify(text: str) -> int:
    """Milliseconds a peer has for its answer; 0: it is not asked."""
    word = text.strip().lower()
    if word in {"yes", "true", "on", "y", "t"}:
        return _QUALIFY_DEFAULT_MS
    return 0 if word in {"no", "false", "off", "n", "f"} else parse_number(word, maximum=600_000)


def _dtmf(text: str) -> str:
    if text.lower() not in _DTMF:
        raise ValueError(f"expected rfc2833, inband, info or auto, not {text!r}")
    return _DTMF[text.lower()]


def _is_symmetric(nat: str) -> bool:
    # `nat = no` is the only value that speaks against it; the default forces rport since 11.
    return nat.strip().lower() not in {"no", "never", "false", "off"}


def _inherited(
    section: Section, defaults: Section, name: str, read: Callable[[str], ValueT], default: ValueT
) -> ValueT:
    return _value(section, name, read, _value(defaults, name, read, default))


def _session_timers(text: str) -> str:
    if text.lower() not in {"accept", "originate", "refuse"}:
        raise ValueError(f"expected accept, originate or refuse, not {text!r}")
    return text.lower()


def _rpid(text: str) -> str:
    if text.strip().lower() == "pai":
        return "pai"
    return "rpid" if is_true(text) or text.strip().lower() == "rpid" else ""


def _is_insecure(text: str) -> bool:
    return bool({"invite", "very", "yes"} & {word.strip().lower() for word in text.split(",")})


def _caller_id(section: Section) -> str:
    number, name = _text(section, "cid_number"), _text(section, "fullname")
    written = _text(section, "callerid")
    return written or (f'"{name}" <{number}>' if name else number)


def _codecs(section: Section, defaults: Section) -> tuple[str, ...]:
    lines = []
    for entry in (*defaults.entries, *section.entries):
        name = entry.name.lower()
        if name not in {"allow", "disallow"}:
            continue
        lines.append((name, entry.value))
        try:
            parse_codecs(lines[-1:])
        except ValueError as error:
            raise ConfigError(f"{name}: {error}", path=entry.path, line=entry.line) from error
    return parse_codecs(lines)
