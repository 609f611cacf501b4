"""The SIP side of the configuration as one model, whether it came from pjsip.conf or sip.conf."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from switchroom.channels.sip.endpoints.general import General
from switchroom.channels.sip.endpoints.line_policy import LinePolicy
from switchroom.channels.sip.endpoints.manners import Manners
from switchroom.channels.sip.endpoints.media_policy import MediaPolicy
from switchroom.channels.sip.endpoints.security_policy import SecurityPolicy
from switchroom.config.guard import GuardConfig
from switchroom.config.office_options import OfficeOptions
from switchroom.config.pjsip.acl import PjsipRules
from switchroom.config.pjsip.codec_preferences import CodecPreferences
from switchroom.config.pjsip.objects import PjsipConfig
from switchroom.config.sip_timers import SipTimers
from switchroom.net.credentials import TlsSettings
from switchroom.net.marking import Marking
from switchroom.pbx.caller_id import CallerId
from switchroom.sip.digest import Account
from switchroom.sip.registration import RetryPolicy
from switchroom.sip.reliable import Reliable
from switchroom.sip.session_timer import TimerPolicy
from switchroom.sip.uri import SipUri

Network = IPv4Network | IPv6Network


class DtmfMode(StrEnum):
    """How digits travel; the values are those of ``dtmf_mode``."""

    RFC4733 = "rfc4733"
    INBAND = "inband"
    INFO = "info"
    AUTO = "auto"  #: RFC 4733 where the party knows it, otherwise inband
    AUTO_INFO = "auto_info"  #: likewise, otherwise by INFO
    NONE = "none"


#: The modes that offer digits as events of RFC 4733.
WITH_EVENTS = frozenset({DtmfMode.RFC4733, DtmfMode.AUTO, DtmfMode.AUTO_INFO})


@dataclass(frozen=True, slots=True)
class Credentials:
    """One user name with what proves it; ``secret`` is a password, ``ha1`` its digest (MD5)."""

    name: str  #: the section's name, as ``pjsip show auths`` lists it
    username: str
    secret: str = field(default="", repr=False)
    ha1: str = field(default="", repr=False)
    realm: str = ""  #: empty: the system's
    #: Algorithms with the ``HA1`` of each, where no password is known.
    digests: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """What is believed and told of who calls."""

    trusts_inbound: bool = False  #: P-Asserted-Identity and Remote-Party-ID count
    trusts_outbound: bool = False  #: numbers that are restricted may be told
    sends_pai: bool = False
    sends_rpid: bool = False
    sends_diversion: bool = True
    sends_history: bool = False
    tag: str = ""  #: of the caller, for the dialplan


@dataclass(frozen=True, slots=True)
class MwiPolicy:
    """How a party is told of its messages."""

    is_aggregated: bool = True  #: of all its mailboxes together
    subscription_replaces: bool = False  #: once it subscribes it is told by that only
    from_user: str = ""
    voicemail_extension: str = ""  #: what it dials to hear them
    incoming_mailbox: str = ""  #: whose messages it tells us of; empty: nobody's


@dataclass(frozen=True, slots=True)
class StirShakenPolicy:
    """Whether a party's calls are signed, and looked at."""

    behaviour: str = "no"  #: ``no``, ``off``, ``attest``, ``verify``, ``on``, ``yes``
    profile: str = ""  #: of ``stir_shaken.conf``; what it says goes before


@dataclass(frozen=True, slots=True)
class GeolocationPolicy:
    """Profiles of ``geolocation.conf`` that count for a party; empty: nothing is heard, or told."""

    incoming: str = ""
    outgoing: str = ""


def account_of(credentials: Sequence[Credentials]) -> Account | None:
    """What a core proves itself with; None where there is nothing to prove."""
    accounts = [Account(c.username, c.secret, c.realm, c.ha1) for c in credentials]
    return dataclasses.replace(accounts[0], beside=tuple(accounts[1:])) if accounts else None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A configured party: who it is, what it may do, how to talk to it."""

    name: str
    technology: str = "PJSIP"  #: the first part of its channels' names
    context: str = "default"
    codecs: tuple[str, ...] = ("ulaw", "alaw")  #: Asterisk's names, best first
    codec_preferences: CodecPreferences = field(default_factory=CodecPreferences)
    credentials: tuple[Credentials, ...] = ()  #: what it must prove; empty: nothing (identified)
    outbound_credentials: tuple[Credentials, ...] = ()  #: what we prove to it
    aors: tuple[str, ...] = ()
    caller: CallerId = field(default_factory=CallerId)
    from_user: str = ""
    from_domain: str = ""
    language: str = "en"
    account_code: str = ""
    dtmf_mode: DtmfMode = DtmfMode.RFC4733
    security: SecurityPolicy = field(default_factory=SecurityPolicy)  #: of its audio
    rtp_symmetric: bool = False
    rewrite_contact: bool = False
    identify_by_username: bool = True
    identify_by_auth_username: bool = False
    transport: str = ""
    proxies: tuple[str, ...] = ()  #: URIs that requests to it go through
    media: MediaPolicy = field(default_factory=MediaPolicy)
    media_host: str = ""  #: shown in SDP in place of our own address
    identity: IdentityPolicy = field(default_factory=IdentityPolicy)
    line: LinePolicy = field(default_factory=LinePolicy)
    stir_shaken: StirShakenPolicy = field(default_factory=StirShakenPolicy)
    geolocation: GeolocationPolicy = field(default_factory=GeolocationPolicy)
    redirect_method: str = "user"  #: what is made of a 302: ``user``, ``uri_core``, ``uri_pjsip``
    timers: TimerPolicy = field(default_factory=TimerPolicy)
    reliable: Reliable = Reliable.YES
    allows_transfer: bool = True
    message_context: str = ""  #: where text messages arrive; empty: its context
    allows_subscribe: bool = True
    subscribe_context: str = ""  #: where what it subscribes to is looked for; empty: its context
    subscription_minimum: int = 0  #: seconds
    mailboxes: tuple[str, ...] = ()
    manners: Manners = field(default_factory=Manners)
    mwi: MwiPolicy = field(default_factory=MwiPolicy)
    tells_second_call: bool = False  #: a lamp blinks for a second call, too
    variables: tuple[tuple[str, str], ...] = ()
    office: OfficeOptions = field(default_factory=OfficeOptions)


@dataclass(frozen=True, slots=True)
class Aor:
    """Where registrations of one address of record go, and what bounds them."""

    name: str
    contacts: tuple[str, ...] = ()  #: permanent ones, from the configuration
    max_contacts: int = 0
    remove_existing: bool = False
    minimum_expiration: int = 60  #: seconds
    maximum_expiration: int = 7200  #: seconds
    default_expiration: int = 3600  #: seconds
    qualify_frequency: float = 0.0  #: seconds between OPTIONS; 0: never
    qualify_timeout: float = 3.0  #: seconds
    support_path: bool = False
    proxies: tuple[str, ...] = ()  #: URIs that requests to its contacts go through
    mailboxes: tuple[str, ...] = ()
    voicemail_extension: str = ""
    qualify_2xx_only: bool = False  #: another answer to OPTIONS shows that nobody is there
    authenticates_qualify: bool = False  #: a challenge to OPTIONS is answered
    remove_unavailable: bool = False  #: contacts that do not answer make room for new ones


@dataclass(frozen=True, slots=True)
class OutboundRegistration:
    """One registration of ours at somebody else's registrar."""

    name: str
    server_uri: str
    client_uri: str
    contact_user: str = ""
    contact_parameters: str = ""
    credentials: tuple[Credentials, ...] = ()
    proxies: tuple[str, ...] = ()
    expires: int = 3600  #: seconds
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    initial_delay: float = 0.0  #: seconds that the first attempt waits at most, by chance
    endpoint: str = ""  #: whose calls come back with the line token; empty: no token
    transport: str = ""
    support_path: bool = False
    user_agent: str = ""  #: told there; empty: the system's


@dataclass(frozen=True, slots=True)
class Transport:
    """One address we listen on."""

    name: str
    protocol: str  #: ``udp``, ``tcp``, ``tls``, ``ws`` or ``wss``
    host: str
    port: int
    external_host: str = ""  #: what the outside must see in Via and Contact, if another
    external_port: int = 0  #: 0: the port that it is bound to
    external_media_host: str = ""  #: what the outside must see in SDP
    local_networks: tuple[Network, ...] = ()  #: who is not outside
    tls: TlsSettings | None = None  #: of a ``tls`` or ``wss`` transport
    marking: Marking = field(default_factory=Marking)
    is_symmetric: bool = False  #: who registers over it is reached over it
    path: str = ""  #: of a ``ws`` or ``wss`` transport


@dataclass(frozen=True, slots=True)
class Identify:
    """What shows that a request belongs to an endpoint."""

    name: str
    endpoint: str
    networks: tuple[Network, ...] = ()
    host_names: tuple[str, ...] = ()  #: resolved when the settings are taken up
    header: str = ""  #: ``Name: value`` or ``Name: /expression/``
    request_uri: str = ""  #: the whole of it, or ``/expression/``
    asks_srv: bool = True  #: SRV records of its host names count


@dataclass(frozen=True, slots=True)
class SipSettings:
    """All that the SIP driver was configured with; replaced as a whole on reload."""

    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    aors: Mapping[str, Aor] = field(default_factory=dict)
    transports: tuple[Transport, ...] = ()
    identifies: tuple[Identify, ...] = ()
    registrations: tuple[OutboundRegistration, ...] = ()
    realm: str = "asterisk"
    algorithms: tuple[str, ...] = ("MD5",)  #: of our challenges; old phones fail on others
    user_agent: str = "Switchroom"
    identifier_order: tuple[str, ...] = ("ip", "username", "anonymous")
    rules: tuple[PjsipRules, ...] = ()  #: from where anybody may come
    general: General = field(default_factory=General)
    keep_alive: float = 90.0  #: seconds of silence on a connection before a ping; 0: never
    pjsip: PjsipConfig = field(default_factory=PjsipConfig)  #: as written
    stranger: Endpoint | None = None  #: of ``sip.conf``: a host that is no endpoint
    guard: GuardConfig = field(default_factory=GuardConfig)
    domain_aliases: Mapping[str, str] = field(default_factory=dict)  #: what each stands for
    domains: frozenset[str] = frozenset()  #: of ``sip.conf``: ours
    sip_timers: SipTimers = field(default_factory=SipTimers)

    def names_of(self, uri: SipUri) -> tuple[str, ...]:
        """What an endpoint or an address of record may be called that a URI names."""
        alias = self.domain_aliases.get(uri.host)
        with_alias = (f"{uri.user}@{alias}",) if alias else ()
        return (f"{uri.user}@{uri.host}", *with_alias, uri.user)
