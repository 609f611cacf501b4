"""Ports, descriptors, memory: what an engine takes, what it gives back, and what it says when there is none."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import os
import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import DtmfEnded, PlaybackEnd, Sound, Stream, StreamPlan
from switchroom.media.codecs.samples import decode, encode
from switchroom.media.passages import Carries, PassagePlan
from tests.media.calls import make_engine, make_plan, noise, one_call, rtp_call, run
from tests.media.conformance.stage import Ear
from tests.media.rtp_party import rtp_party

PLAN = StreamPlan("PCMU", 0)


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def test_an_exhausted_range_says_what_to_do() -> None:
    first = random.randrange(61001, 65001, 10)  # others may test on this machine

    async def scenario() -> None:
        async with make_engine(first_port=first, last_port=first + 8) as engine:
            streams = [await engine.open_stream("127.0.0.1", PLAN, Ear()) for _ in range(4)]
            with pytest.raises(MediaError, match=rf"{first} and {first + 8}; widen .* rtp\.conf"):
                await engine.open_stream("127.0.0.1", PLAN, Ear())
            ports = [stream.local_address[1] for stream in streams]
            assert sorted(ports) == [first + 1, first + 3, first + 5, first + 7]
            streams[2].close()
            again = await engine.open_stream("127.0.0.1", PLAN, Ear())
            assert again.local_address[1] == ports[2]

    run(scenario())


def test_a_party_may_have_ports_of_its_own() -> None:
    first = random.randrange(61001, 65001, 10)
    plan = dataclasses.replace(PLAN, ports=(first, first + 4))

    async def scenario() -> None:
        async with make_engine() as engine:
            streams = [await engine.open_stream("127.0.0.1", plan, Ear()) for _ in range(2)]
            assert sorted(each.local_address[1] for each in streams) == [first + 1, first + 3]
            with pytest.raises(MediaError, match=rf"{first} and {first + 4}; .* pjsip\.conf"):
                await engine.open_stream("127.0.0.1", plan, Ear())
            passage = PassagePlan(Carries.VIDEO, ports=plan.ports)
            with pytest.raises(MediaError, match=r"pjsip\.conf"):
                engine.open_passage("127.0.0.1", passage)
            streams[0].close()
            assert (
                engine.open_passage("127.0.0.1", passage).local_address == streams[0].local_address
            )
            other = await engine.open_stream("127.0.0.1", PLAN, Ear())
            assert not first <= other.local_address[1] <= first + 4

    run(scenario())


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "no.address", "", "1.2.3.4.5"])
def test_a_foreign_address_is_named(host: str) -> None:
    async def scenario() -> None:
        async with make_engine() as engine:
            with pytest.raises(MediaError, match="no address of this machine"):
                await engine.open_stream(host, PLAN, Ear())

    run(scenario())


def test_a_codec_that_there_is_not_is_named() -> None:
    async def scenario() -> None:
        async with make_engine() as engine:
            with pytest.raises(MediaError, match="opus"):
                await engine.open_stream("127.0.0.1", StreamPlan("opus", 111), Ear())

    run(scenario())


@contextmanager
def one_descriptor_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 8, hard))
    taken: list[int] = []
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.dup(0))
        os.close(taken.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for number in taken:
            os.close(number)


def test_without_descriptors_it_says_so_and_goes_on_later() -> None:
    async def scenario() -> None:
        async with make_engine() as engine:
            before = descriptors()
            with one_descriptor_left(), pytest.raises(MediaError, match="descriptors"):
                await engine.open_stream("127.0.0.1", PLAN, Ear())
            assert descriptors() == before
            (await engine.open_stream("127.0.0.1", PLAN, Ear())).close()

    run(scenario())


def test_a_closed_engine_opens_nothing() -> None:
    async def scenario() -> None:
        async with make_engine() as engine:
            pass
        with pytest.raises(MediaError, match="closed"):
            await engine.open_stream("127.0.0.1", PLAN, Ear())

    run(scenario())


def test_ipv6() -> None:
    async def scenario() -> None:
        async with make_engine() as engine:
            try:
                (await engine.open_stream("::1", PLAN, Ear())).close()
            except MediaError:
                pytest.skip("no IPv6 on this machine")
            async with rtp_call(engine, host="::1") as one, rtp_call(engine, "PCMA") as two:
                assert one.stream.local_address[0] == "::1"
                engine.connect(one.stream, two.stream)
                one.party.press("6")
                await one.ear.next(DtmfEnded)
                two.party.burst(noise(0.4))
                wanted = decode("PCMU", encode("PCMU", decode("PCMA", encode("PCMA", noise(0.4)))))
                await one.party.until(lambda: wanted in one.party.audio())

    run(scenario())


def test_hundreds_of_streams_come_and_go_without_a_trace(tmp_path: Path) -> None:
    async def spin(rounds: int) -> None:
        async with one_call() as call, asyncio.TaskGroup() as group:
            for number in range(rounds):
                stream = await call.engine.open_stream("127.0.0.1", make_plan(call.party), Ear())
                pipes = call.engine.open_pipe(Ear(), Ear())
                call.engine.connect(stream, pipes[0])
                group.create_task(stream.play(Sound("noise", noise(0.5))))
                stream.start_recording(tmp_path / f"{number % 4}.wav")
                stream.set_echo(enabled=True)
                stream.send_digit("1")
                await asyncio.sleep(0)
                for one in (stream, *pipes):
                    one.close()

    async def scenario() -> None:
        await spin(100)
        gc.collect()
        before = descriptors(), resident_bytes()
        await spin(400)
        gc.collect()
        assert descriptors() == before[0]
        assert resident_bytes() - before[1] < 4_000_000  # a stream that leaks: 3 KB, a ring: 128 KB

    run(scenario())


def test_a_held_call_costs_little_memory() -> None:
    """The budget is 40 KiB for all of a held call; its stream may take a quarter."""

    async def scenario() -> float:
        async with make_engine(first_port=20000, last_port=29999) as engine, rtp_party() as party:
            music = Sound("music", noise(10))
            plan = make_plan(party)
            kept = [await engine.open_stream("127.0.0.1", plan, Ear()) for _ in range(50)]
            gc.collect()
            before = resident_bytes()
            async with asyncio.TaskGroup() as group:
                for _ in range(400):
                    stream = await engine.open_stream("127.0.0.1", plan, Ear())
                    kept.append(stream)
                    group.create_task(stream.play(music))
                await asyncio.sleep(0.3)
                taken = (resident_bytes() - before) / 400
                for stream in kept:
                    stream.close()
            return taken

    assert run(scenario()) < 10 * 1024


def test_streams_that_are_closed_in_the_midst_of_everything(tmp_path: Path) -> None:
    """Half a second of packets, sounds, recordings and bridges, while streams come and go."""
    draw = random.Random(3550)

    async def scenario() -> list[PlaybackEnd]:
        async with make_engine() as engine, rtp_party() as party, asyncio.TaskGroup() as group:
            loop = asyncio.get_running_loop()
            streams: list[Stream] = []
            plays: list[asyncio.Task[PlaybackEnd]] = []
            until = loop.time() + 0.5
            while loop.time() < until:
                if len(streams) < 20:
                    streams += [
                        await engine.open_stream("127.0.0.1", make_plan(party), Ear()),
                        *engine.open_pipe(Ear(), Ear()),
                    ]
                one, two = draw.sample(streams, 2)
                engine.connect(one, two)
                plays.append(group.create_task(one.play(Sound("noise", noise(0.1)))))
                two.start_recording(tmp_path / f"{draw.randrange(8)}.sln", max_duration=0.1)
                one.set_echo(enabled=draw.random() < 0.5)
                one.detect_talking(enabled=draw.random() < 0.5)
                party.remote = one.local_address if one.local_address[1] else party.remote
                if party.remote[1]:
                    party.burst(noise(0.2))
                    party.press("5")
                await asyncio.sleep(0.001)
                gone = streams.pop(draw.randrange(len(streams)))
                gone.close()
            for stream in streams:
                stream.close()
        return [task.result() for task in plays]

    ends = run(scenario())
    assert len(ends) > 20
    assert PlaybackEnd.CLOSED in ends
