"""``register =>`` and ``callbackextension`` of sip.conf as registrations of the one model."""

from __future__ import annotations

from switchroom.channels.sip.endpoints.endpoint import Credentials, OutboundRegistration
from switchroom.config.sip.peers import SipConfig, SipGeneral, SipPeer
from switchroom.config.sip.register import SipRegister
from switchroom.sip.flow import host_for_uri
from switchroom.sip.registration import RetryPolicy


def sip_registrations(sip: SipConfig) -> list[OutboundRegistration]:
    """All registrations that a sip.conf asks for."""
    found = [_of_line(each, sip.general) for each in sip.registers]
    found += [
        _of_line(_register_of(peer), sip.general)
        for peer in sip.peers.values()
        if peer.callback_extension and peer.host
    ]
    return found


def _register_of(peer: SipPeer) -> SipRegister:
    secret = peer.remote_secret or peer.secret
    return SipRegister(
        name=peer.name,
        user=peer.username,
        host=peer.host,
        port=peer.port,
        domain=peer.from_domain,
        secret=secret,
        extension=peer.callback_extension,
        peer=peer.name,
    )


def _of_line(line: SipRegister, general: SipGeneral) -> OutboundRegistration:
    host = host_for_uri(line.host)
    where = f"{host}:{line.port}" if line.port else host
    transport = f";transport={line.protocol}" if line.protocol else ""
    credentials = Credentials(line.name, line.auth_user or line.user, line.secret)
    return OutboundRegistration(
        line.name,
        f"sip:{where}{transport}",
        f"sip:{line.user}@{line.domain or host}",
        contact_user=line.extension,
        credentials=(credentials,) if line.secret else (),
        proxies=sip_proxies(general.outbound_proxy),
        expires=line.expiry or general.default_expiry,
        retry=RetryPolicy(
            in_trouble=general.register_timeout,
            most=general.register_attempts or None,
        ),
        endpoint=line.peer,
    )


def sip_proxies(written: str) -> tuple[str, ...]:
    """``outboundproxy = [transport://]host[:port][,force]`` as a loose route."""
    host = written.split(",", maxsplit=1)[0].strip()
    protocol, scheme, rest = host.partition("://")
    if scheme:
        host = f"{rest};transport={protocol.lower()}"
    return (f"sip:{host};lr",) if host else ()
