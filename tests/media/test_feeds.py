"""Programs in a phone's place, over real sockets: what they say and hear is told by its tones."""

from __future__ import annotations

import asyncio
import os
import random
import socket

import numpy as np
import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import DtmfEnded, SeatPlan, Sound, SpyPlan
from switchroom.media.codecs.libraries import find_library
from switchroom.media.feeds import (
    FeedClosed,
    FeedDigit,
    FeedDrained,
    FeedEnd,
    FeedFilled,
    FeedMessage,
    FeedPlan,
    FeedReached,
    Framing,
)
from tests.media.calls import ends_with, frequencies, make_engine, rtp_call, run
from tests.media.coded_party import level_of
from tests.media.feed_party import (
    AUDIOSOCKET,
    PING,
    TEXT,
    WEBSOCKET,
    WEBSOCKET_CLIENT,
    FeedEar,
    Wire,
    feed_call,
    ws_frame,
)
from tests.media.rtp_party import tone

EACH_WIRE = pytest.mark.parametrize(
    "wire",
    [AUDIOSOCKET, WEBSOCKET, WEBSOCKET_CLIENT],
    ids=["audiosocket", "websocket", "websocket-client"],
)


def level_at(samples: bytes, hertz: float, rate: int = 8000) -> float:
    return level_of(np.frombuffer(samples, dtype="<i2").astype(float), rate, hertz)


@EACH_WIRE
def test_a_phone_and_a_program_hear_each_other(wire: Wire) -> None:
    async def converse() -> tuple[bytes, bytes]:
        async with (
            make_engine() as engine,
            rtp_call(engine) as call,
            feed_call(engine, wire) as program,
        ):
            engine.connect(call.stream, program.feed)
            call.party.start_saying(tone(500, 1.5))
            await program.party.say(tone(900, 1.5))
            await call.party.until(lambda: len(call.party.audio()) >= 2 * 8000)
            await program.party.until(lambda: len(program.party.audio()) >= 2 * 8000)
            return call.party.audio(), program.party.audio()

    phone, heard = run(converse())
    assert frequencies(phone[4000:]) == [900]
    assert frequencies(heard[4000:]) == [500]
    for samples, hertz in ((phone, 900), (heard, 500)):  # a phone's packets may come too late
        tenths = [samples[at : at + 1600] for at in range(0, len(samples) - 1600, 1600)]
        assert max(level_at(each, hertz) for each in tenths) == pytest.approx(8000, rel=0.05)


def test_what_is_sent_at_once_is_heard_whole_and_in_time() -> None:
    """A program may send a whole announcement; it is neither cut nor hurried."""

    async def announce() -> bytes:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            first, second = engine.open_pipe(lambda _: None, lambda _: None)
            engine.connect(program.feed, first)
            async with feed_call(engine) as listener:
                engine.connect(second, listener.feed)
                steps = b"".join(tone(hz, 0.3) for hz in (400, 800, 1200))
                await program.party.say(steps)
                await program.party.send(TEXT, b"end")
                position = (await program.ear.next(FeedMessage)).position
                assert position == len(steps) // 2
                program.feed.mark(position)
                await program.ear.next(FeedReached)
                await listener.party.until(lambda: len(listener.party.audio()) > 2 * 8000 * 1.1)
                return listener.party.audio()

    heard = run(announce())
    began = np.argmax(np.abs(np.frombuffer(heard, dtype="<i2")) > 500)
    for number, hz in enumerate((400, 800, 1200)):
        at = 2 * (int(began) + int(8000 * (0.3 * number + 0.05)))
        assert level_at(heard[at : at + 2 * 1600], hz) == pytest.approx(8000, rel=0.05)


def linear(hertz: float, seconds: float, rate: int) -> bytes:
    """A tone as a program sends it at any rate."""
    turns = np.arange(round(seconds * rate)) * 2 * np.pi * hertz / rate
    return (8000 * np.sin(turns)).astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("codec", "rate"),
    [("ulaw", 8000), ("alaw", 8000), ("slin16", 16000), ("slin48", 48000), ("g722", 16000)],
)
def test_each_codec_is_as_wide_as_it_can_be(codec: str, rate: int) -> None:
    """A tone goes to a program and back from it as it came: above 4,000 Hz too."""
    hertz, bare = (5000, f"slin{rate // 1000}") if rate > 8000 else (1000, "slin")

    async def converse() -> bytes:
        async with (
            make_engine() as engine,
            feed_call(engine, WEBSOCKET, codec=codec) as echo,
            feed_call(engine, WEBSOCKET, codec=bare) as other,
        ):
            engine.connect(echo.feed, other.feed)
            await other.party.say(linear(hertz, 1.0, rate))
            await echo.party.until(lambda: echo.party.count >= 60)
            other.party.frames.clear()
            await echo.party.say(echo.party.audio())
            await other.party.until(lambda: other.party.count >= 60)
            return other.party.audio()

    heard, second = run(converse()), 2 * rate
    parts = [heard[at : at + second // 10] for at in range(0, len(heard), second // 10)]
    levels = sorted(level_at(part, hertz, rate) for part in parts)
    assert levels[-5] == pytest.approx(8000, rel=0.1)


@pytest.mark.skipif(find_library("libopus.so.0") is None, reason="needs libopus")
def test_of_opus_each_message_is_a_packet() -> None:
    async def converse() -> bytes:
        async with (
            make_engine() as engine,
            feed_call(engine, WEBSOCKET, codec="opus") as echo,
            feed_call(engine, WEBSOCKET, codec="slin48") as other,
        ):
            engine.connect(echo.feed, other.feed)
            await other.party.say(linear(5000, 1.0, 48000))
            await echo.party.until(lambda: echo.party.count >= 60)
            other.party.frames.clear()
            for kind, packet in list(echo.party.frames):
                await echo.party.send(kind, packet)
            await other.party.until(lambda: other.party.count >= 60)
            return other.party.audio()

    heard = run(converse())
    parts = [heard[at : at + 9600] for at in range(0, len(heard), 9600)]
    assert sorted(level_at(part, 5000, 48000) for part in parts)[-5] == pytest.approx(8000, rel=0.2)


def test_a_program_that_says_nothing_is_silent_and_not_dead() -> None:
    async def listen() -> bytes:
        async with (
            make_engine() as engine,
            rtp_call(engine) as call,
            feed_call(engine, WEBSOCKET) as program,
        ):
            engine.connect(call.stream, program.feed)
            await call.party.until(lambda: len(call.party.audio()) >= 2 * 1600)
            return call.party.audio()

    assert not any(run(listen()))


def test_codecs_that_cannot_be_sent_bare() -> None:
    async def open_one() -> None:
        async with make_engine() as engine:
            for name in ("gsm", "g729", ""):
                with pytest.raises(MediaError):
                    engine.open_feed(0, FeedPlan(Framing.AUDIOSOCKET, name), FeedEar())

    run(open_one())


def test_a_flush_is_silence_at_once_and_what_came_behind_it_is_heard() -> None:
    """Barge-in: the caller hears at most what was on its way."""

    async def barge_in() -> tuple[float, bytes]:
        async with (
            make_engine() as engine,
            rtp_call(engine) as call,
            feed_call(engine, WEBSOCKET) as program,
        ):
            heard = call.party.audio
            engine.connect(call.stream, program.feed)
            await program.party.say(tone(900, 10))
            await call.party.until(lambda: len(heard()) >= 2 * 4000)
            before = len(heard())
            await program.party.send(TEXT, b"FLUSH_MEDIA")
            await program.party.say(tone(400, 1.0))
            message = await program.ear.next(FeedMessage)
            program.feed.flush(message.position)
            await call.party.until(lambda: level_at(heard()[-320:], 900) < 500)
            late = (len(heard()) - before) / 2 / 8000
            await call.party.until(lambda: level_at(heard()[-1600:], 400) > 7500)
            return late, heard()

    late, heard = run(barge_in())
    assert late < 2  # of ten seconds; test_feed_ticks.py tells how exact it is
    assert level_at(heard[-1600:], 900) < 200


def test_marks_come_back_in_order_and_in_time() -> None:
    async def wait_for_marks() -> list[float]:
        loop = asyncio.get_running_loop()
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            reached = []
            for number in range(3):
                await program.party.say(tone(900, 0.8))
                await program.party.send(TEXT, b"%d" % number)
            for number in range(3):
                message = await program.ear.next(FeedMessage, number + 1)
                assert message.data == b"%d" % number
                program.feed.mark(message.position)
            program.feed.tell_drained()
            for number in range(3):
                await program.ear.next(FeedReached, number + 1)
                reached.append(loop.time())
            await program.ear.next(FeedDrained)
            assert program.feed.waiting == 0
            return reached

    first, second, third = run(wait_for_marks())
    assert second - first == pytest.approx(0.8, abs=0.5)
    assert third - second == pytest.approx(0.8, abs=0.5)


def test_only_so_many_marks() -> None:
    async def mark() -> None:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            await program.party.say(tone(900, 5))
            await program.party.send(TEXT, b"")
            position = (await program.ear.next(FeedMessage)).position
            for _ in range(256):
                program.feed.mark(position)
            with pytest.raises(MediaError):
                program.feed.mark(position)
            program.feed.flush(position)
            program.feed.mark(position)

    run(mark())


def test_a_program_is_told_when_too_much_waits() -> None:
    async def fill() -> float:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            await program.party.say(bytes(2 * 8000 * 40))
            assert (await program.ear.next(FeedFilled)).is_high
            async with asyncio.timeout(10):
                while program.feed.statistics().packets_dropped == 0:
                    await asyncio.sleep(0.02)
            waiting = program.feed.waiting
            await program.party.send(TEXT, b"now")
            message = await program.ear.next(FeedMessage)
            program.feed.flush(message.position)
            assert not (await program.ear.next(FeedFilled, 2)).is_high
            return waiting

    assert 29 < run(fill()) <= 33  # a power of two of samples


def test_audiosocket_holds_the_program_back_instead() -> None:
    """It has no word for it; so its socket is not read, and nothing is lost."""

    async def fill() -> tuple[float, int]:
        async with make_engine() as engine, feed_call(engine) as program:
            sending = asyncio.get_running_loop().create_task(
                program.party.say(bytes(2 * 8000 * 120))
            )
            async with asyncio.timeout(10):
                while program.feed.waiting < 2:
                    await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)
            waiting = program.feed.waiting
            sending.cancel()
            return waiting, program.feed.statistics().packets_dropped

    waiting, dropped = run(fill())
    assert waiting < 2.7
    assert dropped == 0


def test_who_does_not_read_hears_the_newest_and_harms_nobody() -> None:
    async def ignore() -> bytes:
        async with (
            make_engine() as engine,
            rtp_call(engine) as call,
            feed_call(engine, WEBSOCKET, codec="slin48") as program,
        ):
            program.party.end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            program.party.stop_reading()
            engine.connect(call.stream, program.feed)
            call.party.start_saying(tone(500, 4))
            async with asyncio.timeout(30):
                while program.feed.statistics().packets_dropped < 20:
                    await asyncio.sleep(0.05)
            call.party.start_saying(tone(900, 3))
            await asyncio.sleep(1.5)
            program.party.start_reading()
            await program.party.until(lambda: ends_with(program.party.audio(), 900, rate=48000))
            return program.party.audio()

    assert run(ignore())


@EACH_WIRE
def test_what_comes_in_pieces_is_put_together(wire: Wire) -> None:
    """One octet at a time, on a feed whose first octets came with the handshake."""
    kind = 3 if wire is AUDIOSOCKET else TEXT
    data = wire.frame(kind, b"5") + wire.frame(wire.audio, b"\1\0" * 200) + wire.frame(kind, b"6")

    async def trickle() -> list[FeedMessage]:
        async with make_engine() as engine, feed_call(engine, wire, received=data[:2]) as program:
            for octet in data[2:]:
                await asyncio.get_running_loop().sock_sendall(program.party.end, bytes([octet]))
            await program.ear.next(FeedMessage, 2)
            return program.ear.messages

    assert run(trickle()) == [FeedMessage(kind, b"5", 0), FeedMessage(kind, b"6", 200)]


def test_parts_of_a_message_with_a_ping_between_them() -> None:
    async def send() -> list[FeedMessage]:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            loop = asyncio.get_running_loop()
            for frame in (
                ws_frame(TEXT, b"GET_", is_final=False),
                ws_frame(PING, b"hello"),
                ws_frame(0, b"STATUS"),
            ):
                await loop.sock_sendall(program.party.end, frame)
            await program.ear.next(FeedMessage, 2)
            return program.ear.messages

    assert run(send()) == [FeedMessage(PING, b"hello", 0), FeedMessage(TEXT, b"GET_STATUS", 0)]


@pytest.mark.parametrize(
    "data",
    [
        ws_frame(TEXT, b"clear", masks=False),
        ws_frame(3, b"reserved"),
        ws_frame(0, b"part of nothing"),
        ws_frame(PING, b"in parts", is_final=False),
        ws_frame(PING, bytes(126)),
        ws_frame(TEXT, b"half", is_final=False) + ws_frame(TEXT, b"another"),
        bytes([0xC1]) + ws_frame(TEXT, b"bits")[1:],
        bytes([0x82, 0xFF]) + b"\xff" * 12,
        ws_frame(TEXT, bytes(9000)),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_nonsense_ends_that_feed_alone(data: bytes) -> None:
    async def send() -> FeedEnd:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            await asyncio.get_running_loop().sock_sendall(program.party.end, data)
            ended = await program.ear.next(FeedClosed)
            assert len(program.ear.all(FeedClosed)) == 1
            return ended.reason

    assert run(send()) is FeedEnd.NONSENSE


@pytest.mark.parametrize("wire", [AUDIOSOCKET, WEBSOCKET], ids=["audiosocket", "websocket"])
def test_rubbish_of_any_kind_is_survived(wire: Wire) -> None:
    async def send() -> None:
        chance = random.Random(7)
        async with make_engine() as engine:
            for _ in range(60):
                async with feed_call(engine, wire) as program:
                    program.party.end.send(chance.randbytes(chance.randrange(1, 5000)))
                    await asyncio.sleep(0.001)
            async with rtp_call(engine) as call:
                await call.stream.play(Sound("still there", tone(500, 0.1)))

    run(send())


def test_a_flood_of_messages_is_read_in_shares() -> None:
    async def flood() -> tuple[int, int]:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            burst = ws_frame(PING, b"") * 20000
            sending = asyncio.get_running_loop().create_task(
                asyncio.get_running_loop().sock_sendall(program.party.end, burst)
            )
            await asyncio.sleep(0.5)
            count = len(program.ear.events)
            sending.cancel()
            ticks, late = engine.pump.ticks
            return count, ticks - late

    count, _ = run(flood())
    assert 32 < count < 1700  # 32 a tick


def test_keys_both_ways() -> None:
    async def key() -> tuple[FeedDigit, str]:
        async with (
            make_engine() as engine,
            rtp_call(engine) as call,
            feed_call(engine) as program,
        ):
            engine.connect(call.stream, program.feed)
            call.party.press("5")
            digit = await program.ear.next(FeedDigit)
            program.feed.press("7", duration=0.1)
            assert (await program.ear.next(DtmfEnded)).digit == "7"
            await call.party.until(lambda: len(call.party.packets(101)) >= 3)
            program.feed.send_digit("8")
            await program.ear.next(FeedDigit, 2)
            return digit, program.ear.digits

    digit, pressed = run(key())
    assert digit.digit == "5"
    assert pressed == "7"


def test_the_end_is_told_once_from_either_side() -> None:
    async def end() -> FeedEnd:
        async with make_engine() as engine, feed_call(engine) as first:
            first.party.end.shutdown(socket.SHUT_WR)
            ended = await first.ear.next(FeedClosed)
            async with feed_call(engine) as second:
                second.feed.send(b"\0\0\0")
                second.feed.close()
                await second.party.until(lambda: second.party.is_over)
                assert second.party.frames[-1] == (0, b"")
                second.feed.send(b"nobody")
                second.feed.flush(1)
                second.feed.pause(paused=True)
                assert second.feed.waiting == 0
            return ended.reason

    assert run(end()) is FeedEnd.CLOSED


def test_pausing_and_directions() -> None:
    async def pause() -> None:
        async with make_engine() as engine, feed_call(engine, WEBSOCKET) as program:
            program.feed.pause(paused=True)
            await program.party.say(tone(900, 0.2))
            async with asyncio.timeout(10):
                while program.feed.waiting < 0.2:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            assert program.feed.waiting == pytest.approx(0.2)
            program.feed.tell_drained()
            program.feed.pause(paused=False)
            await program.ear.next(FeedDrained)
            program.feed.direct(to_program=False, from_program=False)
            await program.party.say(tone(900, 0.2))
            await program.party.send(TEXT, b"after")
            assert (await program.ear.next(FeedMessage)).position == 1600

    run(pause())


def test_a_conference_hears_a_program_and_a_program_hears_it() -> None:
    async def confer() -> tuple[list[int], list[int]]:
        async with (
            make_engine() as engine,
            rtp_call(engine) as ann,
            rtp_call(engine) as bob,
            feed_call(engine, WEBSOCKET, codec="slin16") as program,
        ):
            mix = engine.open_mix()
            for stream in (ann.stream, bob.stream, program.feed):
                mix.join(stream, SeatPlan())
            ann.party.start_saying(tone(500, 1.5))
            bob.party.start_saying(tone(900, 1.5))
            await program.party.say(linear(1400, 1.5, 16000))
            await program.party.until(lambda: program.party.count >= 50)
            mix.close()
            heard = np.frombuffer(program.party.audio(), dtype="<i2")[8000:16000:2]
            return frequencies(ann.party.audio()[4000:12000]), frequencies(heard.tobytes())

    ann, program = run(confer())
    assert ann == [900, 1400]
    assert program == [500, 900]


def test_a_pipe_hears_what_a_party_says_and_one_that_is_full_harms_nobody() -> None:
    """As EAGI's program does, that reads its descriptor 3."""

    async def overhear() -> bytes:
        async with make_engine() as engine, rtp_call(engine) as call:
            reading, writing = os.pipe()
            feed = engine.open_feed(writing, FeedPlan(Framing.NONE), FeedEar())
            engine.listen_in(feed, call.stream, SpyPlan(hears_heard=False))
            call.party.start_saying(tone(500, 1.0))
            await call.stream.play(Sound("not heard", tone(900, 1.0)))
            heard = await asyncio.to_thread(os.read, reading, 2 * 8000)
            await call.stream.play(Sound("goes on", tone(900, 0.1)))
            os.close(reading)
            await call.stream.play(Sound("and on", tone(900, 0.1)))
            feed.close()
            return heard

    heard = run(overhear())
    assert frequencies(heard[4000:12000]) == [500]
