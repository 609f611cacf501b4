"""Who the phone is and where its server is: from options, or from a server's own pjsip.conf."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.config.language.reader import read_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.pjsip.transport import TransportConfig
from switchroom.net.local_address import WILDCARDS
from switchroom.sip.digest import Account
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.flow import host_for_uri
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.uri import SipUri, parse_uri

PROTOCOLS = frozenset({"udp", "tcp", "tls"})

_SAID = frozenset({"tcp", "tls"})  #: transports that a URI must name


class IdentityError(SwitchroomError):
    """Options or a configuration that name nobody the phone could be."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls."""

    address: NameAddr  #: our From
    server: SipUri  #: where to register, and what a bare number is dialled at
    aor: NameAddr | None = None  #: what to register where that is not ``address``
    account: Account | None = None


def parse_address(text: str, *, transport: str = "") -> SipUri:
    """Read a SIP URI from the command line; ``sip:`` may be left out.

    Args:
        text: The URI.
        transport: What to go over where the URI does not say; ``sips:`` says TLS.

    Raises:
        IdentityError: It is none, or asks for a transport that there is not.
    """
    try:
        uri = parse_uri(text if text.startswith(("sip:", "sips:")) else f"sip:{text}")
    except RemoteSipError as error:
        raise IdentityError(f"{text!r} is no SIP address: {error}") from error
    if uri.scheme not in {"sip", "sips"} or (uri.transport or "udp") not in PROTOCOLS:
        raise IdentityError(f"{text!r}: there is only sip: over UDP, TCP and TLS yet")
    if uri.scheme == "sips":
        transport = "tls"
    if transport and not uri.transport:
        parameters = {**uri.parameters, "transport": transport}
        uri = SipUri("sip", uri.user, uri.host, uri.port, parameters)
    return uri


def identity_of_uri(
    text: str,
    *,
    name: str = "",
    username: str = "",
    password: str | None = None,
    transport: str = "",
) -> Identity:
    """Be somebody at a server: ``sip:alice@192.0.2.1:5060``.

    Args:
        text: The address of record; its host and port are the server's.
        name: To be shown to whoever is called.
        username: For digest; the URI's user when empty.
        password: None: none is sent.
        transport: What to go over where the URI does not say; empty: UDP.

    Raises:
        IdentityError: It names nobody.
    """
    uri = parse_address(text, transport=transport)
    if not uri.user:
        raise IdentityError(f"{text!r} names nobody; write sip:USER@{uri.host}")
    account = None if password is None else Account(username or uri.user, password)
    address = NameAddr(str(SipUri("sip", uri.user, uri.host)), name)
    return Identity(address, _server(uri.host, uri.port, uri.transport), account=account)


def identity_of_config(
    folder: Path,
    endpoint: str,
    *,
    name: str = "",
    password: str | None = None,
    transport: str = "",
) -> Identity:
    """Be an endpoint of a server on this machine, by its own configuration.

    Args:
        folder: Where its ``pjsip.conf`` is.
        endpoint: The endpoint.
        name: To be shown to whoever is called.
        password: Instead of the one in the file.
        transport: What to go over; empty: what the endpoint says, or UDP.

    Raises:
        ConfigError: The file is missing or wrong.
        IdentityError: There is no such endpoint, or no way to it.
    """
    config = read_pjsip(read_config(folder / "pjsip.conf"))
    found = config.endpoints.get(endpoint)
    if found is None:
        known = ", ".join(config.endpoints) or "nobody"
        raise IdentityError(f"{folder / 'pjsip.conf'} has no endpoint {endpoint!r}; it has {known}")
    way = _transport(config, found.transport, transport)
    if way is None:
        kind = transport.upper() or "UDP, TCP or TLS"
        raise IdentityError(f"{folder / 'pjsip.conf'} has no transport over {kind}")
    host = way.host
    if host in WILDCARDS:
        host = "::1" if ":" in host else "127.0.0.1"
    server = _server(host_for_uri(host), way.port, way.protocol)
    address = NameAddr(str(SipUri("sip", endpoint, server.host)), name)
    aor = NameAddr(str(SipUri("sip", found.aors[0], server.host))) if found.aors else None
    account = _account(config, found.auths, password)
    return Identity(address, server, aor, account)


def _server(host: str, port: int | None, protocol: str) -> SipUri:
    return SipUri("sip", "", host, port, {"transport": protocol} if protocol in _SAID else {})


def _transport(config: PjsipConfig, name: str, protocol: str) -> TransportConfig | None:
    if name and not protocol:
        return config.transports.get(name)
    protocols = (protocol,) if protocol else ("udp", "tcp", "tls")
    found = (t for p in protocols for t in config.transports.values() if t.protocol == p)
    return next(found, None)


def _account(config: PjsipConfig, auths: tuple[str, ...], password: str | None) -> Account | None:
    if not auths:
        return None
    auth = config.auths[auths[0]]  # read_pjsip refuses an endpoint whose auth is missing
    if password is None and auth.auth_type != "userpass":
        raise IdentityError(f"auth [{auth.name}] holds no password, only its hash: give --password")
    return Account(auth.username, auth.password if password is None else password)
