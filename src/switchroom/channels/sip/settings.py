"""``pjsip.conf`` and ``sip.conf`` turned into the one model of :mod:`.endpoint`."""

from __future__ import annotations

import logging

from switchroom.channels.sip.endpoint import (
    Aor,
    Credentials,
    DtmfMode,
    Endpoint,
    Identify,
    SipSettings,
    Transport,
)
from switchroom.config.pjsip import AuthConfig, EndpointConfig, PjsipConfig
from switchroom.config.sip import SipConfig, SipPeer
from switchroom.pbx.caller_id import parse_caller_id

logger = logging.getLogger(__name__)

DEFAULT_CODECS = ("ulaw", "alaw")
_DTMF = {mode.value: mode for mode in DtmfMode} | {"auto_info": DtmfMode.AUTO}


def merge(pjsip: PjsipConfig, sip: SipConfig | None, *, user_agent: str) -> SipSettings:
    """One model of both files; where both name an endpoint, ``pjsip.conf`` counts.

    Args:
        pjsip: Always there, perhaps empty.
        sip: None without a ``sip.conf``.
        user_agent: Ours, where neither names one.
    """
    endpoints = {name: _endpoint(each, pjsip) for name, each in pjsip.endpoints.items()}
    aors = {
        name: Aor(
            name,
            each.contacts,
            each.max_contacts,
            each.remove_existing,
            each.minimum_expiration,
            each.maximum_expiration,
            each.default_expiration,
            each.qualify_frequency,
            each.qualify_timeout,
            each.support_path,
        )
        for name, each in pjsip.aors.items()
    }
    transports = [
        Transport(t.name, t.protocol, t.host, t.port, t.external_signaling_address or "")
        for t in pjsip.transports.values()
    ]
    identifies = [Identify(i.name, i.endpoint, i.networks) for i in pjsip.identifies.values()]
    if sip is not None:
        taken = {(t.protocol, t.port) for t in transports}
        for name, address in (("sip-udp", sip.general.udp), ("sip-tcp", sip.general.tcp)):
            protocol = name.removeprefix("sip-")
            if address is not None and (protocol, address[1]) not in taken:
                transports.append(Transport(name, protocol, *address))
        for name, peer in sip.peers.items():
            if name not in endpoints:
                endpoints[name] = _peer(peer)
                aors.setdefault(name, _peer_aor(peer, sip))
    return SipSettings(
        endpoints,
        aors,
        tuple(transports),
        tuple(identifies),
        realm=pjsip.default_realm,
        algorithms=pjsip.algorithms,
        user_agent=pjsip.user_agent or (sip.general.user_agent if sip else "") or user_agent,
    )


def _endpoint(config: EndpointConfig, pjsip: PjsipConfig) -> Endpoint:
    return Endpoint(
        name=config.name,
        context=config.context,
        codecs=config.codecs or DEFAULT_CODECS,
        credentials=_credentials(config.auths, pjsip),
        outbound_credentials=_credentials(config.outbound_auths, pjsip),
        aors=config.aors,
        caller=parse_caller_id(config.callerid),
        from_user=config.from_user,
        from_domain=config.from_domain,
        language=config.language or "en",
        account_code=config.accountcode,
        dtmf_mode=_DTMF.get(config.dtmf_mode, DtmfMode.RFC4733),
        rtp_symmetric=config.rtp_symmetric,
        rewrite_contact=config.rewrite_contact,
        identify_by_username="username" in config.identify_by,
        identify_by_auth_username="auth_username" in config.identify_by,
        transport=config.transport,
        variables=config.variables,
    )


def _credentials(names: tuple[str, ...], pjsip: PjsipConfig) -> tuple[Credentials, ...]:
    found = [pjsip.auths[name] for name in names if name in pjsip.auths]
    return tuple(_credential(auth) for auth in found)


def _credential(auth: AuthConfig) -> Credentials:
    return Credentials(auth.name, auth.username, auth.password, auth.md5_cred, auth.realm)


def _peer(peer: SipPeer) -> Endpoint:
    has_secret = bool(peer.secret or peer.md5secret)
    credentials = (Credentials(peer.name, peer.username or peer.name, peer.secret, peer.md5secret),)
    return Endpoint(
        name=peer.name,
        technology="SIP",
        context=peer.context,
        codecs=peer.codecs or DEFAULT_CODECS,
        credentials=credentials if has_secret else (),
        outbound_credentials=credentials if has_secret else (),
        aors=(peer.name,),
        caller=parse_caller_id(peer.callerid),
        from_user=peer.from_user,
        from_domain=peer.from_domain,
        language=peer.language or "en",
        account_code=peer.accountcode,
        dtmf_mode=_DTMF.get(peer.dtmf_mode, DtmfMode.RFC4733),
        rtp_symmetric=peer.symmetric,
        rewrite_contact=peer.symmetric,
        variables=peer.variables,
    )


def _peer_aor(peer: SipPeer, sip: SipConfig) -> Aor:
    contacts: tuple[str, ...] = ()
    if peer.host:
        port = f":{peer.port}" if peer.port else ""
        contacts = (f"sip:{peer.name}@{peer.host}{port}",)
    general = sip.general
    return Aor(
        peer.name,
        contacts,
        max_contacts=1,
        remove_existing=True,
        minimum_expiration=general.minimum_expiry,
        maximum_expiration=general.maximum_expiry,
        default_expiration=general.default_expiry,
        qualify_frequency=peer.qualify_frequency,
        qualify_timeout=peer.qualify_timeout,
    )
