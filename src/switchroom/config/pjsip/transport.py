"""``type = transport`` of pjsip.conf: an address to listen on."""

from __future__ import annotations

from dataclasses import dataclass, field

from switchroom.base.errors import ConfigError
from switchroom.config.dscp import read_tos
from switchroom.config.language.options import Options
from switchroom.config.language.values import Network, parse_bind, parse_network
from switchroom.config.tls import TlsConfig, read_pjsip_tls

DEFAULT_PORT = {"udp": 5060, "tcp": 5060, "tls": 5061, "ws": 0, "wss": 0}
SUPPORTED_PROTOCOLS = frozenset({"udp", "tcp", "tls", "ws", "wss"})


@dataclass(frozen=True, slots=True)
class TransportConfig:
    """One address to listen on."""

    name: str
    protocol: str  #: ``udp``, ``tcp``, ``tls``, ``ws`` or ``wss``; these two bind as http.conf says
    host: str
    port: int
    external_signaling_address: str
    external_media_address: str
    external_signaling_port: int
    local_networks: tuple[Network, ...]
    tls: TlsConfig | None
    tos: int  #: the octet of DiffServ; 0: as the system does
    options: Options = field(repr=False)


def read_transport(options: Options) -> TransportConfig:
    """Read one.

    Raises:
        ConfigError: It has no address, or one that is none.
    """
    protocol = options.choice("protocol")
    bind = options.text("bind")
    section = options.section
    if not bind:
        message = f"transport [{section.name}] needs a bind address, such as `bind = 0.0.0.0`"
        raise ConfigError(message, path=section.path, line=section.line)
    try:
        host, port = parse_bind(bind, port=DEFAULT_PORT.get(protocol, 0))
    except ValueError as error:
        line = options.line_of("bind")
        raise ConfigError(f"bind: {error}", path=section.path, line=line) from error
    return TransportConfig(
        name=section.name,
        protocol=protocol,
        host=host,
        port=port,
        external_signaling_address=options.text("external_signaling_address"),
        external_media_address=options.text("external_media_address"),
        external_signaling_port=options.number("external_signaling_port"),
        local_networks=_networks(options, "local_net"),
        tls=read_pjsip_tls(options) if protocol == "tls" else None,
        tos=read_tos(options),
        options=options,
    )


def _networks(options: Options, name: str) -> tuple[Network, ...]:
    try:
        return tuple(parse_network(word) for word in options.words(name))
    except ValueError as error:
        path, line = options.section.path, options.line_of(name)
        raise ConfigError(f"{name}: {error}", path=path, line=line) from error
