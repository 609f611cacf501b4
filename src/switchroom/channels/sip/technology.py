"""Calls to SIP parties: ``PJSIP/alice``, ``PJSIP/100@trunk``, ``SIP/alice``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from switchroom.base.errors import MediaError
from switchroom.channels.registry import technology
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.endpoint import Endpoint, account_of
from switchroom.channels.sip.endpoints.maintenance import Maintenance
from switchroom.channels.sip.endpoints.office import busy_state, has_room
from switchroom.channels.sip.geolocation.whereabouts import follow_location
from switchroom.channels.sip.media.reconciling import offered_to
from switchroom.channels.sip.reaching import first_hop
from switchroom.channels.sip.registrations.location import Contact
from switchroom.channels.sip.service import SipService
from switchroom.pbx.channel import Channel, ChannelState, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, channels_of, state_of_channels
from switchroom.sip.client import NewCall
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.uri import SipUri, parse_uri


@technology("PJSIP", "SIP")
class SipTechnology:
    """Makes channels to endpoints.

    Args:
        service: The node's SIP side.
    """

    def __init__(self, service: SipService) -> None:
        self.service = self._service = service

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Make a channel to the newest contact of an endpoint.

        Raises:
            RequestError: No such endpoint, nothing registered, no way there, or its certificate
                cannot be used.
        """
        if self._service.directory is not None:
            await self._service.directory.freshen([resource.partition("/")[0].rpartition("@")[2]])
        endpoint, number, uri = self._find(resource)
        if endpoint.name in pbx.datastore(Maintenance):
            message = f"endpoint {endpoint.name} is in maintenance"
            raise RequestError(message, HangupCause.SUBSCRIBER_ABSENT)
        if not has_room(pbx, endpoint):
            message = f"endpoint {endpoint.name} has as many calls as it may"
            raise RequestError(message, HangupCause.USER_BUSY)
        target, contact = self._target(endpoint, uri)
        if number:
            target = SipUri(target.scheme, number, target.host, target.port, target.parameters)
        reach = self._service.reach
        routes = reach.routes(endpoint, contact)
        flows = await reach.flows(endpoint, target, contact, routes)
        if not flows:
            message = f"endpoint {endpoint.name}: no transport reaches {first_hop(routes, target)}"
            raise RequestError(message, HangupCause.NO_ROUTE_DESTINATION)
        try:
            driver = SipChannelDriver(self._service, endpoint, flows[0])
        except MediaError as error:
            message = f"endpoint {endpoint.name}: {error}"
            raise RequestError(message, HangupCause.BEARERCAPABILITY_NOTAVAIL) from error
        driver.alternatives = flows[1:]
        caller = requestor.driver if requestor is not None else None
        caller = caller if isinstance(caller, SipChannelDriver) else None
        driver.codecs = offered_to(endpoint, caller)
        if not driver.codecs:
            message = f"endpoint {endpoint.name} has no codec that may be offered"
            raise RequestError(message, HangupCause.BEARERCAPABILITY_NOTAVAIL)
        channel = self._service.make_channel(driver, extension="s", state=ChannelState.DOWN)
        if requestor is not None:
            channel.extension = requestor.extension
            follow_location(channel, endpoint, requestor)
        if caller is not None:
            driver.video.follow(caller.video)
        account = account_of(endpoint.outbound_credentials)
        nobody = NameAddr(str(target))  # who calls is known once it is dialled
        driver.call = NewCall(str(target), "", nobody, account=account, routes=tuple(routes))
        return channel

    def _find(self, resource: str) -> tuple[Endpoint, str, str]:
        """Endpoint, number to dial there, and a URI given with it."""
        name, _, uri = resource.partition("/")
        number = ""
        if "@" in name:
            number, _, name = name.rpartition("@")
        settings = self._service.settings
        endpoint = settings.endpoints.get(name)
        if endpoint is not None:
            return endpoint, number, uri
        if settings.stranger is None or "." not in name:
            raise RequestError(f"no endpoint {name!r}", HangupCause.NOT_DEFINED)
        # A host that is no peer of sip.conf: it is called as [general] says.
        return replace(settings.stranger, name=name, aors=()), number, uri or f"sip:{name}"

    def device_state(self, pbx: Pbx, resource: str) -> DeviceState:
        """Of an endpoint: its channels, and whether it can be reached."""
        name = resource.partition("/")[0].rpartition("@")[2]
        endpoint = self._service.settings.endpoints.get(name)
        if endpoint is None:
            return DeviceState.INVALID
        # Recorded: until a phone that is called tells that it rings it is as it was.
        channels = [
            channel
            for channel in channels_of(pbx, f"{endpoint.technology}/{name}")
            if channel.state is not ChannelState.DOWN
        ]
        busy = state_of_channels(channels)
        if self._service.leaving.has(f"{endpoint.technology}/{name}"):
            rings_only = busy in {None, DeviceState.RINGING}
            busy = DeviceState.RINGING if rings_only else DeviceState.RINGINUSE
        if busy is DeviceState.INUSE and all(_is_held(each) for each in channels):
            return DeviceState.ONHOLD
        if busy is not None:
            return busy_state(endpoint, busy, channels)
        if name in pbx.datastore(Maintenance):
            return DeviceState.UNAVAILABLE
        contacts = self._service.reach.contacts(endpoint)
        can_be_reached = any(contact.reachable is not False for contact in contacts)
        return DeviceState.NOT_INUSE if can_be_reached else DeviceState.UNAVAILABLE

    def _target(self, endpoint: Endpoint, uri: str) -> tuple[SipUri, Contact | None]:
        contact: Contact | None = None
        if not uri:
            contacts = self._service.reach.contacts(endpoint)
            if not contacts:
                message = f"endpoint {endpoint.name} has no contact"
                raise RequestError(message, HangupCause.SUBSCRIBER_ABSENT)
            contact = _best(contacts)
            uri = contact.uri
        else:
            known = self._service.reach.contacts(endpoint)
            contact = next((each for each in known if each.uri == uri), None)
        try:
            return parse_uri(uri), contact
        except RemoteSipError as error:
            message = f"endpoint {endpoint.name}: {uri!r}: {error}"
            raise RequestError(message, HangupCause.INVALID_NUMBER_FORMAT) from error


def _is_held(channel: Channel) -> bool:
    return isinstance(channel.driver, SipChannelDriver) and channel.driver.is_held


def _best(contacts: Sequence[Contact]) -> Contact:
    """The newest contact that answers, or the newest where none is known to."""
    reachable = [contact for contact in contacts if contact.reachable is not False]
    return (reachable or contacts)[-1]
