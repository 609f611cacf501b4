"""Video of browsers: checked by ICE, its keys made by a handshake, passed on to whoever has it plain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchroom.media.api import DtlsPlan, IcePlan
from switchroom.media.engine.engine import Engine
from switchroom.media.passages import Carries, Passage, PassagePlan
from tests.media.calls import make_engine, run
from tests.media.test_dtls import OURS, STRANGER, THEIRS, DtlsParty, dtls_party
from tests.media.test_ice import ICE, NAMED
from tests.media.test_passages import video, watcher


@asynccontextmanager
async def browser(
    engine: Engine, *, we_begin: bool, ice: IcePlan | None = ICE, identity: object = THEIRS
) -> AsyncIterator[tuple[DtlsParty, Passage]]:
    def make() -> DtlsParty:
        return DtlsParty(identity, is_client=not we_begin)  # type: ignore[arg-type]  # one of them

    async with dtls_party(make, ("", 0)) as party:
        plan = PassagePlan(
            Carries.VIDEO,
            party.address,
            {"VP8": 96},
            rtcp_mux=True,
            dtls=DtlsPlan(OURS, we_begin, (THEIRS.fingerprint,)),
            ice=ice,
            reach_timeout=30.0,
        )
        passage = engine.open_passage("127.0.0.1", plan)
        party.remote = passage.local_address
        try:
            yield party, passage
        finally:
            passage.close()


async def shake(party: DtlsParty, *, we_begin: bool, ice: IcePlan | None = ICE) -> None:
    if ice is not None:
        await party.check(NAMED)
    if not we_begin:
        party.begin()
    await party.shaken()


@pytest.mark.parametrize("ice", [None, ICE], ids=["plain", "ice"])
@pytest.mark.parametrize("we_begin", [True, False], ids=["we", "they"])
def test_protected_video_goes_both_ways(*, we_begin: bool, ice: IcePlan | None) -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            browser(engine, we_begin=we_begin, ice=ice) as (party, one),
            watcher(engine, {"VP8": 100}) as (phone, two),
        ):
            engine.connect_passages(one, two)
            await shake(party, we_begin=we_begin, ice=ice)
            async with asyncio.timeout(10):
                while (
                    one.statistics().packets_received == 0
                ):  # its keys are there at once, ours soon
                    party.send_sealed(video(96, party.sequence))
                    party.sequence += 1
                    await asyncio.sleep(0.02)
            assert (await phone.receive())[12:] == b"picture"
            phone.send(video(100, 7, b"seen"))
            await party.until(lambda: bool(party.heard))
            assert party.heard[0].payload == b"seen"
            assert party.heard[0].payload_type == 96
            assert not party.clear, "nothing leaves in the clear"

    run(scenario())


def test_feedback_is_opened_and_passed_on() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            browser(engine, we_begin=True) as (party, one),
            watcher(engine, {"VP8": 100}) as (phone, two),
        ):
            engine.connect_passages(one, two)
            await shake(party, we_begin=True)
            assert party.connection.keys is not None
            party._prepare(party.connection.keys)
            assert party._seal is not None
            lost = bytes((0x81, 206, 0, 2)) + bytes(8)
            got = asyncio.get_running_loop().create_task(phone.receive_rtcp())
            while not got.done():
                party.send_raw(party._seal.protect_rtcp(lost))
                await asyncio.sleep(0.02)
            assert await got == lost

    run(scenario())


def test_nobody_without_a_named_pair_or_with_another_certificate_gets_video(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")

    async def scenario() -> None:
        async with (
            make_engine() as engine,
            browser(engine, we_begin=False, identity=STRANGER) as (party, one),
            watcher(engine, {"VP8": 100}) as (phone, two),
        ):
            engine.connect_passages(one, two)
            async with asyncio.timeout(10):
                while one.statistics().packets_dropped == 0:  # nobody has named a pair
                    party.send_raw(video(96, 1))
                    await asyncio.sleep(0.01)
            await party.check(NAMED)
            party.begin()
            async with asyncio.timeout(10):
                while "not the one that their description told of" not in caplog.text:
                    await asyncio.sleep(0.01)
            phone.send(video(100, 7))
            assert await phone.hears_nothing()
            assert party.heard == [] == party.clear
            assert one.statistics().packets_received == 0

    run(scenario())
