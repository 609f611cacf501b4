"""PJSIP_ENDPOINT, PJSIP_AOR, PJSIP_CONTACT, PJSIP_DIAL_CONTACTS: SIP as it is configured.

Family: SIP
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.endpoint import Aor, DtmfMode
from switchroom.channels.sip.registrations.location import Contact
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.options import Options
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addr
from switchroom.sip.uri import SipUri, parse_uri

SECRETS = frozenset({"password", "md5_cred", "password_digest", "oauth_secret", "refresh_token"})


def _service(channel: Channel, what: str) -> SipService:
    technology = channel.pbx.technologies.get("PJSIP")
    if not isinstance(technology, SipTechnology):
        raise DialplanError(f"{what}: there is no SIP here")
    return technology.service


def _field(options: Options, field: str, what: str) -> str:
    name = field.strip().lower()
    if name not in options.table or name in SECRETS:
        raise DialplanError(f"{what}: there is no field {field!r}")
    return options.shown(name)


@function("PJSIP_ENDPOINT")
def pjsip_endpoint(channel: Channel, name: str, field: str) -> str:
    """What an endpoint of pjsip.conf is configured with.

    Args:
        channel: The channel.
        name: The endpoint.
        field: The option, such as ``context``.

    Examples:
        NoOp(${PJSIP_ENDPOINT(alice,context)})
    """
    endpoint = _service(channel, "PJSIP_ENDPOINT").settings.pjsip.endpoints.get(name.strip())
    if endpoint is None:
        raise DialplanError(f"PJSIP_ENDPOINT: there is no endpoint {name!r}")
    return _field(endpoint.options, field, "PJSIP_ENDPOINT")


@function("PJSIP_AOR")
def pjsip_aor(channel: Channel, name: str, field: str) -> str:
    """What an address of record is configured with, or ``contact``: where it is registered.

    Args:
        channel: The channel.
        name: The address of record.
        field: The option, such as ``max_contacts``; ``contact`` gives the ids that PJSIP_CONTACT
            takes, with commas between.

    Examples:
        NoOp(${PJSIP_AOR(alice,contact)})
    """
    service = _service(channel, "PJSIP_AOR")
    aor = service.settings.aors.get(name.strip())
    config = service.settings.pjsip.aors.get(name.strip())
    if aor is None or config is None:
        raise DialplanError(f"PJSIP_AOR: there is no address of record {name!r}")
    if field.strip().lower() == "contact":
        return ",".join(each.id for each in service.location.contacts(aor))
    return _field(config.options, field, "PJSIP_AOR")


def _rtt(contact: Contact) -> str:
    return "N/A" if contact.round_trip is None else str(round(contact.round_trip * 1_000_000))


_CONTACT: Mapping[str, Callable[[Contact, Aor], str]] = MappingProxyType(
    {
        "type": lambda contact, aor: "contact",
        "uri": lambda contact, aor: contact.uri,
        "status": lambda contact, aor: contact.status,
        "rtt": lambda contact, aor: _rtt(contact),
        "path": lambda contact, aor: ",".join(contact.path),
        "user_agent": lambda contact, aor: contact.user_agent,
        "via_addr": lambda contact, aor: contact.source[1] if contact.source else "",
        "via_port": lambda contact, aor: str(contact.source[2]) if contact.source else "0",
        "expiration_time": lambda contact, aor: str(int(contact.expires_at)),
        "qualify_frequency": lambda contact, aor: str(int(aor.qualify_frequency)),
        "qualify_timeout": lambda contact, aor: f"{aor.qualify_timeout:f}",
        "call_id": lambda contact, aor: contact.call_id,
        "endpoint": lambda contact, aor: aor.name,
    }
)


@function("PJSIP_CONTACT")
def pjsip_contact(channel: Channel, name: str, field: str) -> str:
    """What is known of a contact.

    Fields: ``uri``, ``status``, ``rtt`` (microseconds), ``path``, ``user_agent``, ``via_addr``,
    ``via_port``, ``expiration_time``, ``qualify_frequency``, ``qualify_timeout``, ``call_id``,
    ``endpoint``, ``type``.

    Args:
        channel: The channel.
        name: Its id, as ``PJSIP_AOR(name,contact)`` gives it.
        field: What is asked.

    Examples:
        NoOp(${PJSIP_CONTACT(${PJSIP_AOR(alice,contact)},uri)})
    """
    service = _service(channel, "PJSIP_CONTACT")
    wanted = name.strip()
    aor = service.settings.aors.get(wanted.partition(";@")[0].partition("@@")[0])
    contacts = service.location.contacts(aor) if aor is not None else ()
    contact = next((each for each in contacts if each.id == wanted), None)
    read = _CONTACT.get(field.strip().lower())
    if contact is None or aor is None:
        raise DialplanError(f"PJSIP_CONTACT: there is no contact {name!r}")
    if read is None:
        raise DialplanError(f"PJSIP_CONTACT: there is no field {field!r}")
    return read(contact, aor)


@function("PJSIP_DIAL_CONTACTS")
def pjsip_dial_contacts(
    channel: Channel, endpoint: str, aor: str = "", request_user: str = ""
) -> str:
    """Every contact of an endpoint, in the form that Dial() takes: ``PJSIP/…&PJSIP/…``.

    Args:
        channel: The channel.
        endpoint: The endpoint.
        aor: Only contacts of this address of record.
        request_user: The number to call there, in place of the one in each contact.

    Examples:
        Dial(${PJSIP_DIAL_CONTACTS(alice)},20)
    """
    service = _service(channel, "PJSIP_DIAL_CONTACTS")
    found = service.settings.endpoints.get(endpoint.strip())
    if found is None:
        raise DialplanError(f"PJSIP_DIAL_CONTACTS: there is no endpoint {endpoint!r}")
    names = (aor.strip(),) if aor.strip() else found.aors
    parts: list[str] = []
    for name in names:
        known = service.settings.aors.get(name)
        for contact in service.location.contacts(known) if known is not None else ():
            uri = _with_user(contact.uri, request_user.strip())
            parts.append(f"PJSIP/{found.name}/{uri}")
    return "&".join(parts)


def _with_user(uri: str, user: str) -> str:
    if not user:
        return uri
    try:
        parsed = parse_uri(uri)
    except RemoteSipError:
        return uri
    return str(SipUri(parsed.scheme, user, parsed.host, parsed.port, parsed.parameters))


_PARTS: Mapping[str, Callable[[NameAddr, SipUri], str]] = MappingProxyType(
    {
        "display": lambda address, uri: address.name,
        "scheme": lambda address, uri: uri.scheme,
        "user": lambda address, uri: uri.user,
        "passwd": lambda address, uri: _password(address.uri),
        "host": lambda address, uri: uri.host,
        "port": lambda address, uri: str(uri.port or 0),
        "user_param": lambda address, uri: uri.parameters.get("user", ""),
        "method_param": lambda address, uri: uri.parameters.get("method", ""),
        "transport_param": lambda address, uri: uri.parameters.get("transport", ""),
        "ttl_param": lambda address, uri: uri.parameters.get("ttl", "-1"),
        "lr_param": lambda address, uri: str(int("lr" in uri.parameters)),
        "maddr_param": lambda address, uri: uri.parameters.get("maddr", ""),
    }
)


def _password(uri: str) -> str:
    user = uri.partition(":")[2].rpartition("@")[0]
    return user.partition(":")[2]


@function("PJSIP_PARSE_URI")
def pjsip_parse_uri(channel: Channel, uri: str, part: Rest) -> str:
    """A part of a URI.

    Args:
        channel: The channel.
        uri: ``sip:user@host``, or with a name in front and brackets around.
        part: ``display``, ``scheme``, ``user``, ``passwd``, ``host``, ``port``, ``user_param``,
            ``method_param``, ``transport_param``, ``ttl_param``, ``lr_param`` or ``maddr_param``.

    Examples:
        NoOp(${PJSIP_PARSE_URI(sip:100@pbx.example.com:5080,port)})  ; => 5080
    """
    return _parse(uri, part, "PJSIP_PARSE_URI")


@function("PJSIP_PARSE_URI_FROM")
def pjsip_parse_uri_from(channel: Channel, name: str, part: Rest) -> str:
    """A part of a URI that stands in a variable, whatever commas it has.

    Args:
        channel: The channel.
        name: The variable.
        part: As for PJSIP_PARSE_URI.

    Examples:
        Set(URI=sip:100@pbx.example.com)
        NoOp(${PJSIP_PARSE_URI_FROM(URI,host)})  ; => pbx.example.com
    """
    return _parse(channel.variables.get(name.strip(), ""), part, "PJSIP_PARSE_URI_FROM")


def _parse(text: str, part: str, what: str) -> str:
    read = _PARTS.get(part.strip().lower())
    if read is None:
        raise DialplanError(f"{what}: a URI has no part {part!r}")
    try:
        address = parse_name_addr(text)
        return read(address, parse_uri(address.uri))
    except RemoteSipError as error:
        raise DialplanError(f"{what}: {text!r}: {error}") from error


_MODES = {mode.value: mode for mode in DtmfMode}


@function("PJSIP_DTMF_MODE")
def pjsip_dtmf_mode(channel: Channel) -> str:
    """How digits travel on this channel: ``rfc4733``, ``inband``, ``info``, ``auto``, ``none``.

    Examples:
        NoOp(${PJSIP_DTMF_MODE()})
    """
    return _driver(channel, "PJSIP_DTMF_MODE").dtmf_mode.value


@function("PJSIP_DTMF_MODE", write=True)
def set_pjsip_dtmf_mode(channel: Channel, value: str) -> None:
    """Say how digits travel on this channel from now on.

    Args:
        channel: The channel.
        value: ``rfc4733``, ``inband``, ``info``, ``auto``, ``auto_info`` or ``none``.

    Examples:
        Set(PJSIP_DTMF_MODE()=info)
    """
    mode = _MODES.get(value.strip().lower())
    if mode is None:
        raise DialplanError(f"PJSIP_DTMF_MODE: there is no mode {value!r}")
    _driver(channel, "PJSIP_DTMF_MODE").dtmf_mode = mode


def _driver(channel: Channel, what: str) -> SipChannelDriver:
    if not isinstance(channel.driver, SipChannelDriver):
        raise DialplanError(f"{what}: {channel.name} is no SIP channel")
    return channel.driver
