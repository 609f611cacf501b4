"""``pjsip.conf`` and ``sip.conf`` turned into the one model of :mod:`.endpoint`."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from switchroom.channels.sip.endpoints.domains import own_domains
from switchroom.channels.sip.endpoints.endpoint import (
    Aor,
    Credentials,
    DtmfMode,
    Endpoint,
    GeolocationPolicy,
    Identify,
    IdentityPolicy,
    MwiPolicy,
    OutboundRegistration,
    SipSettings,
    StirShakenPolicy,
)
from switchroom.channels.sip.endpoints.general import general_of
from switchroom.channels.sip.endpoints.line_policy import line_of_peer, line_policy
from switchroom.channels.sip.endpoints.manners import manners_of, manners_of_peer
from switchroom.channels.sip.endpoints.media_policy import policy_of_endpoint, policy_of_peer
from switchroom.channels.sip.endpoints.security_policy import security_of_endpoint, security_of_peer
from switchroom.channels.sip.identity import PRESENTATIONS
from switchroom.channels.sip.registrations.sip_conf_registrations import (
    sip_proxies,
    sip_registrations,
)
from switchroom.channels.sip.transports import transports_of
from switchroom.config.http import HttpConfig
from switchroom.config.language.values import parse_network
from switchroom.config.office_options import office_of_endpoint
from switchroom.config.pjsip.auth import AuthConfig
from switchroom.config.pjsip.objects import EndpointConfig, PjsipConfig
from switchroom.config.pjsip.registration import RegistrationConfig
from switchroom.config.rtp import RtpConfig
from switchroom.config.sip.peers import SipConfig, SipPeer
from switchroom.config.sip_timers import SipTimers
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.sip.registration import RetryPolicy
from switchroom.sip.reliable import Reliable
from switchroom.sip.session_timer import TimerPolicy, Use

logger = logging.getLogger(__name__)

DEFAULT_CODECS = ("ulaw", "alaw")
_DTMF = {mode.value: mode for mode in DtmfMode}

_TIMERS = {each.name.lower(): each for each in Use} | {"forced": Use.ALWAYS}
#: ``originate`` asks for a timer where it calls, ``refuse`` does without.
_SIP_TIMERS = {"accept": Use.YES, "originate": Use.ALWAYS, "refuse": Use.NO}
_RELIABLE = {each.name.lower(): each for each in Reliable}


def merge(
    pjsip: PjsipConfig,
    sip: SipConfig | None,
    *,
    user_agent: str,
    http: HttpConfig | None = None,
    rtp: RtpConfig | None = None,
) -> SipSettings:
    """One model of both files; where both name an endpoint, ``pjsip.conf`` counts.

    Args:
        pjsip: Always there, perhaps empty.
        sip: None without a ``sip.conf``.
        user_agent: Ours, where neither names one.
        http: Where WebSockets come in; None without an ``http.conf``.
        rtp: What counts for the audio of all; None without an ``rtp.conf``.
    """
    rtp = rtp or RtpConfig()
    endpoints = {name: _endpoint(each, pjsip, rtp) for name, each in pjsip.endpoints.items()}
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
            proxies_of(each.outbound_proxies),
            each.options.words("mailboxes"),
            each.options.text("voicemail_extension"),
            each.options.flag("qualify_2xx_only"),
            each.options.flag("authenticate_qualify"),
            each.options.flag("remove_unavailable"),
        )
        for name, each in pjsip.aors.items()
    }
    identifies = [
        Identify(
            i.name,
            i.endpoint,
            i.networks,
            i.host_names,
            i.match_header,
            i.match_request_uri,
            i.asks_srv,
        )
        for i in pjsip.identifies.values()
    ]
    registrations = [_registration(each, pjsip) for each in pjsip.registrations.values()]
    if sip is not None:
        for name, peer in sip.peers.items():
            if name not in endpoints:
                endpoints[name] = _peer(peer, rtp)
                aors.setdefault(name, _peer_aor(peer, sip))
                identifies += _peer_identify(peer)
        registrations += sip_registrations(sip)
    return SipSettings(
        endpoints,
        aors,
        transports_of(pjsip, sip.general if sip is not None else None, http or HttpConfig()),
        tuple(identifies),
        tuple(registrations),
        pjsip=pjsip,
        rules=pjsip.rules,
        general=general_of(pjsip.general),
        keep_alive=pjsip.keep_alive_interval,
        identifier_order=pjsip.identifier_order,
        realm=pjsip.default_realm,
        algorithms=pjsip.algorithms,
        domain_aliases=pjsip.domain_aliases,
        domains=own_domains(sip.general) if sip is not None else frozenset(),
        sip_timers=pjsip.timers or (sip.general.timers if sip is not None else SipTimers()),
        stranger=_peer(sip.stranger, rtp) if sip is not None and sip.stranger is not None else None,
        user_agent=pjsip.user_agent or (sip.general.user_agent if sip else "") or user_agent,
    )


def _endpoint(config: EndpointConfig, pjsip: PjsipConfig, rtp: RtpConfig) -> Endpoint:
    return Endpoint(
        name=config.name,
        context=config.context,
        codecs=config.codecs or DEFAULT_CODECS,
        codec_preferences=config.codec_preferences,
        credentials=credentials_of(config.auths, pjsip),
        outbound_credentials=credentials_of(config.outbound_auths, pjsip),
        aors=config.aors,
        caller=_caller(config),
        from_user=config.from_user,
        from_domain=config.from_domain,
        language=config.language or "en",
        account_code=config.accountcode,
        dtmf_mode=_DTMF.get(config.dtmf_mode, DtmfMode.RFC4733),
        security=security_of_endpoint(config, rtp),
        rtp_symmetric=config.rtp_symmetric,
        rewrite_contact=config.rewrite_contact,
        identify_by_username="username" in config.identify_by,
        identify_by_auth_username="auth_username" in config.identify_by,
        transport=config.transport,
        proxies=proxies_of(config.outbound_proxies),
        media=policy_of_endpoint(config),
        media_host=config.options.text("media_address"),
        identity=_identity(config),
        line=line_policy(config.options),
        geolocation=GeolocationPolicy(
            config.options.text("geoloc_incoming_call_profile"),
            config.options.text("geoloc_outgoing_call_profile"),
        ),
        stir_shaken=StirShakenPolicy(
            config.options.choice("stir_shaken"), config.options.text("stir_shaken_profile")
        ),
        redirect_method=config.options.choice("redirect_method"),
        timers=_timers(config),
        allows_subscribe=config.options.flag("allow_subscribe"),
        subscribe_context=config.options.text("subscribe_context"),
        subscription_minimum=config.options.number("sub_min_expiry"),
        mailboxes=config.options.words("mailboxes"),
        mwi=_mwi(config),
        manners=manners_of(config.options, config.rules.requests, config.rules.contacts),
        tells_second_call=config.options.flag("notify_early_inuse_ringing"),
        message_context=config.options.text("message_context"),
        allows_transfer=config.options.flag("allow_transfer"),
        reliable=_RELIABLE[config.options.choice("100rel")],
        variables=config.variables,
        office=office_of_endpoint(config.options.text),
    )


def _caller(config: EndpointConfig) -> CallerId:
    caller = parse_caller_id(config.callerid)
    presentation = PRESENTATIONS[config.options.choice("callerid_privacy")]
    caller.name_presentation = caller.number_presentation = presentation
    return caller


def _identity(config: EndpointConfig) -> IdentityPolicy:
    options = config.options
    return IdentityPolicy(
        trusts_inbound=options.flag("trust_id_inbound"),
        trusts_outbound=options.flag("trust_id_outbound"),
        sends_pai=options.flag("send_pai"),
        sends_rpid=options.flag("send_rpid"),
        sends_diversion=options.flag("send_diversion"),
        sends_history=options.flag("send_history_info"),
        tag=options.text("callerid_tag"),
    )


def _mwi(config: EndpointConfig) -> MwiPolicy:
    options = config.options
    return MwiPolicy(
        is_aggregated=options.flag("aggregate_mwi"),
        subscription_replaces=options.flag("mwi_subscribe_replaces_unsolicited"),
        from_user=options.text("mwi_from_user"),
        voicemail_extension=options.text("voicemail_extension"),
        incoming_mailbox=options.text("incoming_mwi_mailbox"),
    )


def _timers(config: EndpointConfig) -> TimerPolicy:
    options = config.options
    return TimerPolicy(
        _TIMERS[options.choice("timers")],
        options.number("timers_sess_expires"),
        options.number("timers_min_se"),
    )


def _registration(config: RegistrationConfig, pjsip: PjsipConfig) -> OutboundRegistration:
    retry = RetryPolicy(
        in_trouble=config.retry_interval,
        forbidden=config.forbidden_retry_interval,
        refused=config.fatal_retry_interval,
        wrong_account=0 if config.auth_rejection_permanent else config.retry_interval,
        most=config.max_retries,
    )
    return OutboundRegistration(
        config.name,
        config.server_uri,
        config.client_uri,
        contact_user=config.contact_user,
        contact_parameters=config.contact_header_params,
        credentials=credentials_of(config.auths, pjsip),
        proxies=proxies_of(config.outbound_proxies),
        expires=config.expiration,
        retry=retry,
        initial_delay=config.max_random_initial_delay,
        endpoint=config.endpoint,
        transport=config.transport,
        support_path=config.support_path,
        user_agent=config.user_agent,
    )


def proxies_of(uris: Iterable[str]) -> tuple[str, ...]:
    """Proxies as Route headers have them: each is a loose router, whether it was written or not."""
    whole = (uri.strip().replace("\\;", ";") for uri in uris)
    return tuple(uri if ";lr" in uri.lower() else f"{uri};lr" for uri in whole if uri)


def credentials_of(names: tuple[str, ...], pjsip: PjsipConfig) -> tuple[Credentials, ...]:
    """What auths of these names are; those that there are not are left out."""
    found = [pjsip.auths[name] for name in names if name in pjsip.auths]
    return tuple(_credential(auth) for auth in found)


def _credential(auth: AuthConfig) -> Credentials:
    # A call of ours is proven by MD5 where there is no password.
    ha1 = auth.md5_cred or ("" if auth.password else dict(auth.digests).get("MD5", ""))
    return Credentials(auth.name, auth.username, auth.password, ha1, auth.realm, auth.digests)


def _peer(peer: SipPeer, rtp: RtpConfig) -> Endpoint:
    has_secret = bool(peer.secret or peer.md5secret)
    credentials = (Credentials(peer.name, peer.username or peer.name, peer.secret, peer.md5secret),)
    outbound = credentials
    if peer.remote_secret:
        outbound = (Credentials(peer.name, peer.username or peer.name, peer.remote_secret),)
    return Endpoint(
        name=peer.name,
        technology="SIP",
        context=peer.context,
        codecs=peer.codecs or DEFAULT_CODECS,
        credentials=credentials if has_secret and not peer.insecure_invite else (),
        outbound_credentials=outbound if has_secret or peer.remote_secret else (),
        aors=(peer.name,),
        caller=parse_caller_id(peer.callerid),
        from_user=peer.from_user,
        from_domain=peer.from_domain,
        language=peer.language or "en",
        account_code=peer.accountcode,
        dtmf_mode=_DTMF.get(peer.dtmf_mode, DtmfMode.RFC4733),
        security=security_of_peer(peer, rtp),
        rtp_symmetric=peer.symmetric,
        rewrite_contact=peer.symmetric,
        media=policy_of_peer(peer.media),
        proxies=sip_proxies(peer.outbound_proxy),
        identity=IdentityPolicy(
            trusts_inbound=peer.trusts_rpid,
            trusts_outbound=peer.trusts_rpid,
            sends_pai=peer.sends_rpid == "pai",
            sends_rpid=peer.sends_rpid == "rpid",
        ),
        timers=TimerPolicy(
            _SIP_TIMERS[peer.session_timers], peer.session_expires, peer.session_minimum
        ),
        line=line_of_peer(peer.signalling),
        redirect_method="uri_core" if peer.signalling.follows_uris else "user",
        allows_subscribe=peer.signalling.allows_subscribe,
        subscribe_context=peer.signalling.subscribe_context,
        mailboxes=peer.signalling.mailboxes,
        mwi=MwiPolicy(voicemail_extension=peer.signalling.voicemail_extension),
        manners=manners_of_peer(peer.signalling, peer.rules.requests, peer.rules.contacts),
        message_context=peer.signalling.message_context,
        allows_transfer=peer.signalling.allows_transfer,
        variables=peer.variables,
        office=peer.office,
    )


def _peer_identify(peer: SipPeer) -> list[Identify]:
    """A peer at a fixed host is known by its address; a user only by its name."""
    if not peer.host or peer.kind == "user":
        return []
    try:
        return [Identify(peer.name, peer.name, (parse_network(peer.host),))]
    except ValueError:
        return [Identify(peer.name, peer.name, host_names=(peer.host,))]


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
