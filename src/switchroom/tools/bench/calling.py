"""A load of calls: begun at a rate, up for a while, with or without audio."""

from __future__ import annotations

import asyncio
import math
import secrets
import socket
import struct
from dataclasses import dataclass
from typing import Protocol

from switchroom.base.errors import MediaError
from switchroom.channels.sip.endpoints.codecs import plan_of
from switchroom.media.api import MediaEngine, MediaEvent, Sound, Stream, StreamPlan
from switchroom.sdp.errors import SdpError
from switchroom.sdp.negotiation import PCMU, Origin, agree, write_offer
from switchroom.sip.client import NewCall
from switchroom.sip.events import (
    EndReason,
    Event,
    SessionAnswered,
    SessionEnded,
    SessionProgress,
)
from switchroom.sip.session import Session
from switchroom.tools.bench.agent import T1, Agent
from switchroom.tools.bench.settings import Kind, Load, User

TONE_HERTZ = 425
TONE_LEVEL = 4000  #: of 32767
TONE_SAMPLES = 8000
HANG_UPS_AT_ONCE = 20
HANG_UP_PAUSE = 0.02  #: seconds between two such handfuls: nobody's calls all end at once


class MakeEngine(Protocol):
    """Makes a media engine; a class or a function that other processes can import."""

    def __call__(self, *, first_port: int, last_port: int) -> MediaEngine:
        """An engine on a range of ports."""
        ...


@dataclass(slots=True)
class _Call:
    began_at: float
    heard_at: float | None = None
    is_answered: bool = False
    is_ending: bool = False  #: by us
    stream: Stream | None = None


class Calls(Agent):
    """Calls the target again and again.

    Args:
        load: What to do.
        make_engine: Makes the media engine, where there is audio.
    """

    def __init__(self, load: Load, make_engine: MakeEngine | None = None) -> None:
        super().__init__(load)
        self._calls: dict[Session, _Call] = {}
        self._engine: MediaEngine | None = None
        if load.kind is Kind.AUDIO and make_engine is not None:
            self._engine = make_engine(first_port=load.first_port, last_port=load.last_port)
        self._deaf: socket.socket | None = None  # where audio goes that nobody wants
        self._deaf_port = 0
        self._tone = Sound("tone", _tone())

    @property
    def open_count(self) -> int:
        """Calls that are on their way or up."""
        return len(self._calls)

    async def open(self) -> None:
        """Bind the sockets."""
        await super().open()
        if self._engine is None:
            host = self.flow.local[0]
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._deaf = socket.socket(family, socket.SOCK_DGRAM)
            self._deaf.bind((host, 0))
            self._deaf_port = self._deaf.getsockname()[1]

    async def begin(self, user: User) -> None:
        """Call."""
        call = _Call(self.now)
        port = self._deaf_port
        if self._engine is not None:
            plan = StreamPlan(PCMU.name, PCMU.payload_type)
            try:
                call.stream = await self._engine.open_stream(self.flow.local[0], plan, _ignore)
            except MediaError:
                self.tally.unanswered += 1
                return
            port = call.stream.local_address[1]
        origin = Origin(secrets.randbits(31))
        offer = write_offer(
            [PCMU], origin, host=self.flow.local[0], port=port, use_events=False
        )  # fmt: skip
        what = NewCall(
            self.load.target, offer, self.address_of(user), account=user.account,
            give_up_after=self.load.patience,
        )  # fmt: skip
        self._calls[self.stack.invite(what, self.flow, now=call.began_at)] = call

    def hear(self, event: Event) -> None:
        """Take an event of the core."""
        match event:
            case SessionProgress(session):
                self._heard(session)
            case SessionAnswered(session, sdp):
                self._heard(session)
                self._answered(session, sdp)
            case SessionEnded(session):
                self._ended(session, event)
            case _:
                pass  # nothing else is asked for

    def _heard(self, session: Session) -> None:
        call = self._calls.get(session)
        if call is not None and call.heard_at is None:
            call.heard_at = self.now
            self.tally.late += call.heard_at - call.began_at > T1

    def _answered(self, session: Session, sdp: str) -> None:
        call = self._calls.get(session)
        if call is None:
            return
        call.is_answered = True
        self.tally.done += 1
        self.tally.answered.add(self.now - call.began_at)
        if call.stream is not None:
            self._talk(call.stream, sdp)
        if self.load.kind is Kind.CALLS:
            self._loop.call_later(self.load.seconds, self._hang_up, session)

    def _talk(self, stream: Stream, sdp: str) -> None:
        try:
            agreement = agree(sdp, [PCMU], use_events=False)
        except SdpError:
            return  # nothing will come: the call counts as silent
        stream.update(plan_of(agreement, symmetric=True))
        stream.play_background(self._tone, loop=True)

    def _hang_up(self, session: Session) -> None:
        call = self._calls.get(session)
        if call is not None:
            call.is_ending = True
            session.end(now=self.now)
            self.driver.pump()

    def _ended(self, session: Session, event: SessionEnded) -> None:
        self._heard(session)
        call = self._calls.pop(session, None)
        if call is None:
            return
        if call.stream is not None:
            self._count_audio(call.stream)
        if event.reason is EndReason.REFUSED:
            self.tally.refused[event.status] += 1
        elif not call.is_answered:
            self.tally.unanswered += 1
        elif self.load.kind is Kind.AUDIO and not call.is_ending:
            self.tally.dropped += 1

    def _count_audio(self, stream: Stream) -> None:
        seen, audio = stream.statistics(), self.tally.audio
        stream.close()
        audio.sent += seen.packets_sent
        audio.received += seen.packets_received
        audio.lost += seen.packets_lost
        audio.silent += not seen.packets_received
        if seen.packets_received:
            audio.jitter.add(seen.jitter)

    async def finish(self) -> None:
        """Let calls with audio be up for their time, hang up, and wait for the end of all."""
        if self.load.kind is Kind.AUDIO:
            await asyncio.sleep(self.load.seconds)
            self.tally.up_at_once = sum(call.is_answered for call in self._calls.values())
            for number, session in enumerate(list(self._calls), 1):
                self._hang_up(session)
                if number % HANG_UPS_AT_ONCE == 0:
                    await asyncio.sleep(HANG_UP_PAUSE)
        held = self.load.seconds if self.load.kind is Kind.CALLS else 0.0
        await self.wait_until_over(self.load.patience + held)
        for session in list(self._calls):
            self._hang_up(session)
        for call in self._calls.values():
            self.tally.unanswered += not call.is_answered

    def close(self) -> None:
        """Close the sockets."""
        super().close()
        if self._deaf is not None:
            self._deaf.close()

    async def close_engine(self) -> None:
        """End the media engine."""
        if self._engine is not None:
            await self._engine.close()


def _ignore(_: MediaEvent) -> None:
    """What is heard is not listened to."""


def _tone() -> bytes:
    """One second of a tone, so that silence is not what is measured."""
    step = 2 * math.pi * TONE_HERTZ / TONE_SAMPLES
    values = (round(TONE_LEVEL * math.sin(step * at)) for at in range(TONE_SAMPLES))
    return struct.pack(f"={TONE_SAMPLES}h", *values)
