"""Subscriptions of phones to extensions and mailboxes: who asks, what is told, and when."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.presence.event_packages import (
    PACKAGES,
    EventPackage,
    Watch,
    Watched,
    WatchedContact,
)
from switchroom.channels.sip.presence.mwi import message_account, whole
from switchroom.channels.sip.presence.resource_lists import (
    REQUIRED,
    ListedState,
    ListWriter,
    ResourceLists,
)
from switchroom.config.pjsip.lists import ResourceList
from switchroom.pbx.events import (
    ChannelCreated,
    ChannelHungUp,
    ChannelStateChanged,
    HoldChanged,
)
from switchroom.pbx.states.device_state import DeviceStateChanged
from switchroom.pbx.states.hints import Hint, extension_state, find_hint
from switchroom.pbx.states.mailboxes import MailboxChanged, messages_in
from switchroom.sip.digest import Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Header, Request
from switchroom.sip.server import IncomingRequest
from switchroom.sip.subscription import ServerSubscription
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

MAX_SUBSCRIPTIONS = 20_000
GATHER = 0.05  #: seconds in which changes are gathered: a call is made in several steps
ALLOW_EVENTS: Header = ("Allow-Events", ", ".join(sorted(PACKAGES)))


@dataclass(slots=True)
class Resource:
    """What is watched: an extension, mailboxes, or an address of record."""

    name: str
    context: str = ""
    hint: Hint | None = None
    entity: str = ""  #: its URI, where it is not the one that was subscribed to
    told: Watched | None = None  #: what is known of it there
    version: int = -1


@dataclass(slots=True)
class Listing:
    """What a subscription to a list has besides."""

    settings: ResourceList
    writer: ListWriter
    is_new: bool = True  #: all have to be told, whether they changed or not
    timer: asyncio.TimerHandle | None = None  #: until which changes are gathered


@dataclass(slots=True)
class Standing:
    """One subscription with what it watches."""

    core: ServerSubscription
    endpoint: Endpoint
    package: EventPackage
    name: str  #: what it names: an extension, mailboxes, a list
    context: str
    resources: list[Resource]
    listing: Listing | None = None  #: of a list
    devices: frozenset[str] = frozenset()  #: in lower case


class Subscriptions:
    """All subscriptions of peers.

    Args:
        service: Whose endpoints and core.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._standing: dict[ServerSubscription, Standing] = {}
        self._by_device: dict[str, set[ServerSubscription]] = {}
        self._mailbox_watchers: Counter[str] = Counter()  # by endpoint: each REGISTER asks
        self._changed: set[ServerSubscription] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_listening = False

    def __iter__(self) -> Iterator[Standing]:
        return iter(self._standing.values())

    def has_mailbox_of(self, endpoint: str) -> bool:
        """Whether an endpoint has subscribed to a mailbox."""
        return self._mailbox_watchers[endpoint] > 0

    def receive(self, incoming: IncomingRequest) -> None:
        """A SUBSCRIBE outside of a dialog."""
        service, request, now = self._service, incoming.request, self._service.now
        verdict, endpoint = service.authenticate(request, incoming.flow)
        if verdict is not Verdict.GOOD or endpoint is None:
            service.refuse(incoming, verdict)
            return
        package = PACKAGES.get(request.get("event").partition(";")[0].strip().lower())
        if package is None:
            incoming.respond(489, now=now, headers=[ALLOW_EVENTS])
            return
        status = self._refusal(endpoint, package, request)
        listed, resources = (None, []) if status else self._find(endpoint, package, request)
        if not resources:
            incoming.respond(status or 404, now=now)
            return
        minimum = endpoint.subscription_minimum
        try:
            core = service.stack.open_subscription(incoming, minimum=minimum)
        except RemoteSipError as error:
            incoming.respond(error.sip_status, now=now, reason=f"Bad Request - {error}")
            return
        core.is_pinned = endpoint.rewrite_contact
        standing = self._standing_of(core, endpoint, package, listed, resources)
        goes_on = core.accept(incoming, now=now)
        if incoming.status >= 300:
            service.stack.forget_subscription(core)
            return
        self._keep(standing)
        self._tell(standing)
        if not goes_on:
            core.end("timeout", now=now)

    def _refusal(self, endpoint: Endpoint, package: EventPackage, request: Request) -> int:
        if not endpoint.allows_subscribe:
            return 603
        if len(self._standing) >= MAX_SUBSCRIPTIONS:
            return 503
        accepted = {each.partition(";")[0].strip().lower() for each in request.all("accept")}
        return 0 if not accepted or accepted & {package.content_type, "*/*"} else 406

    def _find(
        self, endpoint: Endpoint, package: EventPackage, request: Request
    ) -> tuple[ResourceList | None, list[Resource]]:
        """What a Request-URI names, and its list where it names one; nothing for nothing."""
        try:
            user = parse_uri(request.uri).user
        except RemoteSipError:
            return None, []
        lists = ResourceLists(self._service.settings.pjsip.resource_lists)
        listed = lists.find(package.name, user, request)
        if listed is None:
            found = self._resource(endpoint, package, user, own=endpoint.mailboxes)
            return None, [found] if found is not None else []
        names = lists.resources(listed)
        every = (self._resource(endpoint, package, name) for name in names)
        return listed, [each for each in every if each is not None]

    def _resource(
        self, endpoint: Endpoint, package: EventPackage, name: str, own: tuple[str, ...] = ()
    ) -> Resource | None:
        """One thing to be watched; ``own`` mailboxes count where the name has none."""
        if package.watches is Watch.BINDINGS:
            # An address of record is watched by whom it belongs to.
            return Resource(name) if name in endpoint.aors else None
        if package.watches is Watch.MAILBOX:
            aor = self._service.settings.aors.get(name)
            mailboxes = (aor.mailboxes if aor is not None else ()) or own
            return Resource(",".join(mailboxes), entity=name) if mailboxes else None
        context = endpoint.subscribe_context or endpoint.context
        hint = find_hint(self._service.pbx, context, name)
        return Resource(name, context, hint, name) if hint is not None else None

    def _standing_of(
        self,
        core: ServerSubscription,
        endpoint: Endpoint,
        package: EventPackage,
        listed: ResourceList | None,
        resources: list[Resource],
    ) -> Standing:
        """A new subscription with what it watches."""
        first = resources[0]
        standing = Standing(core, endpoint, package, first.name, first.context, resources)
        uri = parse_uri(core.request.uri)  # the To may be of another scheme
        for each in resources:
            # Of a list each has a URI of its own; otherwise it is the one that was named.
            own = str(SipUri("sip", each.entity, uri.host, uri.port)) if listed is not None else ""
            each.entity = own
        if listed is not None:
            writer = ListWriter(core.dialog.local.uri, self._service.stack.token(), uri.host)
            standing.name, standing.listing = listed.name, Listing(listed, writer)
            core.extensions = (REQUIRED,)
        standing.devices = frozenset(
            device.lower() for each in resources for device in _devices(package, each)
        )
        return standing

    def _keep(self, standing: Standing) -> None:
        core = standing.core
        self._standing[core] = standing
        if standing.package.watches is Watch.MAILBOX:
            self._mailbox_watchers[standing.endpoint.name] += 1
        for device in standing.devices:
            self._by_device.setdefault(device, set()).add(core)
        if not self._is_listening:
            self._listen()

    def refreshed(self, core: ServerSubscription, incoming: IncomingRequest) -> None:
        """A SUBSCRIBE within a subscription."""
        standing = self._standing.get(core)
        goes_on = core.accept(incoming, now=self._service.now)
        if standing is None or incoming.status >= 300:
            return
        for each in standing.resources:
            each.told = None
        if standing.listing is not None:
            standing.listing.is_new = True
        self._tell(standing)
        if not goes_on:
            core.end("timeout", now=self._service.now)

    def ended(self, core: ServerSubscription) -> None:
        """A subscription is over."""
        standing = self._standing.pop(core, None)
        self._changed.discard(core)
        if standing is not None and standing.package.watches is Watch.MAILBOX:
            name = standing.endpoint.name
            self._mailbox_watchers[name] -= 1
            if not self._mailbox_watchers[name]:
                del self._mailbox_watchers[name]
        if standing is not None and standing.listing is not None and standing.listing.timer:
            standing.listing.timer.cancel()
        for device in standing.devices if standing is not None else ():
            watching = self._by_device.get(device)
            if watching is not None:
                watching.discard(core)
                if not watching:
                    del self._by_device[device]

    def close(self) -> None:
        """End all; phones subscribe again at once, to whoever takes over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for core in list(self._standing):
            core.end("deactivated", now=self._service.now)

    # changes

    def _listen(self) -> None:
        """Hear of changes, from the first subscription on: without one nothing is built."""
        self._is_listening = True
        events = self._service.pbx.events
        events.subscribe(ChannelCreated, self._channel_changed)
        events.subscribe(ChannelStateChanged, self._channel_changed)
        events.subscribe(ChannelHungUp, self._channel_changed)
        events.subscribe(HoldChanged, self._channel_changed)
        events.subscribe(DeviceStateChanged, lambda event: self.device_changed(event.device))
        events.subscribe(MailboxChanged, lambda event: self.device_changed(whole(event.mailbox)))

    def _channel_changed(
        self, event: ChannelCreated | ChannelStateChanged | ChannelHungUp | HoldChanged
    ) -> None:
        self.device_changed(event.channel.rpartition("-")[0])

    def device_changed(self, device: str) -> None:
        """A device, or a mailbox, may have another state now."""
        watching = self._by_device.get(device.lower())
        if watching is None:
            return
        self._changed |= watching
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(GATHER, self._tell_changes)

    def _tell_changes(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, set()
        for core in changed:
            standing = self._standing.get(core)
            if standing is not None and not self._gathers(standing):
                self._tell(standing)
        self._service.pump()

    def _gathers(self, standing: Standing) -> bool:
        """Whether a list waits for more changes (``notification_batch_interval``)."""
        listing = standing.listing
        if listing is None or not listing.settings.gather_for:
            return False
        if listing.timer is None:
            loop = asyncio.get_running_loop()
            after = listing.settings.gather_for
            listing.timer = loop.call_later(after, self._tell_gathered, standing, listing)
        return True

    def _tell_gathered(self, standing: Standing, listing: Listing) -> None:
        listing.timer = None
        self._tell(standing)
        self._service.pump()

    def _tell(self, standing: Standing) -> None:
        core, now = standing.core, self._service.now
        if standing.listing is not None:
            if standing.listing.is_new or any(self._changes(standing)):
                # Written when it goes: until then more may change.
                write = partial(self._write_list, standing, standing.listing)
                core.notify(standing.listing.writer.content_type, write, now=now)
            return
        if any(self._changes(standing)):
            write = partial(self._write, standing, standing.resources[0])
            core.notify(standing.package.content_type, write, now=now)

    def _changes(self, standing: Standing) -> Iterator[Resource]:
        """Those whose state is another than the one that was told."""
        return (each for each in standing.resources if self._state(standing, each) != each.told)

    def _write(self, standing: Standing, resource: Resource) -> bytes:
        """The state of one, as it is now; it counts as told."""
        resource.told = self._state(standing, resource)
        resource.version += 1
        body = standing.package.body(resource.told, resource.version)
        return body.encode("utf-8", "replace")  # it names what somebody wrote

    def _write_list(self, standing: Standing, listing: Listing) -> bytes:
        is_all = listing.is_new or listing.settings.tells_all
        listing.is_new = False
        kind = standing.package.content_type
        shown = standing.resources if is_all else list(self._changes(standing))
        names = listing.settings.shows_names
        states = [
            ListedState(
                each.entity,
                kind,
                self._write(standing, each),
                each.hint.name if names and each.hint is not None else "",
            )
            for each in shown
        ]
        return listing.writer.body(states, is_all=is_all)

    def _state(self, standing: Standing, resource: Resource) -> Watched:
        entity = resource.entity or standing.core.dialog.local.uri
        pbx = self._service.pbx
        if standing.package.watches is Watch.BINDINGS:
            return Watched(resource.name, entity, contacts=self._bindings(resource.name))
        if resource.hint is None:
            endpoint = standing.endpoint
            if endpoint.mwi.voicemail_extension and standing.listing is None:
                entity = message_account(
                    self._service, endpoint, parse_uri(standing.core.request.uri).host
                )
            counts = [messages_in(pbx, whole(each)) for each in resource.name.split(",")]
            new, old = sum(each[0] for each in counts), sum(each[1] for each in counts)
            return Watched(resource.name, entity, new_messages=new, old_messages=old)
        hint = find_hint(pbx, resource.context, resource.name) or resource.hint
        return Watched(
            resource.name,
            entity,
            extension_state(pbx, hint),
            tells_second_call=standing.endpoint.tells_second_call,
        )

    def _bindings(self, name: str) -> tuple[WatchedContact, ...]:
        aor = self._service.settings.aors.get(name)
        contacts = self._service.location.contacts(aor) if aor is not None else ()
        return tuple(WatchedContact(each.id, each.uri, each.expires_at) for each in contacts)


def bindings_of(aor: str) -> str:
    """What changes together with the contacts of an address of record."""
    return f"bindings of {aor}"


def _devices(package: EventPackage, resource: Resource) -> Iterable[str]:
    """What a subscription has to hear of."""
    if resource.hint is not None:
        return resource.hint.devices
    if package.watches is Watch.BINDINGS:
        return (bindings_of(resource.name),)
    return map(whole, resource.name.split(","))
