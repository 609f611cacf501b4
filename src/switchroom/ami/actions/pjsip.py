"""``pjsip.conf``: endpoints, addresses of record, contacts, registrations of ours."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.ami.sip import AorFacts, AuthFacts, ContactFacts, EndpointFacts, Parameters
from switchroom.base.text import leading_int
from switchroom.channels.sip.causes import cause_of_status
from switchroom.channels.sip.service import SipService
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.telling import request_hangup

#: How the headers of a contact's status call what the CLI abbreviates.
CONTACT_STATUS = {
    "Avail": "Reachable",
    "Unavail": "Unreachable",
    "NonQual": "NonQualified",
    "Unknown": "Unknown",
}
#: Secrets, and what is made of them.
_HIDDEN = ("Password", "Md5Cred", "OauthSecret", "PasswordDigest", "RefreshToken")
_LIST_PRIVILEGE = Privilege.SYSTEM


def header_name(option: str) -> str:
    """``dtls_auto_generate_cert`` as ``DtlsAutoGenerateCert``, ``100rel`` as it is."""
    return "".join(part[:1].upper() + part[1:] for part in option.split("_"))


def _object(kind: str, name: str, parameters: Parameters, *leave: str) -> HeaderList:
    options = [
        (header_name(option), value)
        for option, value in parameters
        if option not in {"type", *leave}
    ]
    return [("ObjectType", kind), ("ObjectName", name), *options]


def _contacts(aors: Iterable[AorFacts], end: str = "") -> str:
    texts = [f"{each.aor}/{each.uri}" for aor in aors for each in aor.contacts]
    return ",".join(texts) + (end if texts else "")


def _endpoint(request: Request, name: str) -> EndpointFacts:
    for endpoint in request.context.sip.facts.endpoints():
        if endpoint.name == name:
            return endpoint
    raise ActionError(f"Unable to retrieve endpoint {name}")


@action("PJSIPShowEndpoints", _LIST_PRIVILEGE)
def show_endpoints(request: Request) -> Reply:
    """List the endpoints."""
    events = [
        Listed(
            "EndpointList",
            (
                ("ObjectType", "endpoint"),
                ("ObjectName", each.name),
                ("Transport", each.transport.name if each.transport is not None else ""),
                ("Aor", ",".join(aor.name for aor in each.aors)),
                ("Auths", ",".join(auth.name for auth in each.auths)),
                ("OutboundAuths", ",".join(auth.name for auth in each.outbound_auths)),
                ("Contacts", _contacts(each.aors, ",")),
                ("DeviceState", each.state),
                ("ActiveChannels", str(len(each.channels))),
            ),
        )
        for each in request.context.sip.facts.endpoints()
    ]
    if not events:
        raise ActionError("No endpoints found")
    message = "A listing of Endpoints follows, presented as EndpointList events"
    return listing(message, "EndpointListComplete", events)


@action("PJSIPShowEndpoint", _LIST_PRIVILEGE)
def show_endpoint(request: Request) -> Reply:
    """Show an endpoint with all that belongs to it."""
    endpoint = _endpoint(request, request.required("Endpoint", "Endpoint parameter missing"))
    name = ("EndpointName", endpoint.name)
    events = [
        Listed(
            "EndpointDetail",
            (
                *_object("endpoint", endpoint.name, endpoint.parameters),
                ("DeviceState", endpoint.state),
                ("ActiveChannels", str(len(endpoint.channels))),
            ),
        ),
        *(Listed("AuthDetail", (*_auth(each), name)) for each in endpoint.auths),
        *(Listed("AorDetail", (*_aor_detail(each), name)) for each in endpoint.aors),
    ]
    if (transport := endpoint.transport) is not None:
        headers = _object("transport", transport.name, transport.parameters)
        events.append(Listed("TransportDetail", (*headers, name)))
    events += [
        Listed(
            "IdentifyDetail",
            (
                ("ObjectType", "identify"),
                ("ObjectName", each.name),
                ("Endpoint", each.endpoint),
                ("Match", ",".join(each.matches)),
                name,
            ),
        )
        for each in endpoint.identifies
    ]
    events += [
        Listed("ContactStatusDetail", _contact_status(contact, aor, endpoint.name))
        for aor in endpoint.aors
        for contact in aor.contacts
    ]
    message = "Following are Events for each object associated with the Endpoint"
    return listing(message, "EndpointDetailComplete", events)


def _aor(aor: AorFacts) -> HeaderList:
    headers = _object("aor", aor.name, aor.parameters, "contact")
    return [*headers, ("Contacts", _contacts([aor]))]


def _aor_detail(aor: AorFacts) -> HeaderList:
    permanent = dict(aor.parameters).get("contact", "")
    registered = sum(each.uri not in permanent for each in aor.contacts)
    total, ours = str(len(aor.contacts)), str(registered)
    return [*_aor(aor), ("TotalContacts", total), ("ContactsRegistered", ours)]


def _auth(auth: AuthFacts) -> HeaderList:
    # Secrets are not among the parameters: whoever may read files finds them there.
    headers = _object("auth", auth.name, auth.parameters, "username")
    hidden = [(name, "") for name in _HIDDEN]
    algorithms = [("SupportedAlgorithmsUac", "MD5"), ("SupportedAlgorithmsUas", "MD5")]
    there = {name for name, _ in headers}
    more = [each for each in (*algorithms, *hidden) if each[0] not in there]
    return [*headers[:2], ("Username", auth.username), *headers[2:], *more]


def _contact_status(contact: ContactFacts, aor: AorFacts, endpoint: str) -> HeaderList:
    options = dict(aor.parameters)
    trip = contact.round_trip
    return [
        ("AOR", contact.aor),
        ("URI", contact.uri),
        ("UserAgent", ""),
        ("RegExpire", "0"),
        ("Status", CONTACT_STATUS.get(contact.status, contact.status)),
        ("RoundtripUsec", "N/A" if trip is None else str(round(trip * 1000))),
        ("EndpointName", endpoint),
        ("ID", f"{contact.aor}@@{contact_hash(contact.uri)}"),
        ("AuthenticateQualify", _number(options.get("authenticate_qualify", ""))),
        ("OutboundProxy", options.get("outbound_proxy", "")),
        ("Path", ""),
        ("QualifyFrequency", options.get("qualify_frequency", "0")),
        ("QualifyTimeout", f"{float(options.get('qualify_timeout', '3')):.3f}"),
        ("Qualify2xxOnly", _number(options.get("qualify_2xx_only", ""))),
    ]


def _number(flag: str) -> str:
    return "1" if flag in {"true", "yes"} else "0"


@action("PJSIPShowAors", _LIST_PRIVILEGE)
def show_aors(request: Request) -> Reply:
    """List the addresses of record."""
    events = [Listed("AorList", _aor(each)) for each in request.context.sip.facts.aors()]
    return _listed(events, "AORs", "Aor")


@action("PJSIPShowAuths", _LIST_PRIVILEGE)
def show_auths(request: Request) -> Reply:
    """List the user names; their secrets are not told."""
    events = [Listed("AuthList", _auth(each)) for each in request.context.sip.facts.auths()]
    return _listed(events, "Auths", "Auth")


def _listed(events: Sequence[Listed], what: str, name: str) -> Reply:
    if not events:
        raise ActionError(f"No {what} found")
    message = f"A listing of {what} follows, presented as {name}List events"
    return listing(message, f"{name}ListComplete", events)


@action("PJSIPShowContacts", _LIST_PRIVILEGE)
def show_contacts(request: Request) -> Reply:
    """List the contacts that are registered."""
    endpoints = {
        aor.name: each.name for each in request.context.sip.facts.endpoints() for aor in each.aors
    }
    events = [
        Listed("ContactList", _contact(contact, aor, endpoints.get(aor.name, "")))
        for aor in request.context.sip.facts.aors()
        for contact in aor.contacts
        if contact.uri not in dict(aor.parameters).get("contact", "")
    ]
    return _listed(events, "Contacts", "Contact")


def _contact(contact: ContactFacts, aor: AorFacts, endpoint: str) -> HeaderList:
    options = dict(aor.parameters)
    trip = contact.round_trip
    return [
        ("ObjectType", "contact"),
        ("ObjectName", f"{aor.name}@@{contact_hash(contact.uri)}"),
        ("Endpoint", endpoint),
        ("Uri", contact.uri),
        ("QualifyTimeout", options.get("qualify_timeout", "3.000000")),
        ("QualifyFrequency", options.get("qualify_frequency", "0")),
        ("Qualify2xxOnly", options.get("qualify_2xx_only", "false")),
        ("AuthenticateQualify", options.get("authenticate_qualify", "false")),
        ("OutboundProxy", options.get("outbound_proxy", "")),
        ("Status", CONTACT_STATUS.get(contact.status, contact.status)),
        ("RoundtripUsec", "N/A" if trip is None else str(round(trip * 1000))),
    ]


@action("PJSIPShowRegistrationsInbound", _LIST_PRIVILEGE)
def show_inbound(request: Request) -> Reply:
    """List the addresses of record that phones have registered at."""
    events = [
        Listed("InboundRegistrationDetail", _aor(aor))
        for aor in request.context.sip.facts.aors()
        if aor.contacts
    ]
    message = "Following are Events for each Inbound registration"
    return listing(message, "InboundRegistrationDetailComplete", events)


@action("PJSIPShowRegistrationInboundContactStatuses", _LIST_PRIVILEGE)
def show_contact_statuses(request: Request) -> Reply:
    """List the contacts with whether they can be reached."""
    endpoints = {
        aor.name: each.name for each in request.context.sip.facts.endpoints() for aor in each.aors
    }
    events = [
        Listed("ContactStatusDetail", _contact_status(contact, aor, endpoints.get(aor.name, "")))
        for aor in request.context.sip.facts.aors()
        for contact in aor.contacts
    ]
    message = "Following are ContactStatusEvents for each Inbound registration"
    return listing(message, "ContactStatusDetailComplete", events)


@action("PJSIPShowRegistrationsOutbound", Privilege.SYSTEM | Privilege.REPORTING)
def show_outbound(request: Request) -> Reply:
    """List where we are registered ourselves."""
    registrations = request.context.sip.facts.registrations()
    events = [
        Listed(
            "OutboundRegistrationDetail",
            (
                *_object("registration", each.name, each.parameters),
                ("Status", each.status),
                ("NextReg", str(max(0, int(each.expires_in or 0)))),
            ),
        )
        for each in registrations
    ]
    up = sum(each.status == "Registered" for each in registrations)
    return listing(
        "Following are Events for each Outbound registration",
        "OutboundRegistrationDetailComplete",
        events,
        ("Registered", str(up)),
        ("NotRegistered", str(len(registrations) - up)),
    )


def _registration(request: Request, do: Callable[[str], bool]) -> bool:
    name = request.required("Registration", "Registration parameter missing")
    facts = request.context.sip.facts
    names = [each.name for each in facts.registrations()] if name == "*all" else [name]
    results = [do(each) for each in names]
    return all(results)


@action("PJSIPRegister", Privilege.SYSTEM | Privilege.REPORTING, changes=Privilege.SYSTEM)
def register(request: Request) -> Reply:
    """Register at a registrar anew."""
    if not _registration(request, request.context.sip.facts.register):
        raise ActionError("Unable to retrieve registration entry")
    return done("Reregistration sent")


@action("PJSIPUnregister", Privilege.SYSTEM | Privilege.REPORTING, changes=Privilege.SYSTEM)
def unregister(request: Request) -> Reply:
    """Take a registration at a registrar back."""
    if not _registration(request, request.context.sip.facts.unregister):
        raise ActionError("Unable to retrieve registration entry")
    return done("Unregistration sent")


def _service(request: Request) -> SipService:
    service = request.context.sip.service
    if service is None:
        raise ActionError("SIP is not up")
    return service


@action("PJSIPQualify", Privilege.SYSTEM | Privilege.REPORTING)
def qualify(request: Request) -> Reply:
    """Ask the contacts of an endpoint whether they are there."""
    endpoint = _endpoint(request, request.required("Endpoint", "Endpoint parameter missing"))
    service = _service(request)
    for aor in endpoint.aors:
        settings = service.settings.aors.get(aor.name)
        if settings is not None:
            service.qualifier.ask(settings)
    return done("Endpoint found, will qualify")


@action("PJSIPHangup", Privilege.SYSTEM | Privilege.CALL)
def hangup(request: Request) -> Reply:
    """Refuse an incoming call with a status of SIP, or a cause of Q.850 by its name."""
    channel = request.channel("No channel specified", "No such channel")
    text = request.required("Cause", "No cause specified")
    number = leading_int(text)
    if number is not None:
        cause = cause_of_status(number) if 400 <= number < 700 else None
    else:
        cause = getattr(HangupCause, re.sub(r"[^A-Z0-9]+", "_", text.upper()), None)
    if cause is None:
        raise ActionError(f"Cause {text!r} is none")
    request_hangup(channel, cause)
    return done("Channel Hungup")


@action("PJSIPShowSubscriptionsInbound", _LIST_PRIVILEGE)
def show_subscriptions(request: Request) -> Reply:
    """List what phones watch."""
    service = _service(request)
    events = [
        Listed(
            "InboundSubscriptionDetail",
            (
                ("Role", "Notifier"),
                ("Endpoint", each.endpoint.name),
                ("Callid", each.core.dialog.call_id),
                ("State", "ACTIVE"),
                ("Callerid", each.endpoint.caller.all),
                ("SubscriptionType", each.package.name),
                ("Extension", f"{each.name}@{each.context}" if each.context else ""),
                ("Mailboxes", "" if each.context else each.name),
            ),
        )
        for each in service.subscriptions
    ]
    message = "Following are Events for each inbound Subscription"
    return listing(
        message, "InboundSubscriptionDetailComplete", events, ("Active", str(len(events)))
    )


@action("PJSIPShowSubscriptionsOutbound", _LIST_PRIVILEGE)
def show_own_subscriptions(request: Request) -> Reply:
    """List what we watch elsewhere: nothing."""
    message = "Following are Events for each outbound Subscription"
    return listing(message, "OutboundSubscriptionDetailComplete", [])


@action("PJSIPShowResourceLists", _LIST_PRIVILEGE)
def show_resource_lists(request: Request) -> Reply:
    """List the resource lists that are configured."""
    events = [
        Listed(
            "ResourceListDetail",
            (
                ("ObjectType", "resource_list"),
                ("ObjectName", each.name),
                ("Event", each.event),
                ("FullState", str(each.tells_all).lower()),
                ("ListItem", ",".join(each.items)),
                ("NotificationBatchInterval", str(round(each.gather_for * 1000))),
                ("ResourceDisplayName", str(each.shows_names).lower()),
            ),
        )
        for each in _service(request).settings.pjsip.resource_lists
    ]
    message = "A listing of resource lists follows, presented as ResourceListDetail events"
    return listing(message, "ResourceListDetailComplete", events)


def contact_hash(uri: str) -> str:
    """The short name that the original gives to a contact."""
    octets = uri.encode("utf-8", "surrogateescape")
    return hashlib.md5(octets, usedforsecurity=False).hexdigest()
