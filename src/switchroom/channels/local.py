"""Local channels: a pair of channels back to back, ``;1`` dialled, ``;2`` running the dialplan."""

from __future__ import annotations

import asyncio

from switchroom.channels.registry import technology
from switchroom.media.api import Stream
from switchroom.pbx.channel import Channel, ChannelState, Progress, RequestError
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.events import LocalBridged
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.introduction import who_calls
from switchroom.pbx.newborn import Newborn
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, channels_of
from switchroom.pbx.technology import Indication, NoDriver
from switchroom.pbx.telling import tell_caller, tell_connected, tell_hangup
from switchroom.pbx.texting import ChannelText, arrived

_PROGRESS_OF = {
    Indication.RINGING: Progress.RINGING,
    Indication.PROCEEDING: Progress.PROCEEDING,
    Indication.PROGRESS: Progress.EARLY_MEDIA,
    Indication.BUSY: Progress.BUSY,
    Indication.CONGESTION: Progress.CONGESTION,
}


class LocalDriver:
    """One half of a Local channel.

    Args:
        pbx: The core.
        name: Of its channel.
        place: Context and extension.
        far_from: The other half, of the one that runs the dialplan.
    """

    channel: Channel
    other: LocalDriver
    stays: bool = False  #: it is never left out, option ``n``

    def __init__(
        self, pbx: Pbx, name: str, *, place: tuple[str, str], far_from: LocalDriver | None = None
    ) -> None:
        self._pbx = pbx
        self._stream: Stream | None = None
        linked_id = far_from.channel.linked_id if far_from is not None else ""
        self.channel = Channel(
            pbx,
            name=name,
            driver=self,
            context=place[0],
            extension=place[1],
            state=ChannelState.DOWN if far_from is None else ChannelState.RING,
            about=Newborn(linked_id=linked_id),
        )

    async def answer(self) -> None:
        """The half that runs the dialplan answers: the other half is up."""
        self.channel.set_state(ChannelState.UP)  # before the other half may end it
        self.other.channel.on_progress(Progress.ANSWERED)
        # Asterisk: whoever dialled the other half bridges it, or lets an application or the
        # dialplan talk to it, before this half goes on (22). It hears of it in the loop's next
        # round; what it starts, and a routine it runs on the other half, need a few more.
        for _ in range(6):
            await asyncio.sleep(0)

    async def indicate(self, indication: Indication) -> None:
        """Pass an indication on to whoever dialled the other half."""
        self.other.channel.on_progress(_PROGRESS_OF[indication])

    def tell_redirecting(self) -> None:
        """Let whoever dialled the other half know where the call of this one goes."""
        near = self.other.channel
        if near.state is not ChannelState.UP:
            near.redirecting = self.channel.redirecting.copy()
            near.on_progress(Progress.DIVERTED)

    async def dial(self) -> None:
        """Start the dialplan on the other half.

        Raises:
            RequestError: There is no such extension.
        """
        near, far = self.channel, self.other.channel
        if not self._pbx.dialplan.has_extension(far.context, far.extension, who_calls(near).number):
            message = f"no extension {far.extension!r} in context {far.context!r} to call"
            raise RequestError(message, HangupCause.NOT_DEFINED)
        far.caller = who_calls(near).copy()
        far.connected = near.caller.copy()
        far.redirecting = near.redirecting.copy()
        far.datastore(ChannelSettings).max_forwards = near.datastore(ChannelSettings).max_forwards
        far.linked_id = near.linked_id
        far.language = near.language
        if far.caller.number or far.caller.name:
            tell_caller(far)
            tell_connected(far)
        for name, value in near.variables.items():
            far.set_variable(name, value)
        far.inherited.update(near.inherited)
        if self._pbx.events.wants(LocalBridged):
            self._pbx.events.publish(
                LocalBridged(near.name, far.name, far.context, far.extension, not self.stays)
            )
        self._pbx.start(far)

    @property
    def other_half(self) -> Channel | None:
        """The other half, where both can be left out once two calls stand through them."""
        return None if self.stays else self.other.channel

    async def open_stream(self) -> Stream:
        """This half's end of the pipe between the two."""
        if self._stream is None:
            self._stream, self.other._stream = self._pbx.engine.open_pipe(  # noqa: SLF001  # own kind
                self.channel.on_media_event, self.other.channel.on_media_event
            )
        return self._stream

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """The other half hears it as keyed."""
        (await self.channel.stream()).send_digit(digit, duration=duration)

    async def send_text(self, text: ChannelText) -> bool:
        """The other half gets it as if its party had sent it."""
        arrived(self.other.channel, text)
        return True

    def hangup(self, cause: HangupCause) -> None:
        """The other half hangs up too."""
        other = self.other
        if other.channel.is_hung_up and not other.channel.is_finished:
            # Asterisk: it is told even where it was asked to end itself (22).
            tell_hangup(other.channel, int(cause), is_soft=False)
        other.channel.hangup(cause)
        if self._stream is not None:
            self._stream.close()
        del self.other
        self.channel.driver = NoDriver()


def make_pair(pbx: Pbx, name: str, *, place: tuple[str, str], stays: bool) -> Channel:
    """Make the two halves; returns the one to dial.

    Args:
        pbx: The core.
        name: Of both, without their numbers.
        place: Context and extension that the other half starts at.
        stays: They are never left out.
    """
    numbered = f"{name}-{pbx.next_sequence('Local'):08x}"
    near = LocalDriver(pbx, f"{numbered};1", place=place)
    far = LocalDriver(pbx, f"{numbered};2", place=place, far_from=near)
    near.other, far.other = far, near
    near.stays = far.stays = stays
    return near.channel


@technology("Local")
class LocalTechnology:
    """Makes Local channels: ``Local/extension@context[/options]``."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Make the pair; returns ``;1``.

        Options: ``n`` keeps the pair in the call's path; ``b``, ``j`` and ``m`` change nothing.
        """
        place, _, options = resource.partition("/")
        extension, at, context = place.rpartition("@")
        if not at:
            extension, context = place, "default"
        name = f"Local/{extension}@{context}"
        near = make_pair(pbx, name, place=(context, extension), stays="n" in options)
        if requestor is not None:
            near.extension = requestor.extension
        return near

    def device_state(self, pbx: Pbx, resource: str) -> DeviceState:
        """Of an extension: whether it is there, and whether somebody is calling it."""
        place = resource.partition("/")[0]
        extension, at, context = place.rpartition("@")
        if not at:
            extension, context = place, "default"
        if not pbx.dialplan.has_extension(context, extension):
            return DeviceState.INVALID
        calling = channels_of(pbx, f"Local/{extension}@{context}")
        return DeviceState.INUSE if calling else DeviceState.NOT_INUSE
