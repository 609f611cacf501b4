"""RTP that nobody negotiated: programs and loudspeakers."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.channels.external.rtp_channel import MulticastRtpTechnology, UnicastRtpTechnology
from switchroom.pbx.technology import Technology
from tests.media.calls import ends_with, windows_of
from tests.media.rtp_party import RtpParty, rtp_party, tone
from tests.support.heard_calls import HeardOffice, heard_office

TECHNOLOGIES: dict[str, Technology] = {
    "UNICASTRTP": UnicastRtpTechnology(),
    "MULTICASTRTP": MulticastRtpTechnology(),
}


def conf(step: str) -> str:
    return (
        f"[default]\nexten => 1,1,{step}\n same => n,Set(after=${{DIALSTATUS}})\n"
        " same => n,Hangup()\n"
    )


async def channel_of(office: HeardOffice, program: RtpParty) -> None:
    """Wait until a channel to the program is up; the program sends to it then."""
    async with asyncio.timeout(20):
        while not (found := [c for n, c in office.pbx.channels.items() if "RTP" in n]):
            await asyncio.sleep(0.01)
    variables = found[0].variables
    program.remote = (
        variables["UNICASTRTP_LOCAL_ADDRESS"], int(variables["UNICASTRTP_LOCAL_PORT"]),
    )  # fmt: skip


@pytest.mark.parametrize("codec", ["ulaw", "alaw"])
def test_a_program_that_speaks_rtp(codec: str) -> None:
    async def main() -> None:
        async with rtp_party({"ulaw": "PCMU", "alaw": "PCMA"}[codec]) as program:
            step = f"Dial(UnicastRTP/127.0.0.1:{program.address[1]}/c({codec}))"
            async with heard_office(conf(step), technologies=TECHNOLOGIES) as office:
                phone = await office.call("1")
                await channel_of(office, program)
                phone.party.start_saying(tone(500, 20))
                program.start_saying(tone(900, 20))
                await phone.party.until(lambda: windows_of(phone.party.audio(), 900) >= 5)
                await program.until(lambda: windows_of(program.audio(), 500) >= 5)
                phone.channel.hangup()
                await phone.is_over.wait()
                assert office.engine.stream_count == 0

    asyncio.run(main())


@pytest.mark.parametrize("application", ["Dial", "Page"])
def test_loudspeakers_hear_and_say_nothing(application: str) -> None:
    async def main() -> None:
        async with rtp_party() as speaker:
            step = f"{application}(MulticastRTP/basic/127.0.0.1:{speaker.address[1]})"
            async with heard_office(conf(step), technologies=TECHNOLOGIES) as office:
                phone = await office.call("1")
                phone.party.start_saying(tone(500, 20))
                await speaker.until(lambda: ends_with(speaker.audio(), 500))

    asyncio.run(main())


@pytest.mark.parametrize(
    "resource",
    ["UnicastRTP/nowhere", "UnicastRTP/127.0.0.1:5000/c(none)", "UnicastRTP/no.invalid:5000",
     "MulticastRTP/linksys/239.0.0.1:5000/239.0.0.2:6000", "MulticastRTP/basic"],
)  # fmt: skip
def test_what_cannot_be_dialled(resource: str) -> None:
    async def main() -> str:
        office = heard_office(conf(f"Dial({resource})"), technologies=TECHNOLOGIES)
        async with office as one:
            phone = await one.call("1")
            await phone.is_over.wait()
            return phone.channel.variables["after"]

    assert asyncio.run(main()) == "CHANUNAVAIL"
