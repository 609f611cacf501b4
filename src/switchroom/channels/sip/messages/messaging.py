"""Text messages (RFC 3428): from phones into the dialplan, and out of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.channels.sip.added_headers import HeaderError, checked
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.identity import caller_of
from switchroom.channels.sip.reaching import OutsideRequest, default_sender
from switchroom.channels.sip.registrations.location import Contact
from switchroom.media.api import Stream
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.technology import Indication
from switchroom.pbx.text_message import (
    MAX_BODY,
    MessageListeners,
    MessageSenders,
    TextMessage,
    TextMessageArrived,
)
from switchroom.sip.client import OutgoingRequest
from switchroom.sip.digest import Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addr
from switchroom.sip.message import Header, Request, Response
from switchroom.sip.multipart import body_of_type
from switchroom.sip.server import IncomingRequest
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

MAX_AT_ONCE = 200  #: messages that are in the dialplan at one time


class MessageDriver:
    """The driver of a channel that has a message and no wire."""

    async def answer(self) -> None:
        """See :class:`~switchroom.pbx.technology.ChannelDriver`."""

    async def indicate(self, indication: Indication) -> None:
        """See :class:`~switchroom.pbx.technology.ChannelDriver`."""

    async def dial(self) -> None:
        """See :class:`~switchroom.pbx.technology.ChannelDriver`."""

    async def open_stream(self) -> Stream:
        """There is none.

        Raises:
            MediaError: Always.
        """
        raise MediaError("a message has no audio")

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """See :class:`~switchroom.pbx.technology.ChannelDriver`."""

    def hangup(self, cause: HangupCause) -> None:
        """See :class:`~switchroom.pbx.technology.ChannelDriver`."""


class Messages:
    """Takes and sends MESSAGEs.

    Args:
        service: Whose endpoints and core.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._running: set[str] = set()
        senders = service.pbx.datastore(MessageSenders)
        senders["pjsip"] = senders["sip"] = self.send

    def receive(self, incoming: IncomingRequest) -> None:
        """Take a MESSAGE outside of a call, and run the dialplan for it."""
        service, request, now = self._service, incoming.request, self._service.now
        verdict, endpoint = service.authenticate(request, incoming.flow)
        if verdict is not Verdict.GOOD or endpoint is None:
            service.refuse(incoming, verdict)
            return
        if (text := body_of_type(request, "text/plain")) is None:
            incoming.respond(415, now=now, headers=[("Accept", "text/plain")])
            return
        if len(text) > MAX_BODY:
            incoming.respond(413, now=now)
            return
        try:
            extension = parse_uri(request.uri).user or "s"
        except RemoteSipError as error:
            incoming.respond(error.sip_status, now=now)
            return
        context = endpoint.message_context or endpoint.context
        has_extension = service.pbx.dialplan.has_extension(context, extension)
        listeners = service.pbx.datastore(MessageListeners)
        is_wanted = listeners.want(endpoint.technology, endpoint.name)
        if not has_extension and not is_wanted:
            incoming.respond(404, now=now)
            return
        if len(self._running) >= MAX_AT_ONCE or not service.pbx.takes_calls:
            incoming.respond(503, now=now, headers=[("Retry-After", "10")])
            return
        incoming.respond(202, now=now)
        if is_wanted:
            self._tell(request, endpoint, extension, text)
        if has_extension:
            self._start(incoming, endpoint, context, extension, text)

    def _tell(self, request: Request, endpoint: Endpoint, extension: str, text: bytes) -> None:
        """Tell whoever wants messages beside the dialplan."""
        events = self._service.pbx.events
        if events.wants(TextMessageArrived):
            events.publish(
                TextMessageArrived(
                    technology=endpoint.technology,
                    endpoint=endpoint.name,
                    to=f"pjsip:{extension}@{parse_uri(request.uri).host}",
                    sender=str(NameAddr(request.from_.uri, request.from_.name)),
                    body=text.decode("utf-8", "replace"),
                    headers=tuple(_own_headers(request).items()),
                )
            )

    def _start(
        self,
        incoming: IncomingRequest,
        endpoint: Endpoint,
        context: str,
        extension: str,
        text: bytes,
    ) -> None:
        pbx, request = self._service.pbx, incoming.request
        channel = Channel(
            pbx,
            name=f"Message/{endpoint.name}-{pbx.next_sequence('Message'):08x}",
            driver=MessageDriver(),
            context=context,
            extension=extension,
            state=ChannelState.UP,
        )
        channel.caller = caller_of(request, endpoint)
        message = channel.datastore(TextMessage)
        message.to = f"pjsip:{extension}@{parse_uri(request.uri).host}"
        message.from_ = str(NameAddr(request.from_.uri, request.from_.name))
        message.body = text.decode("utf-8", "replace")
        message.data |= {
            "PJSIP_RECVADDR": incoming.flow.remote[0],
            "PJSIP_ENDPOINT": endpoint.name,
            **_own_headers(request),
        }
        self._running.add(channel.unique_id)
        channel.at_end(lambda: self._running.discard(channel.unique_id))
        pbx.start(channel)

    async def send(self, destination: str, message: TextMessage) -> bool:
        """Send a message to an endpoint or a URI; returns whether there was a way."""
        endpoint, target, contact = self.find(destination.strip())
        if target is None:
            return False
        headers: list[Header] = []
        for name in sorted(message.outbound):
            try:
                headers.append(checked(name, message.data.get(name, "")))
            except HeaderError as error:
                logger.warning("MessageSend: %s", error)
        what = OutsideRequest(
            "MESSAGE",
            target,
            contact,
            (*headers, ("Content-Type", "text/plain;charset=UTF-8")),
            message.body.encode("utf-8", "surrogateescape")[:MAX_BODY],
            lambda host: sender_of(message.from_, endpoint, host),
        )
        return await self._service.reach.send(endpoint, what, Outcome(str(target)))

    def find(self, text: str) -> tuple[Endpoint, SipUri | None, Contact | None]:
        """``endpoint``, ``endpoint/uri``, ``number@endpoint``, or a URI, with its technology."""
        settings = self._service.settings
        endpoints = settings.endpoints
        if text.lower().startswith("pjsip:"):
            text = text[len("pjsip:") :]
        elif text.lower().startswith("sip:") and "@" not in text:
            text = text[len("sip:") :]
        name, _, uri = text.partition("/")
        number, at, host = name.rpartition("@")
        endpoint = endpoints.get(name) or (endpoints.get(host) if at else None)
        if endpoint is None:
            nobody = endpoints.get(settings.general.outbound_endpoint) or Endpoint("")
            return nobody, _uri(text), None
        if uri:
            return endpoint, _uri(uri), None
        contacts = self._service.reach.contacts(endpoint)
        contact = contacts[-1] if contacts else None
        target = _uri(contact.uri) if contact is not None else None
        if target is not None and number:
            target = SipUri(target.scheme, number, target.host, target.port, target.parameters)
        return endpoint, target, contact


def _own_headers(request: Request) -> dict[str, str]:
    """Those that whoever sent it made up."""
    return {
        name.title(): values[0] for name, values in request.fields.items() if name.startswith("x-")
    }


def _uri(text: str) -> SipUri | None:
    """A URI, perhaps with a name and brackets; a ``user@host`` is one too."""
    if not text.lower().lstrip('<"').startswith(("sip:", "sips:")) and "<" not in text:
        text = f"sip:{text}"
    try:
        return parse_uri(parse_name_addr(text).uri)
    except RemoteSipError:
        return None


def sender_of(text: str, endpoint: Endpoint, host: str) -> NameAddr:
    """The From: what the dialplan says, with our host where it names none."""
    default = default_sender(endpoint, host)
    if not text.strip():
        return default
    try:
        address = parse_name_addr(text.strip())
    except RemoteSipError:
        return default
    uri = address.uri
    if not uri.lower().startswith(("sip:", "sips:")):
        uri = f"sip:{uri.partition(':')[2] or uri}"
        uri = uri if "@" in uri else f"{uri}@{host}"
    try:
        return NameAddr(str(parse_uri(uri)), address.name)
    except RemoteSipError:
        return default


class Outcome:
    """Writes down what a message got."""

    def __init__(self, target: str) -> None:
        self._target = target

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status >= 300:
            logger.info("the message to %s got %s", self._target, response.status)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        logger.info("the message to %s got no answer", self._target)
