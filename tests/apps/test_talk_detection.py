"""What waits for talk or silence of the caller."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.talking import PartyFellSilent, PartyTalks
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import Outcome, lines_of, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream

Talk = tuple[float, float]  #: second at which it begins, seconds


def run(
    *lines: str, talks: tuple[Talk, ...] = (), more: str = "", folder: Path | None = None
) -> Outcome:
    async def talk(channel: Channel) -> None:
        loop = asyncio.get_running_loop()
        for at, seconds in talks:
            await asyncio.sleep(at - loop.time())
            fake_stream(channel).talk(seconds)

    def prepare(pbx: Pbx, channel: Channel) -> None:
        if folder is not None:
            pbx.directories = Directories(astetcdir=folder)

    sounds = FakeSounds({"long": 20.0})
    conf = lines_of(*lines) + more
    return run_dialplan(conf, play=talk, sounds=sounds, prepare=prepare)


@pytest.mark.parametrize(
    ("line", "talks", "status", "seconds"),
    [
        ("WaitForSilence(1000)", (), "SILENCE", 1.0),
        ("WaitForSilence(1000,2)", (), "SILENCE", 2.0),
        ("WaitForSilence(1000)", ((0.5, 2.0),), "SILENCE", 3.5),
        ("WaitForSilence(2000,1,3)", ((1.0, 1.0),), "TIMEOUT", 3.0),
        ("WaitForNoise(500)", ((1.0, 2.0),), "NOISE", 1.5),
        ("WaitForNoise(500)", ((1.0, 0.3), (3.0, 1.0)), "NOISE", 3.5),
        ("WaitForNoise(500,1,2)", (), "TIMEOUT", 2.0),
    ],
)
def test_waiting(line: str, talks: tuple[Talk, ...], status: str, seconds: float) -> None:
    outcome = run("Progress()", line, talks=talks)
    assert outcome["WAITSTATUS"] == status
    assert outcome.seconds == pytest.approx(seconds, abs=0.02)


def test_waiting_ends_with_the_call() -> None:
    async def leave(channel: Channel) -> None:
        await asyncio.sleep(1)
        channel.hangup()

    outcome = run_dialplan(lines_of("WaitForNoise()", "Set(R=on)"), play=leave)
    assert (outcome["WAITSTATUS"], outcome["R"]) == ("HANGUP", "")


DETECT = "exten => talk,1,Set(R=talked)\nexten => 5,1,Set(R=keyed)\n"


@pytest.mark.parametrize(
    ("talks", "result", "talked"),
    [
        (((1.0, 0.5),), "talked", "500"),
        (((1.0, 0.1),), "", "0"),  # too short
        (((1.0, 3.0),), "", "0"),  # too long
        (((6.0, 0.5),), "", "0"),  # nobody listens any more
    ],
)
def test_background_detect(talks: tuple[Talk, ...], result: str, talked: str) -> None:
    lines = ("BackgroundDetect(long,1000,200,2000,5000)", "Set(R=)")
    outcome = run(*lines, talks=talks, more=DETECT)
    assert (outcome["R"], outcome["TALK_DETECTED"]) == (result, talked)
    if talked != "0":
        assert outcome.seconds == pytest.approx(2.5, abs=0.02)


def test_background_detect_is_ended_by_a_digit() -> None:
    async def key(channel: Channel) -> None:
        await asyncio.sleep(1)
        channel.on_digit("5")

    conf = lines_of("BackgroundDetect(long)", "Set(R=no)") + DETECT
    assert run_dialplan(conf, play=key, sounds=FakeSounds({"long": 20.0}))["R"] == "keyed"


def test_amd(tmp_path: Path) -> None:
    human = run("AMD()", talks=((0.5, 0.5),), folder=tmp_path)
    assert human["AMDSTATUS"] == "HUMAN"
    machine = run("AMD()", talks=((0.5, 4.0),), folder=tmp_path)
    assert machine["AMDCAUSE"].startswith("LONGGREETING-")
    (tmp_path / "amd.conf").write_text("[general]\ngreeting = 6000\ntotal_analysis_time = 3000\n")
    unsure = run("AMD(,,,,,,,,,long)", talks=((0.5, 4.0),), folder=tmp_path)
    assert (unsure["AMDSTATUS"], unsure["AMDCAUSE"]) == ("NOTSURE", "TOOLONG-3000")
    silent = run("AMD(1000)", folder=tmp_path)
    assert silent["AMDCAUSE"] == "INITIALSILENCE-1000-1000"


def test_talk_detect_tells_the_world() -> None:
    told: list[tuple[str, float]] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        loop = asyncio.get_running_loop()
        pbx.events.subscribe(PartyTalks, lambda event: told.append(("on", loop.time())))
        pbx.events.subscribe(PartyFellSilent, lambda event: told.append(("off", event.duration)))

    async def talk(channel: Channel) -> None:
        for at in (1, 5, 9):
            await asyncio.sleep(at - asyncio.get_running_loop().time())
            fake_stream(channel).talk(1.0)

    lines = ("Set(TALK_DETECT(set)=500,200)", "Wait(4)", "WaitForNoise(200)", "Wait(2)")
    conf = lines_of(*lines, "Set(TALK_DETECT(remove)=)", "Wait(4)", "Set(TALK_DETECT(x)=)")
    run_dialplan(conf, play=talk, prepare=prepare)
    assert told == [("on", 1.0), ("off", 1.0), ("on", 5.0), ("off", 1.0)]


# loudness


def test_volume_and_mute() -> None:
    gains: list[tuple[float, float]] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        channel.at_end(lambda: gains.append(fake_stream(channel).gains))

    def after(*assignments: str) -> tuple[float, float]:
        run_dialplan(lines_of(*(f"Set({each})" for each in assignments)), prepare=prepare)
        return gains[-1]

    assert after("VOLUME(TX)=3") == (1.0, 3.0)
    assert after("VOLUME(RX)=-2,p", "VOLUME(tx)=1") == (0.5, 1.0)
    assert after("VOLUME(RX)=4", "MUTEAUDIO(in)=on") == (0.0, 1.0)
    assert after("VOLUME(RX)=4", "MUTEAUDIO(all)=on", "MUTEAUDIO(in)=off") == (4.0, 0.0)
    outcome = run_dialplan(lines_of("Set(VOLUME(TX)=3)", "Set(R=${VOLUME(TX)}${VOLUME(RX)})"))
    assert outcome["R"] == "30"
    for wrong in ("VOLUME(up)=1", "VOLUME(TX)=loud", "MUTEAUDIO(left)=on"):
        assert run_dialplan(lines_of(f"Set({wrong})", "Set(R=on)"))["R"] == "on"


@pytest.mark.parametrize(
    ("line", "tones"),
    [("Milliwatt()", "1004@0/1000"), ("Milliwatt(om)", "0/1000,1000@0/9000")],
)
def test_milliwatt(line: str, tones: str) -> None:
    heard: list[list[str]] = []

    async def leave(channel: Channel) -> None:
        await asyncio.sleep(5)
        heard.append(fake_stream(channel).backgrounds)
        channel.hangup()

    run_dialplan(lines_of(line), play=leave)
    assert heard == [[tones]]
