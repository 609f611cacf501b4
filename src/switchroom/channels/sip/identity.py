"""Who calls, in the headers of SIP: From, P-Asserted-Identity, Remote-Party-ID, Diversion.

A name and number in From are what somebody says of himself; those in P-Asserted-Identity
(RFC 3325) and Remote-Party-ID are what his provider vouches for, and count where the endpoint is
trusted (``trust_id_inbound``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.pbx.caller_id import RESTRICTION, CallerId, PartyId, Redirecting
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addr, parse_name_addrs
from switchroom.sip.headers.parameters import unquote
from switchroom.sip.message import Header, Message, Request
from switchroom.sip.uri import SipUri, parse_uri

PRESENTATIONS: Mapping[str, int] = MappingProxyType(
    {
        "allowed_not_screened": 0x00, "allowed_passed_screen": 0x01, "allowed_failed_screen": 0x02,
        "allowed": 0x03, "prohib_not_screened": 0x20, "prohib_passed_screen": 0x21,
        "prohib_failed_screen": 0x22, "prohib": 0x23, "unavailable": 0x43,
    }
)  # fmt: skip
"""Words of ``callerid_privacy``."""

#: Reasons of a Diversion header (RFC 5806 §4) and their names in the dialplan.
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "user-busy": "cfb", "no-answer": "cfnr", "unavailable": "unavailable",
        "unconditional": "cfu", "time-of-day": "time_of_day", "do-not-disturb": "dnd",
        "deflection": "deflection", "follow-me": "follow_me", "out-of-service": "out_of_order",
        "away": "away", "send_to_vm": "send_to_vm", "unknown": "unknown",
    }
)  # fmt: skip
_WORDS: Mapping[str, str] = MappingProxyType({name: word for word, name in _REASONS.items()})
#: Causes of a History-Info entry (RFC 4458, RFC 7131) and the dialplan's names.
_CAUSES: Mapping[str, str] = MappingProxyType(
    {"302": "cfu", "486": "cfb", "408": "cfnr", "480": "deflection", "503": "unavailable"}
)
MAX_DIVERSIONS = 20  #: entries of a header that are looked at
ANONYMOUS = NameAddr("sip:anonymous@anonymous.invalid", "Anonymous")


def caller_of(request: Request, endpoint: Endpoint) -> CallerId:
    """The caller of an incoming INVITE.

    The provider's word comes first, where it is trusted, then ``callerid`` of the endpoint, then
    what the From says.
    """
    told = told_party(request, endpoint)
    if told is not None:
        return told
    if endpoint.caller.number:
        return endpoint.caller.copy()
    said = _party_of(request.from_)
    if said.number == "anonymous":
        return CallerId(name_presentation=0x20, number_presentation=0x20)
    return said


def number_said(request: Request, endpoint: Endpoint) -> str:
    """The number that an INVITE itself gives of its caller, whatever the endpoint's own is."""
    return (told_party(request, endpoint) or _party_of(request.from_)).number


def told_party(message: Message, endpoint: Endpoint) -> CallerId | None:
    """Who a message says its sender is, where that is believed (``trust_id_inbound``)."""
    if not endpoint.identity.trusts_inbound:
        return None
    return _asserted(message) or _remote_party(message)


def _asserted(request: Message) -> CallerId | None:
    values = request.fields.get("p-asserted-identity")
    if not values:
        return None
    try:
        party = _party_of(parse_name_addrs(values[:1])[0])
    except RemoteSipError:
        return None
    privacy = {word.strip().lower() for word in request.get("privacy").split(";")}
    return _presented(party, is_restricted=bool(privacy & {"id", "user", "header"}))


def _remote_party(request: Message) -> CallerId | None:
    value = request.get("remote-party-id")
    if not value:
        return None
    try:
        address = parse_name_addr(value)
    except RemoteSipError:
        return None
    privacy = unquote(address.parameters.get("privacy", "off")).lower()
    return _presented(_party_of(address), is_restricted=privacy not in {"", "off"})


def _presented(party: CallerId, *, is_restricted: bool) -> CallerId:
    presentation = 0x23 if is_restricted else 0x01  # a provider vouches for it
    party.name_presentation = party.number_presentation = presentation
    return party


def _party_of(address: NameAddr) -> CallerId:
    return CallerId(name=address.name, number=_user_of(address.uri))


def _user_of(uri: str) -> str:
    """The number in a URI, a ``tel:`` one as well; what stands behind a semicolon is no number."""
    if uri.lower().startswith("tel:"):
        return uri[4:].partition(";")[0]
    try:
        return parse_uri(uri).user.partition(";")[0]
    except RemoteSipError:
        return ""


def redirecting_of(message: Message) -> Redirecting | None:
    """Whom a call was diverted by, if by anybody: Diversion, else History-Info."""
    try:
        if values := message.fields.get("diversion"):
            entries = parse_name_addrs(values)[:MAX_DIVERSIONS]
            reason, first_reason = (
                _REASONS.get(unquote(e.parameters.get("reason", "")).lower(), "unknown")
                for e in (entries[0], entries[-1])
            )
        elif values := message.fields.get("history-info"):
            history = parse_name_addrs(values)[:MAX_DIVERSIONS]
            # The last entry is us; the one before is who sent it here, and why stands in ours.
            entries = history[-2::-1]
            reason, first_reason = (
                _cause_of(history[-1]),
                _cause_of(history[min(1, len(history) - 1)]),
            )
        else:
            return None
    except RemoteSipError:
        return None
    if not entries:
        return None
    sender, origin = _party_of(entries[0]), _party_of(entries[-1])
    found = Redirecting(sender=sender, reason=reason, count=len(entries))
    if len(entries) > 1:
        found.origin, found.origin_reason = origin, first_reason
    for entry, party in ((entries[0], sender), (entries[-1], origin)):
        if unquote(entry.parameters.get("privacy", "off")).lower() not in {"", "off"}:
            party.name_presentation = party.number_presentation = 0x20
    return found


def reason_of_diversion(message: Message) -> str:
    """Why a party diverts a call, as its Diversion header says; unconditionally without one."""
    try:
        entries = parse_name_addrs(message.fields.get("diversion", [])[:1])
    except RemoteSipError:
        entries = []
    reason = unquote(entries[0].parameters.get("reason", "")).lower() if entries else ""
    return _REASONS.get(reason, "cfu")


def _cause_of(entry: NameAddr) -> str:
    try:
        cause = parse_uri(entry.uri).parameters.get("cause", "")
    except RemoteSipError:
        cause = ""
    return _CAUSES.get(cause, "unknown")


# outgoing


def sender_of(
    party: PartyId, endpoint: Endpoint, *, host: str, default: str = "anonymous"
) -> NameAddr:
    """The From of an INVITE to an endpoint.

    Args:
        party: Who calls.
        endpoint: Who is called; its ``from_user`` and ``from_domain`` count.
        host: Of our side.
        default: The user where nobody is known to call.
    """
    domain = endpoint.from_domain or host
    if _is_restricted(party) and not endpoint.identity.trusts_outbound:
        return NameAddr(f"sip:anonymous@{endpoint.from_domain or 'anonymous.invalid'}", "Anonymous")
    user = endpoint.from_user or (party.number if party.is_number_known else "") or default
    uri = SipUri("sip", user, domain, None, endpoint.manners.user_parameters(user))
    return NameAddr(str(uri), party.name if party.is_name_known else "")


def identity_headers(
    party: PartyId, endpoint: Endpoint, *, host: str, role: str = "calling"
) -> list[Header]:
    """P-Asserted-Identity, Privacy and Remote-Party-ID, as ``send_pai`` and ``send_rpid`` ask.

    Args:
        party: Who it is; nothing is said of whom no number is known.
        endpoint: Who is told; who may not see a number is not told of it.
        host: Of our side.
        role: ``calling`` or ``called``.
    """
    policy = endpoint.identity
    if not (policy.sends_pai or policy.sends_rpid):
        return []
    is_restricted = _is_restricted(party)
    if not party.is_number_known or (is_restricted and not policy.trusts_outbound):
        return []
    domain = endpoint.from_domain or host
    more = endpoint.manners.user_parameters(party.number)
    address = NameAddr(str(SipUri("sip", party.number, domain, None, more)), party.name)
    headers: list[Header] = []
    if policy.sends_pai:
        headers.append(("P-Asserted-Identity", str(address)))
        if is_restricted:
            headers.append(("Privacy", "id"))
    if policy.sends_rpid:
        screened = "yes" if party.number_presentation & 0x03 in {0x01, 0x03} else "no"
        privacy = "full" if is_restricted else "off"
        about = {"party": role, "privacy": privacy, "screen": screened}
        headers.append(("Remote-Party-ID", str(NameAddr(address.uri, address.name, about))))
    return headers


def diversion_headers(redirecting: Redirecting, endpoint: Endpoint, *, host: str) -> list[Header]:
    """Who diverted a call that is made because of it: the last one first (RFC 5806)."""
    policy = endpoint.identity
    parties = [(redirecting.sender, redirecting.reason)]
    if redirecting.origin.is_number_known and redirecting.origin != redirecting.sender:
        parties.append((redirecting.origin, redirecting.origin_reason))
    known = [(p, why) for p, why in parties if p.is_number_known]
    domain = endpoint.from_domain or host
    headers: list[Header] = []
    if policy.sends_diversion:
        headers += [("Diversion", str(_diversion(p, why, domain))) for p, why in known]
    if policy.sends_history and known:
        headers += _history(known, domain)
    return headers


def _diversion(party: PartyId, reason: str, domain: str) -> NameAddr:
    more = {"reason": _WORDS.get(reason, "unknown")}
    if _is_restricted(party):
        more["privacy"] = "full"
    return NameAddr(str(SipUri("sip", party.number, domain)), party.name, more)


def _history(known: Iterable[tuple[PartyId, str]], domain: str) -> list[Header]:
    headers: list[Header] = []
    index = "1"
    for party, _ in reversed(list(known)):
        uri = str(SipUri("sip", party.number, domain))
        headers.append(("History-Info", f"<{uri}>;index={index}"))
        index += ".1"
    return headers


def _is_restricted(party: PartyId) -> bool:
    return bool(party.presentation & RESTRICTION == 0x20)
