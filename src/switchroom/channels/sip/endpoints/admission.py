"""From where requests may come: ``type = acl``, and the rules of an endpoint."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.config.pjsip.acl import PjsipRules
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import parse_name_addrs
from switchroom.sip.message import Request
from switchroom.sip.uri import parse_uri

logger = logging.getLogger(__name__)


def may_come(
    request: Request, host: str, endpoint: Endpoint | None, rules: Collection[PjsipRules]
) -> bool:
    """Whether a request may come from an address, with the Contacts that it has.

    Args:
        request: The request.
        host: Where it came from.
        endpoint: Whose it is, where that is known.
        rules: For everybody.
    """
    manners = endpoint.manners if endpoint is not None else None
    if not rules and (manners is None or not (manners.may_call_from or manners.may_register_from)):
        return True
    places = [each.requests for each in rules]
    contacts = [each.contacts for each in rules]
    if manners is not None:
        places.append(manners.may_call_from)
        contacts.append(manners.may_register_from)
    if not (any(places) or any(contacts)):
        return True
    named = list(_contact_hosts(request)) if any(contacts) else []
    is_allowed = all(each.allows(host) for each in places) and all(
        each.allows(name) for each in contacts for name in named
    )
    if not is_allowed:
        name = endpoint.name if endpoint is not None else "somebody"
        logger.warning("%s of %s from %s: its address is not allowed", request.method, name, host)
    return is_allowed


def _contact_hosts(request: Request) -> Iterator[str]:
    try:
        for contact in parse_name_addrs(request.fields.get("contact", [])):
            yield parse_uri(contact.uri).host.strip("[]")
    except RemoteSipError:
        return
