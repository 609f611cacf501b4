"""What a channel driver offers to the core (one technology name each: PJSIP, Local, …)."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from switchroom.base.errors import MediaError

if TYPE_CHECKING:
    from switchroom.media.api import Stream
    from switchroom.pbx.channel import Channel
    from switchroom.pbx.hangup_cause import HangupCause
    from switchroom.pbx.pbx import Pbx


class Indication(Enum):
    """What a channel's party is told before, or instead of, an answer."""

    RINGING = auto()
    PROCEEDING = auto()
    PROGRESS = auto()  #: early media
    BUSY = auto()
    CONGESTION = auto()


class ChannelDriver(Protocol):
    """The half of one channel that knows its wire."""

    async def answer(self) -> None:
        """Accept the incoming call; returns once the answer is on its way."""

    async def indicate(self, indication: Indication) -> None:
        """Tell the party."""

    async def dial(self) -> None:
        """Start the outgoing call; progress is told by the channel's own ``on_…`` methods."""

    async def open_stream(self) -> Stream:
        """The channel's audio, opened when first needed (early media included)."""
        ...

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """Send one digit to the party, in the way that was agreed with it."""

    def hangup(self, cause: HangupCause) -> None:
        """Release the wire; called once, last. The stream is closed by the channel.

        A driver that its channel should not keep puts a :class:`NoDriver` in its place: a call
        that is over is then freed at once, not when the cycle collector comes.
        """


class NoDriver:
    """What a driver leaves in its place when its channel is over: the two held each other.

    Args:
        reason: Why the call ended, in the words of the driver's protocol.
    """

    def __init__(self, reason: str = "") -> None:
        self.reason = reason

    async def answer(self) -> None:
        """Nobody would hear it."""

    async def indicate(self, indication: Indication) -> None:
        """Nobody would hear it."""

    async def dial(self) -> None:
        """There is nobody to dial."""

    async def open_stream(self) -> Stream:
        """There is no audio.

        Raises:
            MediaError: Always.
        """
        raise MediaError("the channel is over")

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """Nobody would hear it."""

    def hangup(self, cause: HangupCause) -> None:
        """It is done."""


@runtime_checkable
class HasAudioFormat(Protocol):
    """A driver that knows how its party's audio is coded; the others have signed linear."""

    @property
    def audio_format(self) -> str:
        """``ulaw``, ``alaw``, ``g722``, …: the field's short name."""
        ...


@runtime_checkable
class HasVideoFormat(Protocol):
    """A driver whose party may have video."""

    @property
    def video_format(self) -> str:
        """``vp8``, ``h264``, …; empty: it has none."""
        ...


@runtime_checkable
class KnowsHold(Protocol):
    """A driver whose party can put the call on hold."""

    @property
    def is_held(self) -> bool:
        """Whether it has done so."""
        ...


@runtime_checkable
class HasChannelItems(Protocol):
    """A driver that has more to tell by ``CHANNEL(…)`` than every channel."""

    def channel_item(self, name: str, further: str) -> str | None:
        """One item; None: there is none such.

        Args:
            name: In lower case.
            further: What stands behind it, with its commas.
        """
        ...


class Technology(Protocol):
    """Makes outgoing channels of one technology; ``channels/`` marks them with ``@technology``."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Make a channel to ``resource``, not dialled yet.

        Args:
            pbx: Whose channel it becomes.
            resource: What follows the technology and a slash: ``alice``, ``100@internal/n``.
            requestor: The channel that dials, None when nobody does (Originate).

        Raises:
            RequestError: There is no such resource, or it cannot be reached now.
        """
        ...
