"""``WebSocket/connection/options``: a call to a program that speaks over a WebSocket.

``INCOMING`` waits until the program comes, by the id that the channel gets; any other name is one
of ``websocket_client.conf``, and we come to it.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Mapping
from types import MappingProxyType

from switchroom.base.errors import MediaError
from switchroom.channels.external.control import ControlFormat
from switchroom.channels.external.media_session import FRAME, MediaSession
from switchroom.channels.external.reaching_programs import reach_program
from switchroom.channels.external.resource import parse_options
from switchroom.channels.external.upgrade import UpgradeError
from switchroom.channels.registry import technology
from switchroom.config.websocket import WebSocketClient
from switchroom.media.api import MediaEvent, Stream
from switchroom.media.codecs.registry import all_codecs
from switchroom.media.feeds import FeedPlan, Framing
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import HasAudioFormat, Indication, NoDriver

logger = logging.getLogger(__name__)

INCOMING = "INCOMING"
DEFAULT_CODEC = "ulaw"


class MediaWebSockets:
    """What is known of programs on WebSockets; ``pbx.datastore(MediaWebSockets)``."""

    def __init__(self) -> None:
        self.clients: Mapping[str, WebSocketClient] = MappingProxyType({})
        self.format = ControlFormat.TEXT
        self.waiting: dict[str, WebSocketDriver] = {}  #: calls by the ids that programs come with


class WebSocketDriver:
    """The half of a channel that knows the WebSocket.

    Args:
        known: Where it waits for its program.
        connection_id: That the program comes with, or the name of who we come to.
        client: Who we come to; None: the program comes.
        codec: Of its audio, as in ``allow=``.
        options: Behind its name in the dial string.
    """

    channel: Channel
    session: MediaSession

    def __init__(
        self,
        known: MediaWebSockets,
        connection_id: str,
        client: WebSocketClient | None,
        codec: str,
        options: Mapping[str, str],
    ) -> None:
        self._known = known
        self.connection_id = connection_id
        self._client = client
        self.audio_format = codec
        self._options = options
        self._is_dialled = self._is_here = self._is_answered = False

    @property
    def unique_id(self) -> str:
        """Of its channel."""
        return self.channel.unique_id

    @property
    def frame_size(self) -> int:
        """Octets of 20 ms."""
        return round(all_codecs()[self.audio_format].octets * FRAME)

    async def answer(self) -> None:
        """Somebody answers in the program's place."""
        self.program_answers()

    async def indicate(self, indication: Indication) -> None:
        """There is no word for it; tones are audio."""

    async def dial(self) -> None:
        """Go to the program, or wait until it comes."""
        self._is_dialled = True
        if self._client is not None:
            self.channel.pbx.spawn(self._reach(self._client), name=f"reach {self.channel.name}")
        self._begin()

    async def _reach(self, client: WebSocketClient) -> None:
        try:
            found = await reach_program(client, self._options.get("v", "").replace(",", "&"))
        except UpgradeError as error:
            self._fail(str(error))
        else:
            self.arrive(*found)

    def _fail(self, why: str) -> None:
        logger.warning("%s: %s: %s", self.channel.name, self.connection_id, why)
        self.channel.hangup(HangupCause.NO_ROUTE_DESTINATION)

    def arrive(self, descriptor: int, received: bytes) -> None:
        """The program is here, behind a socket that is ours now."""
        if self.channel.is_hung_up or self._is_here:
            os.close(descriptor)
            return
        self._is_here = True
        self._known.waiting.pop(self.connection_id, None)
        self.session.greet(
            descriptor,
            received,
            connection_id=self.connection_id,
            channel=self.channel.name,
            format=self.audio_format,
            optimal_frame_size=self.frame_size,
            ptime=round(1000 * FRAME),
            channel_variables=dict(self.channel.variables),
        )
        self._begin()

    def _begin(self) -> None:
        """Dialled, and the program is here: that is an answer, unless option ``n`` says no."""
        if self._is_dialled and self._is_here and "n" not in self._options:
            self.program_answers()

    async def open_stream(self) -> Stream:
        """The program's audio: silence until it is here."""
        return self.session.feed

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """Tell the program."""
        self.session.tell("DTMF_END", digit=digit)

    def hangup(self, cause: HangupCause) -> None:
        """Say goodbye, and close the connection."""
        self._known.waiting.pop(self.connection_id, None)
        self.session.close()
        self.channel.driver = NoDriver()

    # what its program does

    def program_answers(self) -> None:
        """The program takes the call."""
        if not self._is_answered:
            self._is_answered = True
            self.channel.on_progress(Progress.ANSWERED)

    def program_ends(self) -> None:
        """The program hangs up, or is gone."""
        self.channel.hangup(HangupCause.NORMAL_CLEARING)

    def on_media_event(self, event: MediaEvent) -> None:
        """The engine tells something of the program's audio."""
        self.channel.on_media_event(event)


@technology("WebSocket")
class WebSocketTechnology:
    """Makes channels to programs.

    Options: ``c(codec)``; ``n``: connected is not answered yet; ``f(json)`` or ``f(plain-text)``:
    how events are written; ``v(name=value,…)``: further parameters of the URI that we come to.
    """

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Make a channel, whose program is reached once it is dialled.

        Raises:
            RequestError: There is no such program, or no such codec.
        """
        connection, _, text = resource.partition("/")
        known, options = pbx.datastore(MediaWebSockets), parse_options(text)
        client = known.clients.get(connection)
        is_incoming = connection.upper() == INCOMING
        if client is None and not is_incoming:
            message = f"websocket_client.conf knows no {connection!r}"
            raise RequestError(message, HangupCause.NO_ROUTE_DESTINATION)
        connection_id = str(uuid.uuid4()) if is_incoming else connection
        codec = options.get("c", "") or _codec_of(requestor)
        driver = WebSocketDriver(known, connection_id, client, codec, options)
        as_format = _format_of(options, known.format)
        driver.session = MediaSession(driver, as_format, is_client=client is not None)
        framing = Framing.WEBSOCKET if client is None else Framing.WEBSOCKET_CLIENT
        try:
            driver.session.feed = pbx.engine.open_feed(
                None, FeedPlan(framing, codec), driver.session.on_event
            )
        except MediaError as error:
            raise RequestError(str(error), HangupCause.BEARERCAPABILITY_NOTAVAIL) from error
        name = f"WebSocket/{connection}/0x{pbx.next_sequence('WebSocket'):08x}"
        driver.channel = Channel(pbx, name=name, driver=driver)
        if requestor is not None:
            driver.channel.extension = requestor.extension
        driver.channel.set_variable("MEDIA_WEBSOCKET_CONNECTION_ID", connection_id)
        driver.channel.set_variable("MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE", str(driver.frame_size))
        if is_incoming:
            known.waiting[connection_id] = driver
        return driver.channel


def _codec_of(requestor: Channel | None) -> str:
    """That of whoever calls, where a program can be sent it."""
    codec = DEFAULT_CODEC
    if requestor is not None and isinstance(driver := requestor.driver, HasAudioFormat):
        codec = driver.audio_format
    return codec if codec in all_codecs() else DEFAULT_CODEC


def _format_of(options: Mapping[str, str], otherwise: ControlFormat) -> ControlFormat:
    try:
        return ControlFormat(options["f"].lower()) if "f" in options else otherwise
    except ValueError as error:
        message = f"control messages are plain-text or json, not {options['f']!r}"
        raise RequestError(message, HangupCause.INVALID_NUMBER_FORMAT) from error
