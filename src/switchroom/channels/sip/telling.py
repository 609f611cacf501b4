"""Telling the bus how SIP stands: contacts that come and go, registrations of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from switchroom.pbx.events import ContactChanged, RegistryChanged
from switchroom.pbx.security import SecurityEvent, SecurityFacts, is_told, report
from switchroom.sip.digest import Verdict
from switchroom.sip.flow import Flow
from switchroom.sip.message import Request
from switchroom.sip.registrar import Binding, Registration

if TYPE_CHECKING:
    from switchroom.channels.sip.registrations.location import Contact
    from switchroom.channels.sip.registrations.registering import Standing
    from switchroom.channels.sip.service import SipService


def tell_contact(service: SipService, contact: Contact, status: str = "") -> None:
    """A contact changed.

    Args:
        service: Whose.
        contact: Which.
        status: Created, Updated or Removed; empty: whether it answers.
    """
    events = service.pbx.events
    if not events.wants(ContactChanged):
        return
    for device in service.devices_of(contact.aor):
        technology, _, endpoint = device.partition("/")
        events.publish(
            ContactChanged(
                contact.aor, contact.uri, endpoint, status or contact.status, contact.round_trip,
                technology,
            )
        )  # fmt: skip


def tell_bindings(service: SipService, aor: str, result: Registration) -> None:
    """A REGISTER changed what is known of an address of record."""
    if not service.pbx.events.wants(ContactChanged):
        return
    settings = service.settings.aors.get(aor)
    contacts = {each.uri: each for each in service.location.contacts(settings)} if settings else {}
    for binding in result.added:
        is_new = binding.uri not in result.refreshed
        counts = is_new or service.settings.general.tells_refreshes
        if counts and (contact := contacts.get(binding.uri)) is not None:
            tell_contact(service, contact, "Created" if is_new else "Updated")
    tell_removed(service, aor, result.removed)


def tell_removed(service: SipService, aor: str, removed: Sequence[Binding]) -> None:
    """Contacts of an address of record are gone."""
    if not removed or not service.pbx.events.wants(ContactChanged):
        return
    for device in service.devices_of(aor):
        technology, _, endpoint = device.partition("/")
        for binding in removed:
            service.pbx.events.publish(
                ContactChanged(aor, binding.uri, endpoint, "Removed", None, technology)
            )


def tell_registry(service: SipService, standing: Standing, status: int = 0) -> None:
    """A registration of ours was made, failed or ended."""
    events = service.pbx.events
    if events.wants(RegistryChanged):
        settings = standing.settings
        cause = f"{status}" if status else ""
        events.publish(
            RegistryChanged(settings.client_uri, settings.server_uri, standing.status, cause)
        )


def tell_verdict(
    service: SipService, verdict: Verdict, request: Request, flow: Flow, endpoint: str
) -> None:
    """What came of a request's proof, for the security log.

    Args:
        service: Whose.
        verdict: What came of it.
        request: That was to be proved.
        flow: Where it came from.
        endpoint: Who it was taken for; empty: nobody that is known.
    """
    if not is_told(service.pbx):
        return
    names = {
        Verdict.GOOD: "SuccessfulAuth",
        Verdict.WRONG: "ChallengeResponseFailed" if endpoint else "InvalidAccountID",
        Verdict.FORBIDDEN: "FailedACL",
        Verdict.MISSING: "ChallengeSent",
        Verdict.STALE: "ChallengeSent",
    }
    further = (("UsingPassword", "1"),) if verdict is Verdict.GOOD else ()
    tell_security(service, names[verdict], request, flow, endpoint, further)


def tell_security(
    service: SipService,
    name: str,
    request: Request,
    flow: Flow,
    endpoint: str = "",
    further: Sequence[tuple[str, str]] = (),
) -> None:
    """Something about a request, for the security log.

    Args:
        service: Whose.
        name: Of the event.
        request: The request.
        flow: Where it came from.
        endpoint: Who it was taken for; empty: nobody that is known.
        further: What is told besides.
    """
    if not is_told(service.pbx):
        return
    facts = SecurityFacts(
        service="PJSIP",
        account=endpoint or request.get("from")[:200],
        session=request.get("call-id")[:100],
        local=flow.local,
        remote=flow.remote,
        transport=flow.protocol.upper(),
    )
    report(service.pbx, SecurityEvent(name, facts, further))
