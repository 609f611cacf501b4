"""The channel: one leg of a call inside the PBX.

A channel's dialplan is one asyncio task. Hangup is cancellation with a cause: it marks the channel
and cancels what its task waits for; the interpreter ends the dialplan then, and runs ``h``.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum, IntEnum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.base.errors import SwitchroomError
from switchroom.media.api import DtmfEnded, MediaEvent, PlaybackEnd, RecordingEnded, Stream
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.caller_id import CallerId, Redirecting
from switchroom.pbx.datastore import Datastores
from switchroom.pbx.events import (
    ChannelCreated,
    ChannelHungUp,
    ChannelStateChanged,
    DigitReceived,
    DigitSent,
    NewExtension,
    VariableSet,
)
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.listening.tone_watching import hear_party
from switchroom.pbx.newborn import STRANGER, Newborn
from switchroom.pbx.technology import ChannelDriver, Indication
from switchroom.pbx.telling import tell_hangup, tell_playback

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

ALL_DIGITS = "0123456789*#ABCD"


class ChannelState(IntEnum):
    """Where a channel stands; numbers and texts are those of AMI's ChannelState."""

    DOWN = 0
    RESERVED = 1
    OFF_HOOK = 2
    DIALING = 3
    RING = 4
    RINGING = 5
    UP = 6
    BUSY = 7

    @property
    def text(self) -> str:
        """As ``core show channels`` prints it."""
        return _STATE_TEXT[self]


_STATE_TEXT = ("Down", "Rsrvd", "OffHook", "Dialing", "Ring", "Ringing", "Up", "Busy")


class Progress(Enum):
    """What a dialled channel reports to whoever dialled it."""

    PROCEEDING = auto()
    RINGING = auto()
    EARLY_MEDIA = auto()
    ANSWERED = auto()
    BUSY = auto()
    CONGESTION = auto()
    FORWARDED = auto()  #: its party sends the call elsewhere
    DIVERTED = auto()  #: its party has done so itself, and goes on
    REDIRECTED = auto()  #: somebody sent a channel that runs no dialplan to a place in it
    HUNG_UP = auto()


class HangupError(SwitchroomError):
    """The channel hung up; the one control-flow exception, caught only by the interpreter."""


class RequestError(SwitchroomError):
    """A channel to some resource cannot be made.

    Args:
        message: Why, for the log.
        cause: What ``HANGUPCAUSE`` and ``DIALSTATUS`` are made from.
    """

    def __init__(self, message: str, cause: HangupCause) -> None:
        super().__init__(message)
        self.cause = cause


class Channel(Datastores):
    """One leg of a call: where it stands in the dialplan, its variables, its audio.

    Args:
        pbx: The core it belongs to; the channel registers itself there.
        name: Unique on this node: ``PJSIP/alice-00000001``, ``Local/1@ctx-00000002;1``.
        driver: The half that knows the wire.
        context: Where its dialplan starts.
        extension: The dialled extension.
        state: DOWN for outgoing, RING for incoming channels.
        about: What is known of its party by now.
    """

    diversion: Callable[[], Awaitable[None]] | None = None  #: the interpreter takes it
    last_work: Callable[[], Awaitable[None]] | None = None  #: before its wire is released
    dialled_as = ""  #: what it was requested as, without the technology

    def __init__(  # noqa: PLR0913  # what its first event tells has to be known by then
        self,
        pbx: Pbx,
        *,
        name: str,
        driver: ChannelDriver,
        context: str = "default",
        extension: str = "s",
        state: ChannelState = ChannelState.DOWN,
        about: Newborn = STRANGER,
    ) -> None:
        super().__init__()
        self.pbx = pbx
        self.name = name
        self.driver = driver
        self.unique_id = pbx.next_unique_id()
        self.linked_id = about.linked_id or pbx.linked_id_of(self.unique_id)
        self.created_at = pbx.now()
        self.answered_at: float | None = None
        self.state = state

        self.caller, self.connected = about.caller or CallerId(), CallerId()
        self.redirecting = Redirecting()
        self.language = about.language
        self.account_code = about.account_code

        self.context, self.extension, self.priority = context, extension, 1
        self.application = self.data = ""
        #: An application moved the position, or somebody else did; the interpreter clears both.
        self.jumped = self.is_redirected = False
        self.variables: dict[str, str] = {}
        self.inherited: dict[str, bool] = {}  #: name: whether its copies are inherited in turn
        self.frames: list[object] = []  #: Gosub's stack, owned by the dialplan
        self.digit_timeout = 5.0  #: seconds between digits, ``TIMEOUT(digit)``
        self.response_timeout = 10.0  #: seconds before the first digit, ``TIMEOUT(response)``

        self.hangup_cause = HangupCause.NOT_DEFINED
        self.is_hung_up = False
        self.digits: deque[str] = deque(maxlen=256)  #: keyed, not consumed yet
        #: Gets each key instead of :attr:`digits`, with its seconds: a bridge.
        self.on_key: Callable[[str, float], None] | None = None
        self._digit_waiter: asyncio.Future[None] | None = None
        self._interrupt_digits = ""
        self._stream: Stream | None = None
        self._opening: asyncio.Lock | None = None
        self._recording: asyncio.Future[RecordingEnded] | None = None
        self._task: asyncio.Task[None] | None = None
        self._watchers: list[Callable[[Progress], None]] = []
        self._finished = False
        self._announced: tuple[str, str, int] | None = None
        pbx.add_channel(self)
        if pbx.events.wants(ChannelCreated):
            pbx.events.publish(ChannelCreated(name, self.unique_id))

    def __repr__(self) -> str:
        place = f"{self.extension}@{self.context}:{self.priority}"
        return f"<Channel {self.name} {self.state.text} {place}>"

    # where it stands

    def goto(self, context: str, extension: str, priority: int) -> None:
        """Move to another place; the interpreter goes on there when the application returns."""
        self.context = context
        self.extension = extension
        self.priority = priority
        self.jumped = True

    def redirect(self, context: str, extension: str, priority: int) -> None:
        """Go on at another place at once: what the channel waits for is cancelled."""
        if self.is_hung_up:
            return
        self.goto(context, extension, priority)
        self.is_redirected = True
        if self._task is None:
            self._report(Progress.REDIRECTED)
        elif self._task is not asyncio.current_task():
            self._task.cancel()

    def divert(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let the channel's task do something else at once, instead of what it does.

        Its dialplan goes on behind ``work`` only where that has moved it by :meth:`goto`.
        """
        self.diversion = work
        self.redirect(self.context, self.extension, self.priority)

    def announce(self, application: str, data: str) -> None:
        """Set what the channel executes; tell it once a position (AMI: Newexten)."""
        self.application = application
        self.data = data
        events = self.pbx.events
        if events.wants(NewExtension):
            position = (self.context, self.extension, self.priority)
            if position != self._announced:
                self._announced = position
                events.publish(
                    NewExtension(self.name, self.unique_id, *position, application, data)
                )

    def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable; ``_name`` is inherited by one, ``__name`` by all generations."""
        if name[:1] == "_":
            is_for_all = name.startswith("__")
            name = name[2:] if is_for_all else name[1:]
            self.inherited[name] = is_for_all
        self.variables[name] = value
        if VariableSet in self.pbx.events.handlers:
            self.pbx.events.publish(VariableSet(self.name, self.unique_id, name, value))

    def inherit_variables(self, parent: Channel) -> None:
        """Take over the variables that ``parent`` passes on to the channels it dials."""
        for name, further in parent.inherited.items():
            if name in parent.variables:
                self.variables[name] = parent.variables[name]
                if further:
                    self.inherited[name] = True

    # its task

    def run_in(self, task: asyncio.Task[None]) -> None:
        """Name the task that :meth:`hangup` has to cancel; the interpreter calls this."""
        self._task = task

    def leave_task(self) -> None:
        """From here on a hangup cancels nothing (``h`` runs, or the dialplan is over)."""
        self._task = None

    def hangup(self, cause: HangupCause = HangupCause.NORMAL_CLEARING) -> None:
        """Ask the channel to end: its dialplan stops, ``h`` runs, then the wire is released.

        Safe to call at any time, from anywhere in the loop, more than once; the first cause counts.
        """
        if self.is_hung_up:
            return
        self.is_hung_up = True
        if self.hangup_cause is HangupCause.NOT_DEFINED:
            self.hangup_cause = cause
        self._report(Progress.HUNG_UP)
        if self._task is not None:
            if self._task is not asyncio.current_task():
                tell_hangup(self, int(cause), is_soft=False)
                self._task.cancel()
        else:
            self.pbx.end_channel(self)

    def finish(self) -> None:
        """Release the wire and the audio and forget the channel; the last thing that happens."""
        if self._finished:
            return
        self._finished = True
        self.is_hung_up = True
        self._task = None
        try:
            self.driver.hangup(self.hangup_cause)
        finally:
            if self._stream is not None:
                self._stream.close()
            events = self.pbx.events
            if events.wants(ChannelHungUp):
                events.publish(ChannelHungUp(self.name, self.unique_id, int(self.hangup_cause)))
            self.pbx.remove_channel(self)
            self.end()
            self._watchers.clear()

    @property
    def is_finished(self) -> bool:
        """Whether the wire is released and the channel forgotten."""
        return self._finished

    # signalling

    def set_state(self, state: ChannelState) -> None:
        """Go to another state and tell it."""
        if state is self.state:
            return
        self.state = state
        if state is ChannelState.UP:
            self.answered_at = self.pbx.now()
        if self.pbx.events.wants(ChannelStateChanged):
            self.pbx.events.publish(ChannelStateChanged(self.name, self.unique_id, state.text))

    async def answer(self) -> None:
        """Accept the call, if it is not up already.

        Raises:
            HangupError: The channel hung up before.
        """
        self._check()
        if self.state is not ChannelState.UP:
            await self.driver.answer()
            self.set_state(ChannelState.UP)

    async def indicate(self, indication: Indication) -> None:
        """Tell the party about ringing, progress, busy or congestion."""
        self._check()
        await self.driver.indicate(indication)
        if indication is Indication.RINGING and self.state is ChannelState.RING:
            self.set_state(ChannelState.RINGING)

    def watch(self, watcher: Callable[[Progress], None]) -> Callable[[], None]:
        """Hear how a dialled channel fares; returns the function that ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def on_progress(self, progress: Progress, cause: HangupCause | None = None) -> None:
        """A driver reports: the far side proceeds, rings, answered, is busy, or is congested."""
        if cause is not None:
            self.hangup_cause = cause
        if progress is Progress.RINGING:
            self.set_state(ChannelState.RINGING)
        elif progress is Progress.ANSWERED:
            self.set_state(ChannelState.UP)
        self._report(progress)

    def _report(self, progress: Progress) -> None:
        for watcher in tuple(self._watchers):
            watcher(progress)

    def _check(self) -> None:
        if self._finished or (self.is_hung_up and self._task is not None):
            raise HangupError(self.name)

    # waiting and digits

    async def sleep(self, seconds: float) -> None:
        """Wait; digits keyed meanwhile are dropped.

        Raises:
            HangupError: The channel had hung up.
        """
        self._check()
        if seconds > 0:
            await asyncio.sleep(seconds)
        self.digits.clear()

    def on_digit(self, digit: str, duration: float = 0.1) -> None:
        """A driver, or the engine, reports a key that was held for ``duration`` seconds."""
        if self.pbx.events.wants(DigitReceived):
            self.pbx.events.publish(DigitReceived(self.name, self.unique_id, digit, duration))
        if self.on_key is not None:
            self.on_key(digit, duration)
            return
        self.digits.append(digit)
        if self._digit_waiter is not None and not self._digit_waiter.done():
            self._digit_waiter.set_result(None)
        if digit in self._interrupt_digits and self._stream is not None:
            self._stream.stop_playback()

    async def read_digit(self, within: float) -> str | None:
        """The next key, or None after ``within`` seconds without one.

        Raises:
            HangupError: The channel had hung up.
        """
        self._check()
        if not self.digits:
            waiter = self._digit_waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(within):
                    await waiter
            except TimeoutError:
                return None
            finally:
                self._digit_waiter = None
        return self.digits.popleft()

    async def send_digit(self, digit: str, *, duration: float = 0.1) -> None:
        """Send one key to this channel's party."""
        self._check()
        await self.driver.send_digit(digit, duration=duration)
        if self.pbx.events.wants(DigitSent):
            self.pbx.events.publish(DigitSent(self.name, self.unique_id, digit, duration))

    # audio

    async def stream(self) -> Stream:
        """The channel's audio, opened when first asked for.

        Raises:
            HangupError: It is not open, and the channel is over by now.
        """
        if self._stream is None:
            if self._opening is None:
                self._opening = asyncio.Lock()
            async with self._opening:
                if self._stream is None:
                    self._stream = await self._open_stream()
        return self._stream

    async def _open_stream(self) -> Stream:
        if self._finished:
            raise HangupError(self.name)
        stream = await self.driver.open_stream()
        if self._finished:  # meanwhile: nobody else would close it
            stream.close()
            raise HangupError(self.name)
        return stream

    @property
    def opened_stream(self) -> Stream | None:
        """The channel's audio if it is open."""
        return self._stream

    async def play(self, sound: str, *, interrupt: str = "", start: float = 0.0) -> str:
        """Play one sound to the party.

        Args:
            sound: A prompt's name (see :class:`~switchroom.media.api.SoundLibrary`).
            interrupt: Digits that end it; others keyed meanwhile are dropped.
            start: Seconds of it that are left out.

        Returns:
            The digit that ended it, or an empty string.

        Raises:
            SoundNotFoundError: There is no such sound.
            HangupError: The channel had hung up.
        """
        self._check()
        found = await self.pbx.sounds.find(sound, language=self.language)
        stream = await self.stream()
        tell_playback(self, sound)
        if digit := self._take_digit(interrupt):
            return digit
        self._interrupt_digits = interrupt
        self.datastore(Background).stop(stream, BackgroundKind.TONES)
        try:
            if await stream.play(found.after(start) if start else found) is PlaybackEnd.CLOSED:
                self._check()
        finally:
            self._interrupt_digits = ""
            tell_playback(self, sound, is_over=True)
        return self._take_digit(interrupt)

    def _take_digit(self, wanted: str) -> str:
        """Drop keyed digits up to the first wanted one, and return that."""
        while self.digits:
            if (digit := self.digits.popleft()) in wanted:
                return digit
        return ""

    async def record(
        self, path: Path, *, max_silence: float | None = None, max_duration: float | None = None
    ) -> None:
        """Start to record the party; :meth:`recording_end` tells when it ended by itself."""
        self._check()
        stream = await self.stream()
        self._recording = asyncio.get_running_loop().create_future()
        stream.start_recording(path, max_silence=max_silence, max_duration=max_duration)

    async def recording_end(self) -> RecordingEnded:
        """Wait until the running recording ends by silence or limit."""
        assert self._recording is not None
        return await asyncio.shield(self._recording)

    async def digit_or_recording_end(self) -> str | RecordingEnded:
        """Wait for the next key or the end of the running recording, whichever comes first.

        Raises:
            HangupError: The channel had hung up.
        """
        self._check()
        assert self._recording is not None
        if not self.digits and not self._recording.done():
            waiter = self._digit_waiter = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait({waiter, self._recording}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._digit_waiter = None
        return self.digits.popleft() if self.digits else self._recording.result()

    async def stop_recording(self) -> float:
        """End the recording, if one runs; its file is whole then. Returns its seconds."""
        seconds = await self._stream.stop_recording() if self._stream is not None else 0.0
        ended = self._recording
        return ended.result().duration if ended is not None and ended.done() else seconds

    def on_media_event(self, event: MediaEvent) -> None:
        """The engine reports; drivers pass this method as the stream's listener."""
        if isinstance(event, DtmfEnded):
            self.on_digit(event.digit, event.duration)
        elif isinstance(event, RecordingEnded):
            if self._recording is not None and not self._recording.done():
                self._recording.set_result(event)
        else:
            hear_party(self, event)
