"""``AudioSocket/host:port/uuid[/c(codec)]``: a call to a program that speaks AudioSocket."""

from __future__ import annotations

from switchroom.base.errors import MediaError
from switchroom.channels.external.audiosocket import FORMATS, AudioSocket, AudioSocketError, Target
from switchroom.channels.external.resource import parse_options, unique_name
from switchroom.channels.registry import technology
from switchroom.media.api import MediaEvent, Stream
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Indication, NoDriver


class AudioSocketDriver:
    """The half of a channel that knows the connection.

    Args:
        codec: Of its audio.
    """

    channel: Channel
    link: AudioSocket

    def __init__(self, codec: str) -> None:
        self.audio_format = codec

    async def answer(self) -> None:
        """The program answered when it took the connection."""

    async def indicate(self, indication: Indication) -> None:
        """There is no word for it; tones are audio."""

    async def dial(self) -> None:
        """Whoever took the connection has answered."""
        self.channel.on_progress(Progress.ANSWERED)

    async def open_stream(self) -> Stream:
        """The program's audio."""
        return self.link.feed

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """Tell the program."""
        self.link.send_digit(digit)

    def hangup(self, cause: HangupCause) -> None:
        """Tell the program, and close the connection."""
        self.link.close()
        self.channel.driver = NoDriver()

    def on_event(self, event: MediaEvent) -> None:
        """The engine tells something of the program's audio."""
        self.channel.on_media_event(event)

    def is_over(self) -> None:
        """The program has ended the call."""
        self.channel.hangup(HangupCause.NORMAL_CLEARING)


@technology("AudioSocket")
class AudioSocketTechnology:
    """Makes channels to programs."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Connect to the program; it hears of the call at once.

        Raises:
            RequestError: The resource makes no sense, or nobody answers there.
        """
        service, _, rest = resource.partition("/")
        uuid, _, text = rest.partition("/")
        codec = parse_options(text).get("c", "") or "slin"
        try:
            target = Target.parse(service, uuid)
        except AudioSocketError as error:
            raise RequestError(str(error), HangupCause.INVALID_NUMBER_FORMAT) from error
        if codec not in FORMATS:
            message = f"AudioSocket carries {', '.join(FORMATS)}, not {codec!r}"
            raise RequestError(message, HangupCause.BEARERCAPABILITY_NOTAVAIL)
        driver = AudioSocketDriver(codec)
        name = unique_name(pbx, f"AudioSocket/{target.service}-{target.uuid}")
        try:
            driver.link = await AudioSocket.open(
                pbx.engine, target, codec, name=name, over=driver.is_over,
                listener=driver.on_event,
            )  # fmt: skip
        except (AudioSocketError, MediaError) as error:
            raise RequestError(str(error), HangupCause.NO_ROUTE_DESTINATION) from error
        driver.channel = Channel(pbx, name=name, driver=driver)
        if requestor is not None:
            driver.channel.extension = requestor.extension
        driver.channel.set_variable("AUDIOSOCKET_UUID", str(target.uuid))
        driver.channel.set_variable("AUDIOSOCKET_SERVICE", target.service)
        return driver.channel
