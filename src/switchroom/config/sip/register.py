"""``register =>`` lines of sip.conf."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from switchroom.config.language.values import parse_number, split_host_port

_PROTOCOLS = ("udp", "tcp", "tls")
_USER = re.compile(
    r"(?P<user>[^:@]+)(?:@(?P<domain>[^:]*))?(?::(?P<secret>[^:]*))?(?::(?P<auth>.*))?$"
)


@dataclass(frozen=True, slots=True)
class SipRegister:
    """One line; ``peer?tcp://user@domain:secret:authuser@host:port/extension~expiry``."""

    name: str  #: what the CLI calls it
    user: str
    host: str
    port: int | None = None
    domain: str = ""  #: of the address of record, where it is not the host
    secret: str = field(default="", repr=False)
    auth_user: str = ""
    protocol: str = ""  #: empty: ``udp``
    extension: str = "s"  #: where calls arrive
    expiry: int | None = None  #: seconds
    peer: str = ""  #: whose calls they are


def parse_register(text: str) -> SipRegister:
    """Read what stands behind ``register =>``.

    Raises:
        ValueError: There is no user or no host, or a number is none.
    """
    rest, tilde, expiry = text.strip().rpartition("~")
    if not tilde:
        rest, expiry = expiry, ""
    peer, question, after = rest.partition("?")
    if question:
        rest = after
    else:
        peer = ""
    protocol, scheme, after = rest.partition("://")
    if scheme:
        rest = after
        if protocol.lower() not in _PROTOCOLS:
            raise ValueError(f"unknown transport {protocol!r}")
    else:
        protocol = ""
    account, at, where = rest.rpartition("@")
    match = _USER.match(account)
    where, _, extension = where.partition("/")
    if not at or match is None or not where:
        raise ValueError("expected user[:secret[:authuser]]@host[:port][/extension]")
    host, port = split_host_port(where)
    return SipRegister(
        name=f"{match['user']}@{host}",
        user=match["user"],
        host=host,
        port=port,
        domain=match["domain"] or "",
        secret=match["secret"] or "",
        auth_user=match["auth"] or "",
        protocol=protocol.lower(),
        extension=extension or "s",
        expiry=parse_number(expiry, minimum=1) if expiry else None,
        peer=peer,
    )
