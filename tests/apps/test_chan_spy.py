"""ChanSpy and ExtenSpy: whom they listen to, and by audio who hears whom."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast

import pytest

from switchroom.apps.chan_spy import SpyOptions, chan_spy
from switchroom.config.asterisk_conf import Directories
from switchroom.dialplan.options import parse_options
from switchroom.media.api import MonitorPlan, SpyPlan, Stream, StreamPlan
from switchroom.media.engine.engine import Engine
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx
from tests.media.calls import frequencies
from tests.media.rtp_party import RtpParty, rtp_party, tone
from tests.support.dialplan import Outcome, lines_of, run_dialplan
from tests.support.fakes import (
    FakeAstDb,
    FakeDriver,
    FakeSounds,
    NoDialplan,
    fake_stream,
    make_channel,
)

LISTEN, WHISPER, BARGE = SpyPlan(), SpyPlan(whispers=True), SpyPlan(barges=True)


class Spied:
    """Channels to listen to, and a spy who keys things; keeps whom it listened to, and how."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, SpyPlan]] = []
        self.gains: list[float] = []
        self.played: list[str] = []
        self.others: dict[str, Channel] = {}

    def run(self, line: str, *keys: str, more: str = "", exit_context: str = "") -> Outcome:
        """Run the line, let each key be pressed in its second, and hang up a second later."""

        async def play(channel: Channel) -> None:
            for key in keys:
                await asyncio.sleep(1)
                self.look(channel)
                if key in self.others:
                    self.others[key].hangup()
                elif key:
                    channel.on_digit(key)
            await asyncio.sleep(1)
            self.look(channel)
            channel.hangup()

        def prepare(pbx: Pbx, channel: Channel) -> None:
            self.others = {
                name: make_channel(pbx, name=name, context="office", extension=extension)
                for name, extension in (
                    ("SIP/100-00000001", "1"),
                    ("SIP/101-00000002", "2"),
                    ("SIP/100-00000003", "1"),
                )
            }
            if exit_context:
                channel.variables["SPY_EXIT_CONTEXT"] = exit_context
            self.others["SIP/101-00000002"].variables["SPYGROUP"] = "sales:all"

        async def open_all(channel: Channel) -> None:
            for other in self.others.values():
                await other.stream()
            engine = channel.pbx.engine
            first, second, _ = (fake_stream(other) for other in self.others.values())
            engine.connect(first, second)
            await play(channel)

        sounds = FakeSounds({"beep": 0.1, "digits/1": 0.1, "digits/0": 0.1})
        conf = lines_of(line, "Set(R=on)") + more
        return run_dialplan(conf, play=open_all, prepare=prepare, sounds=sounds)

    def look(self, channel: Channel) -> None:
        if channel.opened_stream is None:
            return
        stream = fake_stream(channel)
        self.played = stream.played
        if stream.spied is not None:
            target, plan = stream.spied
            name = next(n for n, other in self.others.items() if fake_stream(other) is target)
            self.heard.append((name.removeprefix("SIP/"), plan))
            self.gains.append(stream.gains[1])

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.heard]


@pytest.fixture
def spied() -> Spied:
    return Spied()


FIRST, SECOND, THIRD = "100-00000001", "101-00000002", "100-00000003"


def test_a_key_goes_round(spied: Spied) -> None:
    outcome = spied.run("ChanSpy(,q)", "*", "*", "*")
    assert spied.names == [FIRST, SECOND, THIRD, FIRST]
    assert outcome["SPY_CHANNEL"] == f"SIP/{FIRST}"
    assert {plan for _, plan in spied.heard} == {LISTEN}
    assert spied.played == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("ChanSpy(SIP/101,q)", [SECOND, SECOND]),
        ("ChanSpy(sip/100,q)", [FIRST, THIRD]),
        ("ChanSpy(SIP/100,qb)", [FIRST, FIRST]),
        ("ChanSpy(,qg(sales:x))", [SECOND, SECOND]),
        ("ChanSpy(,qe(101:102))", [SECOND, SECOND]),
        ("ExtenSpy(1@office,q)", [FIRST, THIRD]),
        ("ExtenSpy(1,q)", []),
        ("ChanSpy(SIP/999,q)", []),
    ],
)
def test_whom(spied: Spied, line: str, names: list[str]) -> None:
    spied.run(line, "*")
    assert spied.names == names


@pytest.mark.parametrize(
    ("options", "keys", "plans"),
    [
        ("w", "", [WHISPER]),
        ("B", "", [BARGE]),
        ("W", "", [SpyPlan(hears_said=False, hears_heard=False, whispers=True)]),
        ("o", "", [SpyPlan(hears_heard=False)]),
        ("d", "564", [LISTEN, WHISPER, BARGE, LISTEN]),
        ("", "56", [LISTEN, LISTEN, LISTEN]),
    ],
)
def test_how(spied: Spied, options: str, keys: str, plans: list[SpyPlan]) -> None:
    spied.run(f"ChanSpy(SIP/101,q{options})", *keys)
    assert [plan for _, plan in spied.heard] == plans


def test_loudness(spied: Spied) -> None:
    spied.run("ChanSpy(,qv(3))", "#", "#")
    assert spied.gains == [8.0, 16.0, 1 / 16]


def test_a_channel_is_announced(spied: Spied) -> None:
    spied.run("ChanSpy(SIP/101)", "")
    assert spied.played == ["beep", "digits/1", "digits/0", "digits/1"]


def test_a_number_is_keyed(spied: Spied) -> None:
    spied.run("ChanSpy(SIP/100,q)", *"101#", "")
    assert spied.names == [FIRST] * 4 + [SECOND] * 2


def test_other_keys(spied: Spied) -> None:
    assert spied.run("ChanSpy(,qc(7))", "7")["R"] == ""
    assert spied.names == [FIRST, SECOND]
    assert spied.run("ChanSpy(,qx(9))", "9")["R"] == "on"


def test_an_extension_ends_it(spied: Spied) -> None:
    more = "exten => 5,1,Set(R=five)\n[exit]\nexten => 6,1,Set(R=six)\n"
    assert spied.run("ChanSpy(,qX)", "4", "5", more=more)["R"] == "five"
    assert spied.run("ChanSpy(,qX)", "6", more=more)["R"] == ""
    assert spied.run("ChanSpy(,qX)", "6", more=more, exit_context="exit")["R"] == "six"


def test_who_hangs_up_gives_way_to_the_next(spied: Spied) -> None:
    spied.run("ChanSpy(SIP/100,q)", f"SIP/{FIRST}", "")
    assert spied.names == [FIRST, THIRD, THIRD]


def test_the_end_of_the_call_is_the_end(spied: Spied) -> None:
    assert spied.run("ChanSpy(SIP/100,qE)", f"SIP/{FIRST}", "")["R"] == "on"
    assert spied.run("ChanSpy(SIP/101,qS)", f"SIP/{SECOND}", "")["R"] == "on"
    assert spied.run("ChanSpy(SIP/101,q)", f"SIP/{SECOND}", "")["R"] == ""


def test_it_is_recorded(spied: Spied, tmp_path: Any) -> None:
    plans: list[MonitorPlan] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        pbx.directories = Directories(astspooldir=tmp_path)
        channel.at_end(lambda: plans.extend(m.plan for m in fake_stream(channel).monitors))

    async def leave(channel: Channel) -> None:
        await asyncio.sleep(1)
        channel.hangup()

    run_dialplan(lines_of("ChanSpy(,qr(heard))"), prepare=prepare, play=leave)
    assert [plan.heard for plan in plans] == [tmp_path / "monitor" / "heard.wav"]


# by audio

AGENT, CALLER, COACH = 500, 900, 1400  #: hertz that each of them says


class RtpDriver(FakeDriver):
    """A driver whose stream is a real one."""

    def __init__(self, party: RtpParty) -> None:
        super().__init__()
        self._party = party

    async def open_stream(self) -> Stream:
        assert self.channel is not None
        plan = StreamPlan("PCMU", 0, remote=self._party.address)
        engine = self.channel.pbx.engine
        stream = await engine.open_stream("127.0.0.1", plan, self.channel.on_media_event)
        self._party.remote = stream.local_address
        return stream


async def hear(options: str) -> dict[int, list[int]]:
    """An agent talks with a caller, a coach runs ChanSpy; returns the tones that each hears."""
    engine = Engine(first_port=47000, last_port=47099)
    pbx = Pbx(
        system_name="", engine=engine, sounds=FakeSounds(), astdb=cast("Any", FakeAstDb()),
        dialplan=NoDialplan(), technologies={}, directories=Directories(),
    )  # fmt: skip
    try:
        async with AsyncExitStack() as stack, pbx:
            parties, channels = {}, {}
            for hz in (AGENT, CALLER, COACH):
                parties[hz] = await stack.enter_async_context(rtp_party())
                channel = channels[hz] = make_channel(pbx, name=f"SIP/{hz}-00000001")
                channel.set_state(ChannelState.UP)
                driver = channel.driver = RtpDriver(parties[hz])
                driver.channel = channel
                await channel.stream()
            engine.connect(await channels[AGENT].stream(), await channels[CALLER].stream())
            work = chan_spy(channels[COACH], f"SIP/{AGENT}", parse_options(SpyOptions, options))
            spying = pbx.spawn(work, name="coach")
            for hz, party in parties.items():
                party.start_saying(tone(hz, 1.2))
            await asyncio.sleep(1.2)
            spying.cancel()
            for channel in channels.values():
                channel.finish()
            return {hz: frequencies(p.audio()[-2 * 4800 :]) for hz, p in parties.items()}
    finally:
        await engine.close()


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        ("q", {AGENT: [CALLER], CALLER: [AGENT], COACH: [AGENT, CALLER]}),
        ("qw", {AGENT: [CALLER, COACH], CALLER: [AGENT], COACH: [AGENT, CALLER]}),
        ("qB", {AGENT: [CALLER, COACH], CALLER: [AGENT, COACH], COACH: [AGENT, CALLER]}),
    ],
)
def test_a_whisper_is_heard_by_the_agent_only(options: str, heard: dict[int, list[int]]) -> None:
    assert asyncio.run(hear(options)) == heard
