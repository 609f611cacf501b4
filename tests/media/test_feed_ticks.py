"""Feeds tick by tick: what is heard when, to the frame."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import numpy as np
import pytest

from switchroom.media.feeds import (
    Feed,
    FeedClosed,
    FeedDrained,
    FeedMessage,
    FeedPlan,
    FeedReached,
    Framing,
)
from tests.media.feed_party import TEXT, FeedEar, read_socket_frames, socket_frame, ws_frame
from tests.media.rtp_party import tone
from tests.support.fakes import run_virtual
from tests.support.stepped_engine import TICK, SteppedEngine

FRAME = 320  #: octets of 20 ms


class Ticks:
    """A program's feed, connected with a pipe at whose other end somebody listens."""

    def __init__(self, engine: SteppedEngine, framing: Framing, *, is_modem: bool = False) -> None:
        self.engine = engine
        ours, self.program = socket.socketpair()
        self.program.setblocking(False)  # noqa: FBT003  # as the library has it
        self.ear = FeedEar()
        self.feed: Feed = engine.open_feed(
            ours.detach(), FeedPlan(framing, is_modem=is_modem), self.ear
        )
        inner, outer = engine.open_pipe(lambda _: None, lambda _: None)
        engine.connect(self.feed, inner)
        theirs, self._listening = socket.socketpair()
        self._listening.setblocking(False)  # noqa: FBT003  # as the library has it
        listener = engine.open_feed(theirs.detach(), FeedPlan(Framing.AUDIOSOCKET), lambda _: None)
        engine.connect(outer, listener)
        self._streams = (self.feed, inner, outer, listener)

    async def tick(self, count: int = 1) -> list[bool]:
        """Let time pass; returns of each tick whether the listener heard the program speak."""
        heard = []
        for _ in range(count):
            await asyncio.sleep(TICK)
            self.engine.step()
            await asyncio.sleep(0)
            with suppress(BlockingIOError):
                self.program.recv(65536)  # what it hears
            frames, _ = read_socket_frames(self._listening.recv(65536))
            samples = np.frombuffer(b"".join(data for _, data in frames), dtype="<i2")
            heard.append(bool(np.abs(samples).max() > 100))
        return heard

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        self.program.close()
        self._listening.close()


def run(
    work: Callable[[Ticks], Awaitable[None]],
    framing: Framing = Framing.WEBSOCKET,
    *,
    is_modem: bool = False,
) -> None:
    async def main() -> None:
        engine = SteppedEngine()
        ticks = Ticks(engine, framing, is_modem=is_modem)
        try:
            await work(ticks)
        finally:
            ticks.close()
            await engine.close()

    run_virtual(main())


def spoken(seconds: float) -> bytes:
    return ws_frame(2, tone(900, seconds))


def first(heard: list[bool]) -> int:
    return heard.index(True)


def test_barge_in_is_silence_within_three_frames() -> None:
    async def interrupt(call: Ticks) -> None:
        call.program.sendall(spoken(5))
        assert (await call.tick(20))[5:] == [True] * 15
        call.program.sendall(ws_frame(TEXT, b"FLUSH_MEDIA"))
        heard = await call.tick()  # in which the message is read
        (message,) = call.ear.messages
        call.feed.flush(message.position)
        heard += await call.tick(9)
        assert heard.index(False) <= 3, "60 ms: the tick that reads it, and two on their way"
        assert not any(heard[3:])
        call.program.sendall(spoken(0.1))
        assert (await call.tick(10)).count(True) in {5, 6}, "what came behind it is heard, once"

    run(interrupt)


def test_speech_begins_with_two_frames_or_when_no_more_come() -> None:
    async def speak(call: Ticks) -> None:
        call.program.sendall(spoken(1))
        at_once = first(await call.tick(20))
        call.feed.flush(1 << 40)
        await call.tick(5)
        call.program.sendall(spoken(0.01))
        assert first(await call.tick(20)) == at_once + 2

    run(speak)


def test_a_mark_is_told_in_the_tick_in_which_all_before_it_was_taken() -> None:
    async def mark(call: Ticks) -> None:
        call.program.sendall(spoken(0.2) + ws_frame(TEXT, b"first") + spoken(0.2))
        call.program.sendall(ws_frame(TEXT, b"second"))
        await call.tick()
        for message in call.ear.messages:
            call.feed.mark(message.position)
        call.feed.tell_drained()
        told = []
        for _ in range(30):
            await call.tick()
            told.append((len(call.ear.all(FeedReached)), len(call.ear.all(FeedDrained))))
        assert [told.index((1, 0)), told.index((2, 1))] == [8, 18]

    run(mark)


def test_a_pause_keeps_everything() -> None:
    async def pause(call: Ticks) -> None:
        call.program.sendall(spoken(0.4))
        before = (await call.tick(10)).count(True)
        call.feed.pause(paused=True)
        on_its_way = (await call.tick(10)).count(True)
        call.feed.pause(paused=False)
        after = (await call.tick(30)).count(True)
        assert on_its_way <= 3
        assert before + on_its_way + after in {20, 21}  # a resampled edge may show in one more

    run(pause)


def test_a_clock_that_is_too_fast_is_not_heard_later_and_later() -> None:
    """A frame is left out now and then until a program that sends in time is heard in time."""

    async def run_ahead(call: Ticks) -> None:
        frame = socket_frame(0x10, tone(900, 0.02))
        call.program.sendall(14 * frame)  # as much as a fast clock gains in an hour
        waiting = []
        for _ in range(2000):
            call.program.sendall(frame)
            await call.tick()
            waiting.append(call.feed.waiting)
        assert max(waiting) == pytest.approx(0.28)
        assert waiting[-1] < 0.2
        assert sorted(waiting, reverse=True) == waiting, "bit by bit, and never more"

    run(run_ahead, Framing.AUDIOSOCKET)


def test_nothing_of_a_modem_is_left_out() -> None:
    async def run_ahead(call: Ticks) -> None:
        frame = socket_frame(0x10, tone(900, 0.02))
        call.program.sendall(14 * frame)
        for _ in range(600):
            call.program.sendall(frame)
            await call.tick()
        assert call.feed.waiting == pytest.approx(0.28)

    run(run_ahead, Framing.AUDIOSOCKET, is_modem=True)


def test_a_program_that_sends_ahead_loses_nothing() -> None:
    async def send_ahead(call: Ticks) -> None:
        frame = socket_frame(0x10, tone(900, 0.02))
        for _ in range(40):
            call.program.sendall(25 * frame)  # half a second at once
            await call.tick(25)
        assert call.feed.statistics().packets_received == 1000
        assert call.feed.statistics().packets_dropped == 0
        await call.tick(30)
        assert call.feed.waiting == 0

    run(send_ahead, Framing.AUDIOSOCKET)


@pytest.mark.parametrize("framing", [Framing.AUDIOSOCKET, Framing.WEBSOCKET])
def test_what_was_said_before_the_end_is_heard(framing: Framing) -> None:
    async def end(call: Ticks) -> None:
        data = tone(900, 0.4)
        call.program.sendall(
            socket_frame(0x10, data) if framing is Framing.AUDIOSOCKET else ws_frame(2, data)
        )
        call.program.shutdown(socket.SHUT_WR)
        heard = await call.tick(30)
        assert heard.count(True) in {20, 21}
        assert len(call.ear.all(FeedClosed)) == 1
        assert not call.ear.all(FeedMessage)

    run(end, framing)
