"""The audio of one call: its descriptions, its stream, and what is heard on it."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace

from switchroom.base.errors import MediaError
from switchroom.channels.sip.endpoints.codecs import codecs_of, plan_of
from switchroom.channels.sip.endpoints.endpoint import DtmfMode
from switchroom.channels.sip.media.keys import CallKeys
from switchroom.media.api import (
    DtmfEnded,
    MediaEngine,
    MediaEvent,
    Sound,
    Stream,
    StreamPlan,
    TalkingBegan,
    TalkingEnded,
)
from switchroom.sdp.errors import SdpError
from switchroom.sdp.negotiation import Agreement, Origin, agree, write_answer, write_offer
from switchroom.tools.phone.hearing import Hearing
from switchroom.tools.phone.report import Report, Tone
from switchroom.tools.phone.settings import AudioSettings

SILENCE = Sound("silence", bytes(2 * 8000 * 10))


class CallAudio:
    """One audio stream, from the first offer to the recording's end.

    Attributes:
        hearing: What the other side says and keys.
        agreement: What both sides settled on; None before.
        is_holding: Whether we have the other side on hold.

    Args:
        engine: Opens the stream.
        settings: How it should sound.
        report: Is told what is heard.
        host: Our address towards the other side.
    """

    def __init__(
        self, engine: MediaEngine, settings: AudioSettings, report: Report, host: str
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._report = report
        self._host = host
        self._codecs = codecs_of(settings.codecs)
        self._keys = CallKeys(settings.secrecy)
        self._uses_events = settings.dtmf is DtmfMode.RFC4733
        self._origin = Origin(secrets.randbits(48))
        self._stream: Stream | None = None
        self._is_listening = False
        self._is_recording = False
        self._is_quiet = asyncio.Event()  # nothing is played
        self._is_quiet.set()
        self.hearing = Hearing(settings.pause)
        self.agreement: Agreement | None = None
        self.is_holding = False

    async def open(self, offer: str = "") -> None:
        """Bind the sockets.

        Args:
            offer: Theirs, if they made one.

        Raises:
            SdpError: The offer cannot be used.
            MediaError: There is no port left.
        """
        first = self._codecs[0]
        protection = self._keys.protection(None)
        plan = StreamPlan(
            first.name, first.payload_type, clock_rate=first.clock_rate, protection=protection
        )
        if offer:
            self.agreement = self._agree(offer)
            plan = self._plan(self.agreement)
        self._stream = await self._engine.open_stream(self._host, plan, self._on_media_event)

    @property
    def is_open(self) -> bool:
        """Whether the sockets are bound."""
        return self._stream is not None

    # descriptions

    def offer(self) -> str:
        """A description that asks for what we want."""
        host, port = self._local_address
        direction = "sendonly" if self.is_holding else "sendrecv"
        offer = write_offer(
            self._codecs, self._origin, host=host, port=port, use_events=self._uses_events,
            direction=direction,
        )  # fmt: skip
        return self._keys.offer(offer)

    def answer(self, offer: str) -> str:
        """The description that answers an offer which was taken; our offer where they made none."""
        if not offer or self.agreement is None:
            return self.offer()
        host, port = self._local_address
        ours = self._keys.answer(self.agreement)
        return write_answer(offer, self.agreement, self._origin, host=host, port=port, crypto=ours)

    def take_offer(self, offer: str) -> bool:
        """Go on with another offer of theirs.

        Returns:
            Whether who talks to whom has changed.

        Raises:
            SdpError: It cannot be used; all stays as it was.
        """
        before, self.agreement = self.agreement, self._agree(offer)
        self._update()
        return before is None or before.direction != self.agreement.direction

    def take_answer(self, answer: str) -> bool:
        """Go on with their answer to our offer; returns whether it can be used."""
        try:
            self.agreement = self._read(answer)
        except SdpError as error:
            text = f"their answer cannot be used: {error}"
            self._report.tell("unusable", text, tone=Tone.BAD)
            return False
        self._update()
        return True

    def _agree(self, offer: str) -> Agreement:
        agreement = self._read(offer)
        if self.is_holding and agreement.direction == "sendrecv":
            return replace(agreement, direction="sendonly")
        return agreement

    def _read(self, description: str) -> Agreement:
        return agree(
            description, self._codecs, use_events=self._uses_events, secrecy=self._keys.secrecy
        )

    def _plan(self, agreement: Agreement) -> StreamPlan:
        return plan_of(agreement, symmetric=True, protection=self._keys.protection(agreement))

    def _update(self) -> None:
        if self._stream is not None and self.agreement is not None:
            self._stream.update(self._plan(self.agreement))

    @property
    def _local_address(self) -> tuple[str, int]:
        assert self._stream is not None
        return self._stream.local_address

    # what is said and heard

    async def play(self, sound: Sound) -> None:
        """Play a sound to the other side; returns when it was sent."""
        if self._stream is None:
            return
        self._is_quiet.clear()
        try:
            await self._stream.play(sound)
        finally:
            self._is_quiet.set()

    async def send_silence(self) -> None:
        """Send silence whenever nothing else is played, as a phone does in a quiet room.

        Servers learn from it where to send to, and that somebody is there. Runs until cancelled.
        """
        while self._stream is not None:
            await self._is_quiet.wait()
            if self._stream is not None:
                await self._stream.play(SILENCE)

    def send_digit(self, digit: str, duration: float) -> None:
        """Send a digit as RFC 4733 events, as a tone where these were not agreed on."""
        if self._stream is not None:
            self._stream.send_digit(digit, duration=duration)

    def listen(self) -> None:
        """Record and watch for talking: there may be something to hear from now on."""
        if self._stream is None or self._is_listening:
            return
        self._is_listening = True
        self._stream.detect_talking(enabled=True, silence=self.hearing.pause)
        path = self._settings.record
        if path is not None:
            try:
                self._stream.start_recording(path)
            except MediaError as error:
                self._report.tell("failed", str(error), tone=Tone.BAD)
            else:
                self._is_recording = True

    def _on_media_event(self, event: MediaEvent) -> None:
        match event:
            case TalkingBegan():
                self._report.tell("talking", "they talk", tone=Tone.QUIET)
            case TalkingEnded(duration):
                text = f"they fell silent after {duration:.1f} s"
                self._report.tell("silent", text, tone=Tone.QUIET, seconds=round(duration, 3))
            case DtmfEnded(digit):
                self.hear_digit(digit)
                return
            case _:
                return
        self.hearing.on_media_event(event)

    def hear_digit(self, digit: str) -> None:
        """The other side keyed a digit, by whatever way it came."""
        self._report.tell("digit", f"they keyed {digit}", digit=digit)
        self.hearing.on_digit(digit)

    async def close(self) -> None:
        """Finish the recording, close the sockets and tell how it was; harmless when closed."""
        stream, self._stream = self._stream, None
        if stream is None:
            return
        if self._is_recording:
            path = self._settings.record
            seconds = await stream.stop_recording()
            text = f"recorded {seconds:.1f} s into {path}"
            self._report.tell("recorded", text, path=str(path), seconds=round(seconds, 3))
        stream.close()
        if self._is_listening:
            self._tell_statistics(stream)

    def _tell_statistics(self, stream: Stream) -> None:
        seen = stream.statistics()
        text = (
            f"audio: {seen.packets_sent} packets sent, {seen.packets_received} received, "
            f"{seen.packets_lost} lost, jitter {seen.jitter * 1000:.1f} ms"
        )
        self._report.tell(
            "audio", text, tone=Tone.QUIET, sent=seen.packets_sent,
            received=seen.packets_received, lost=seen.packets_lost, jitter=seen.jitter,
        )  # fmt: skip
