"""ToneScan(): what is listened for, and what becomes of it; by audio, through the engine's detector."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.apps.tone_scan import ToneScanOptions, tone_scan
from switchroom.config.indications import built_in_zone
from switchroom.dialplan.options import parse_options
from switchroom.media.api import StreamPlan
from switchroom.media.engine.engine import Engine
from switchroom.media.tone_list import make_tones, parse_tone_list
from switchroom.pbx.channel import Channel
from tests.media.rtp_party import rtp_party
from tests.support.dialplan import Outcome, run_dialplan
from tests.support.fakes import fake_stream, make_channel, make_pbx


def scan(arguments: str, *whistles: tuple[float, float], key: str = "") -> Outcome:
    """Each tone, by hertz and seconds, comes a second after the one before."""

    async def play(channel: Channel) -> None:
        for hertz, seconds in whistles:
            await asyncio.sleep(1)
            fake_stream(channel).whistle(hertz, seconds)
        await asyncio.sleep(1)
        if key:
            channel.on_digit(key)
            await asyncio.sleep(1)
        channel.hangup()

    conf = f"[default]\nexten => s,1,ToneScan({arguments})\n same => n,Wait(99)\n"
    return run_dialplan(conf, play=play)


@pytest.mark.parametrize(
    ("arguments", "whistles", "key", "status"),
    [
        ("de,9", [(425, 1.0)], "", "RINGING"),
        ("de,9", [(425, 0.48)], "", "BUSY"),
        ("de,9,2", [(425, 0.48)], "", "HANGUP"),
        ("de,9,2", [(425, 0.48), (425, 0.48)], "", "BUSY"),
        ("de,9", [(967, 0.33), (1788, 0.33)], "", "SIT"),
        ("de,9", [(2100, 3)], "", "MODEM"),
        ("de,9", [(1100, 0.5)], "", "HANGUP"),
        ("de,9,,f", [(1100, 0.5)], "", "FAX"),
        ("de,9", [], "5", "DTMF"),
        ("de,0.5", [], "", "TIMEOUT"),
        (",9", [], "", "HANGUP"),
        ("atlantis,9", [], "", ""),
    ],
)
def test_what_is_heard(
    arguments: str, whistles: list[tuple[float, float]], key: str, status: str
) -> None:
    outcome = scan(arguments, *whistles, key=key)
    assert outcome["TONESCANSTATUS"] == status


@pytest.mark.parametrize(
    ("country", "tone", "options", "status"),
    [
        ("us", "busy", "", "BUSY"),
        ("fr", "dial", "", "DIALTONE"),
        ("de", "ring", "", "RINGING"),
        ("de", "congestion", "", "BUSY"),
        ("de", "dial", "v", "DIALTONE"),
        ("us", "info", "", "SIT"),
    ],
)
def test_tones_of_an_exchange_are_told_apart(
    country: str, tone: str, options: str, status: str
) -> None:
    """By audio: what a country's exchange sends is what the engine hears."""
    zone = built_in_zone(country)
    assert zone is not None
    sounds = make_tones(parse_tone_list(zone.tone(tone)), tone)
    whole = (sounds.once.samples if sounds.once else b"") + (
        sounds.loop.samples * 5 if sounds.loop else b""
    )

    async def main() -> str:
        engine = Engine(first_port=47200, last_port=47219)
        pbx = make_pbx(engine=engine)
        channel = make_channel(pbx)
        try:
            async with pbx, rtp_party() as party:
                plan = StreamPlan("PCMU", 0, remote=party.address)
                stream = await engine.open_stream("127.0.0.1", plan, channel.on_media_event)
                party.remote = stream.local_address
                channel._stream = stream
                party.start_saying(whole[: 2 * 8000 * 5])
                async with asyncio.timeout(20):
                    letters = parse_options(ToneScanOptions, options)
                    await tone_scan(channel, country, 9, "", letters)
                return channel.variables["TONESCANSTATUS"]
        finally:
            channel.finish()
            await engine.close()

    assert asyncio.run(main()) == status
