"""AudioSocket, as application and as channel, with a program behind a real socket."""

from __future__ import annotations

import asyncio
import struct
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from switchroom.channels.external.audiosocket import Kind
from switchroom.channels.external.audiosocket_channel import AudioSocketTechnology
from switchroom.channels.external.resource import parse_options
from switchroom.media.api import Sound
from switchroom.media.engine.feed import EngineFeed
from switchroom.net.connecting import parse_service
from tests.channels.program_server import ProgramServer, program_server
from tests.media.calls import ends_with, frequencies, windows_of
from tests.media.feed_party import FeedParty
from tests.media.rtp_party import tone
from tests.support.heard_calls import HeardOffice, HeardPhone, heard_office
from tests.support.tones import read_wav

CALL = "40325ec2-5efd-4bd3-805f-53576e581d13"
APPLICATION = f"AudioSocket({CALL},SERVICE)"
DIAL = f"Dial(AudioSocket/SERVICE/{CALL},,g)"
EACH_DOOR = pytest.mark.parametrize("step", [APPLICATION, DIAL], ids=["application", "channel"])


@dataclass(slots=True)
class Talk:
    """A caller and a program that are through to each other."""

    office: HeardOffice
    phone: HeardPhone
    program: FeedParty
    server: ProgramServer


@asynccontextmanager
async def talk(step: str) -> AsyncIterator[Talk]:
    """Let a phone call a program; the dialplan sets ``after`` when the program has ended it."""
    async with program_server() as server:
        conf = (
            f"[default]\nexten => 1,1,{step.replace('SERVICE', server.service)}\n"
            " same => n,Set(after=${DIALSTATUS}.)\n same => n,Hangup()\n"
        )
        technologies = {"AUDIOSOCKET": AudioSocketTechnology()}
        async with heard_office(conf, technologies=technologies) as office:
            phone = await office.call("1")
            program = await server.take()
            await program.until(lambda: bool(program.frames))
            yield Talk(office, phone, program, server)


@EACH_DOOR
def test_both_hear_each_other_and_keys_go_both_ways(step: str) -> None:
    async def main() -> None:
        async with talk(step) as call:
            phone, program = call.phone.party, call.program
            assert program.frames[0] == (Kind.UUID, uuid.UUID(CALL).bytes)
            await program.until(lambda: program.count > 0)  # it is through
            phone.start_saying(tone(500, 20))
            await program.say(tone(900, 2))
            await phone.until(lambda: windows_of(phone.audio(), 900) >= 5)
            await program.until(lambda: windows_of(program.audio(), 500) >= 5)
            phone.press("5")
            await program.until(lambda: (Kind.DIGIT, b"5") in program.frames)
            await program.send(Kind.DIGIT, b"7")
            await phone.until(lambda: len(phone.packets(101)) >= 3)
            audio = [data for kind, data in program.frames if kind == 0x10]
            assert {len(data) for data in audio} == {320}

    asyncio.run(main())


@EACH_DOOR
def test_what_the_program_said_last_is_heard_before_the_dialplan_goes_on(step: str) -> None:
    async def main() -> tuple[str, bytes]:
        async with talk(step) as call:
            await call.program.say(tone(900, 1.0))
            await call.program.send(Kind.HANGUP)
            await call.phone.is_over.wait()
            return call.phone.channel.variables["after"], call.phone.party.audio()

    after, heard = asyncio.run(main())
    assert after == ("ANSWER." if step is DIAL else ".")
    assert windows_of(heard, 900) >= 8  # of ten tenths of a second, wherever they begin


@EACH_DOOR
def test_a_program_that_only_closes_ends_it_too(step: str) -> None:
    async def main() -> None:
        async with talk(step) as call:
            call.program.close()
            await call.phone.is_over.wait()
            assert "after" in call.phone.channel.variables

    asyncio.run(main())


@EACH_DOOR
def test_the_program_is_told_when_the_caller_hangs_up(step: str) -> None:
    async def main() -> None:
        async with talk(step) as call:
            await call.program.until(lambda: call.program.count > 0)
            call.phone.channel.hangup()
            await call.program.until(lambda: call.program.is_over)
            assert call.program.frames[-1] == (Kind.HANGUP, b"")
            await call.phone.is_over.wait()
            assert not call.office.pbx.channels
            assert call.office.engine.stream_count == 0

    asyncio.run(main())


def test_a_recording_has_both(tmp_path: Path) -> None:
    async def main() -> bytes:
        async with talk(f"MixMonitor({tmp_path}/both.wav)\n same => n,{APPLICATION}") as call:
            call.phone.party.start_saying(tone(500, 2))
            await call.program.say(tone(900, 2))
            await call.program.until(lambda: call.program.count >= 90)
            await call.program.send(Kind.HANGUP)
            await call.phone.is_over.wait()
        return read_wav(tmp_path / "both.wav")

    assert set(frequencies(asyncio.run(main())[8000:24000])) == {500, 900}


@EACH_DOOR
def test_what_is_played_to_a_program_and_to_its_caller(step: str) -> None:
    async def main() -> None:
        async with talk(step) as call:
            await call.program.until(lambda: call.program.count > 0)
            (feed,) = [s for s in call.office.engine._streams.values() if isinstance(s, EngineFeed)]
            stream = await call.phone.channel.stream()
            program, phone = call.program, call.phone.party
            async with asyncio.TaskGroup() as group:
                group.create_task(feed.play(Sound("to the program", tone(700, 40))))
                group.create_task(stream.play(Sound("to the caller", tone(1100, 40))))
                await program.until(lambda: ends_with(program.audio(), 700))
                await phone.until(lambda: ends_with(phone.audio(), 1100))
                feed.stop_playback()
                stream.stop_playback()

    asyncio.run(main())


def test_wide_audio_has_a_type_of_its_own() -> None:
    async def main() -> None:
        async with talk(f"Dial(AudioSocket/SERVICE/{CALL}/c(slin16))") as call:
            await call.program.until(lambda: any(kind == 0x12 for kind, _ in call.program.frames))
            audio = [data for kind, data in call.program.frames if kind >= 0x10]
            assert {len(data) for data in audio} == {640}
            await call.program.send(0x12, bytes(640))
            await call.program.send(0x10, bytes(320))  # which is another rate, and dropped

    asyncio.run(main())


def test_variables_name_and_format_of_the_channel() -> None:
    async def main() -> None:
        async with talk(DIAL) as call:
            await call.program.until(lambda: call.program.count > 0)
            (channel,) = [c for c in call.office.pbx.channels.values() if "Audio" in c.name]
            assert channel.name == f"AudioSocket/{call.server.service}-{CALL}"
            assert channel.variables["AUDIOSOCKET_UUID"] == CALL
            assert channel.variables["AUDIOSOCKET_SERVICE"] == call.server.service
            assert channel.driver.audio_format == "slin"  # type: ignore[attr-defined]  # it has one
            await call.office.call("1")
            second = await call.server.take()
            await second.until(lambda: second.count > 0)
            assert len([c for c in call.office.pbx.channels if c.startswith("AudioSocket/")]) == 2

    asyncio.run(main())


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x10\xff\xff" + bytes(100),
        b"\xff\x00\x01\x02",
        struct.pack("!BH", 0x7F, 9000) + bytes(9000),
    ],
    ids=["cut", "error", "unknown"],
)
def test_rubbish_ends_at_most_the_programs_own_call(rubbish: bytes) -> None:
    async def main() -> None:
        async with talk(APPLICATION) as call:
            await asyncio.get_running_loop().sock_sendall(call.program.end, rubbish)
            other = await call.office.call("1")
            second = await call.server.take()
            await second.until(lambda: second.count > 0)
            second.close()
            call.program.close()
            await other.is_over.wait()
            await call.phone.is_over.wait()

    asyncio.run(main())


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1:1/" + CALL,
        "127.0.0.1/" + CALL,
        "127.0.0.1:9/no-uuid",
        "127.0.0.1:9/" + CALL + "/c(ulaw)",
    ],
)
def test_who_cannot_be_reached(place: str) -> None:
    service, _, rest = place.partition("/")
    conf = (
        f"[default]\nexten => 1,1,Dial(AudioSocket/{place})\n same => n,Set(after=${{DIALSTATUS}})\n"
        f" same => n,AudioSocket({rest.partition('/')[0]},{service})\n same => n,Set(after=never)\n"
    )
    if "c(" in place:
        conf = conf.replace(" same => n,AudioSocket", " same => n,NoOp")

    async def main() -> str:
        technologies = {"AUDIOSOCKET": AudioSocketTechnology()}
        async with heard_office(conf, technologies=technologies) as office:
            phone = await office.call("1")
            await phone.is_over.wait()
            assert office.engine.stream_count == 0
            return phone.channel.variables["after"]

    assert asyncio.run(main()) == ("never" if "c(" in place else "CHANUNAVAIL")


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", {}),
        ("c(ulaw)n", {"c": "ulaw", "n": ""}),
        ("nf(json)v(a=b,c=(d))", {"n": "", "f": "json", "v": "a=b,c=(d)"}),
        ("c(ulaw", {"c": "ulaw"}),
        ("c()", {"c": ""}),
    ],
)
def test_options(text: str, parsed: dict[str, str]) -> None:
    assert parse_options(text) == parsed


def test_services() -> None:
    assert parse_service("host:80") == ("host", 80)
    assert parse_service("[::1]:80") == ("::1", 80)
    for text in ("host", "host:", ":80", "::1:80", "host:99999", "host:x", ""):
        with pytest.raises(ValueError, match=r"host:port|brackets"):
            parse_service(text)
