"""``UnicastRTP/host:port/c(codec)``, ``MulticastRTP/basic/host:port``: RTP nobody negotiated.

Whoever dials them knows what is at the other end: a program that speaks RTP, or loudspeakers that
listen to a multicast address (``Page(MulticastRTP/basic/239.1.1.1:5000)``).
"""

from __future__ import annotations

import asyncio
import socket

from switchroom.base.errors import MediaError
from switchroom.channels.external.resource import parse_options, unique_name
from switchroom.channels.registry import technology
from switchroom.media.api import Address, Direction, MediaEvent, Stream, StreamPlan
from switchroom.media.codecs.registry import all_codecs, is_usable
from switchroom.net.connecting import parse_service
from switchroom.net.local_address import local_host_towards
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Indication, NoDriver

DEFAULT_CODEC = "ulaw"


class RtpDriver:
    """The half of a channel that has a socket, and no signalling.

    Args:
        codec: Of its audio, as in ``allow=``.
    """

    channel: Channel
    stream: Stream

    def __init__(self, codec: str) -> None:
        self.audio_format = codec

    async def answer(self) -> None:
        """There is nobody to tell."""

    async def indicate(self, indication: Indication) -> None:
        """There is nobody to tell; tones are audio."""

    async def dial(self) -> None:
        """Audio may flow: that is all that there is of an answer."""
        self.channel.on_progress(Progress.ANSWERED)

    async def open_stream(self) -> Stream:
        """Its audio."""
        return self.stream

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """As a tone: no event was agreed on."""
        self.stream.send_digit(digit, duration=duration)

    def hangup(self, cause: HangupCause) -> None:
        """Close the socket; nobody is told."""
        self.stream.close()
        self.channel.driver = NoDriver()

    def on_event(self, event: MediaEvent) -> None:
        """The engine tells something of its audio."""
        self.channel.on_media_event(event)


@technology("UnicastRTP")
class UnicastRtpTechnology:
    """Makes channels to programs that speak RTP. Options: ``c(codec)``."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Open a socket; the channel's variables tell where it is.

        Raises:
            RequestError: There is no such host, or no such codec.
        """
        service, _, options = resource.partition("/")
        driver = await _open(pbx, service, options, Direction.SENDRECV)
        name = unique_name(pbx, f"UnicastRTP/{service}-{pbx.next_sequence('UnicastRTP'):08x}")
        channel = _channel(pbx, name, driver, requestor)
        host, port = driver.stream.local_address
        channel.set_variable("UNICASTRTP_LOCAL_ADDRESS", host)
        channel.set_variable("UNICASTRTP_LOCAL_PORT", str(port))
        return channel


@technology("MulticastRTP")
class MulticastRtpTechnology:
    """Makes channels to whoever listens at a multicast address. Options: ``c(codec)``."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Open a socket that only sends.

        Raises:
            RequestError: The type is not ``basic``, or as for ``UnicastRTP``.
        """
        kind, _, rest = resource.partition("/")
        if kind.lower() != "basic":
            message = f"MulticastRTP/{kind}: only the type basic is there"
            raise RequestError(message, HangupCause.NO_ROUTE_DESTINATION)
        service, _, options = rest.partition("/")
        driver = await _open(pbx, service, options.rpartition("/")[2], Direction.SENDONLY)
        name = f"MulticastRTP/{service}-{pbx.next_sequence('MulticastRTP'):08x}"
        return _channel(pbx, name, driver, requestor)


async def _open(pbx: Pbx, service: str, options: str, direction: Direction) -> RtpDriver:
    codec = all_codecs().get(parse_options(options).get("c", "") or DEFAULT_CODEC)
    if codec is None or not is_usable(codec):
        message = f"no codec for {service} in {options!r}"
        raise RequestError(message, HangupCause.BEARERCAPABILITY_NOTAVAIL)
    driver = RtpDriver(codec.config_name)
    try:
        remote = await _resolve(*parse_service(service))
        plan = StreamPlan(
            codec.name,
            codec.payload_type,
            remote=remote,
            direction=direction,
            symmetric=False,
            clock_rate=codec.clock_rate,
        )
        driver.stream = await pbx.engine.open_stream(
            local_host_towards(remote[0]), plan, driver.on_event
        )
    except (ValueError, OSError, MediaError) as error:
        raise RequestError(f"{service}: {error}", HangupCause.NO_ROUTE_DESTINATION) from error
    return driver


async def _resolve(host: str, port: int) -> Address:
    """The first address of a host.

    Raises:
        OSError: It has none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    return str(found[0][4][0]), port


def _channel(pbx: Pbx, name: str, driver: RtpDriver, requestor: Channel | None) -> Channel:
    driver.channel = Channel(pbx, name=name, driver=driver)
    if requestor is not None:
        driver.channel.extension = requestor.extension
    return driver.channel
