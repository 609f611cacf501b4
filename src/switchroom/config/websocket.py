"""``websocket_client.conf`` and ``chan_websocket.conf``: programs on WebSockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile

CONNECTION_TYPES = ("persistent", "per_call_config")
FORMATS = ("plain-text", "json")

_CLIENT: Mapping[str, Option] = MappingProxyType(
    {
        "type": Option(Kind.CHOICE, "websocket_client", ("websocket_client",), honoured=True),
        "uri": Option(Kind.TEXT, honoured=True),
        "protocols": Option(Kind.LIST, honoured=True),
        "username": Option(Kind.TEXT, honoured=True),
        "password": Option(Kind.TEXT, honoured=True),
        "connection_type": Option(Kind.CHOICE, "", CONNECTION_TYPES, honoured=True),
        "connection_timeout": Option(Kind.NUMBER, "500", honoured=True),
        "reconnect_attempts": Option(Kind.NUMBER, "4", honoured=True),
        "reconnect_interval": Option(Kind.NUMBER, "500", honoured=True),
        "tls_enabled": Option(Kind.FLAG, "no", honoured=True),
        "ca_list_file": Option(Kind.TEXT, honoured=True),
        "ca_list_path": Option(Kind.TEXT, honoured=True),
        "cert_file": Option(Kind.TEXT, honoured=True),
        "priv_key_file": Option(Kind.TEXT, honoured=True),
        "verify_server_cert": Option(Kind.FLAG, "yes", honoured=True),
        "verify_server_hostname": Option(Kind.FLAG, "yes", honoured=True),
        "proxy_host": Option(Kind.TEXT),
        "proxy_username": Option(Kind.TEXT),
        "proxy_password": Option(Kind.TEXT),
        "enable_tcp_keepalives": Option(Kind.FLAG, "no"),
        "tcp_keepalive_time": Option(Kind.NUMBER, "20"),
        "tcp_keepalive_interval": Option(Kind.NUMBER, "20"),
        "tcp_keepalive_probes": Option(Kind.NUMBER, "3"),
        "enable_pingpongs": Option(Kind.FLAG, "no"),
        "pingpong_interval": Option(Kind.NUMBER, "20"),
        "pingpong_probes": Option(Kind.NUMBER, "3"),
    }
)
_GLOBAL: Mapping[str, Option] = MappingProxyType(
    {
        "type": Option(Kind.TEXT, honoured=True),
        "control_message_format": Option(Kind.CHOICE, "plain-text", FORMATS, honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class WebSocketClient:
    """A program that we come to."""

    name: str
    uri: str
    protocols: tuple[str, ...] = ()
    username: str = ""
    password: str = field(default="", repr=False)
    connection_type: str = ""  #: ``persistent`` or ``per_call_config``
    timeout: float = 0.5  #: seconds to connect
    attempts: int = 4  #: further ones, when one fails
    interval: float = 0.5  #: seconds between them
    is_tls: bool = False
    authorities: Path | None = None
    authorities_folder: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    verifies_server: bool = True
    verifies_name: bool = True


@dataclass(frozen=True, slots=True)
class WebSocketClients:
    """All of them, by name."""

    clients: Mapping[str, WebSocketClient] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


def read_websocket_clients(file: ConfigFile) -> WebSocketClients:
    """Read a ``websocket_client.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    warnings = Warnings()
    clients: dict[str, WebSocketClient] = {}
    for section in file.sections:
        if section.name == "general":
            continue
        options = read_options(section, _CLIENT, what="websocket_client", warnings=warnings)
        if not options.text("uri"):
            warnings.add(f"websocket_client {section.name} has no uri", section.path, section.line)
            continue
        clients[section.name] = _client(section.name, options)
    return WebSocketClients(MappingProxyType(clients), tuple(warnings.entries))


def _client(name: str, options: Options) -> WebSocketClient:
    uri = options.text("uri")
    is_tls = options.flag("tls_enabled") or uri.lower().startswith("wss:")
    return WebSocketClient(
        name,
        uri,
        protocols=options.words("protocols"),
        username=options.text("username"),
        password=options.text("password"),
        connection_type=options.choice("connection_type"),
        timeout=options.number("connection_timeout") / 1000,
        attempts=options.number("reconnect_attempts"),
        interval=options.number("reconnect_interval") / 1000,
        is_tls=is_tls,
        authorities=_path(options, "ca_list_file"),
        authorities_folder=_path(options, "ca_list_path"),
        certificate=_path(options, "cert_file"),
        private_key=_path(options, "priv_key_file"),
        verifies_server=options.flag("verify_server_cert"),
        verifies_name=options.flag("verify_server_hostname"),
    )


def _path(options: Options, name: str) -> Path | None:
    text = options.text(name)
    return Path(text) if text else None


def read_websocket_channel(file: ConfigFile) -> str:
    """Read a ``chan_websocket.conf``; returns how control messages are written.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    chosen = "plain-text"
    for section in file.sections:
        if section.name == "global":
            options = read_options(section, _GLOBAL, what="global", warnings=Warnings())
            chosen = options.choice("control_message_format")
    return chosen
