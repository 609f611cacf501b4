"""Keys that are waited for over a tone or music: options of Read, ReadExten, WaitExten; SendDTMF."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from tests.support.dialplan import run_dialplan
from tests.support.fakes import FakeDriver

CONF = """\
[default]
exten => s,1,{}
 same => n,Set(R=${{X}})
exten => 12,1,Set(R=went to 12)
exten => t,1,Set(R=timeout)
exten => i,1,Set(R=invalid)
"""


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Read(X,dial,2,i)", BackgroundKind.TONES),
        ("ReadExten(X,dial,,i)", BackgroundKind.TONES),
        ("WaitExten(5,d)", BackgroundKind.TONES),
        ("WaitExten(5,d(info))", BackgroundKind.TONES),
        ("WaitExten(5,m)", BackgroundKind.MUSIC),
    ],
)
@pytest.mark.parametrize("keys", ["12", ""])
def test_something_is_heard_until_the_first_key(line: str, kind: BackgroundKind, keys: str) -> None:
    heard: list[BackgroundKind | None] = []

    async def play(channel: Channel) -> None:
        await asyncio.sleep(1)
        heard.append(channel.datastore(Background).kind)
        for key in keys:
            channel.on_digit(key)
            await asyncio.sleep(0.1)
            heard.append(channel.datastore(Background).kind)

    outcome = run_dialplan(CONF.format(line), play=play)
    assert heard[:2] == [kind, None][: 1 + len(keys)]
    if line.startswith("WaitExten"):
        assert outcome["R"] == ("went to 12" if keys else "timeout")
    elif line.startswith("ReadExten"):
        assert outcome["R"] == (keys or "t")
    else:
        assert outcome["R"] == keys
        assert outcome["READSTATUS"] == ("OK" if keys else "TIMEOUT")


def test_digits_are_sent_to_a_channel_that_is_answered_first() -> None:
    told: list[str] = []

    async def play(channel: Channel) -> None:
        assert isinstance(channel.driver, FakeDriver)
        await asyncio.sleep(0.1)
        told.extend(channel.driver.told)

    run_dialplan(CONF.format("SendDTMF(1,,,,a)"), play=play)
    assert told == ["answer"]


@pytest.mark.parametrize(
    ("before", "cause", "state"),
    [
        ("NoOp()", HangupCause.USER_BUSY, ChannelState.BUSY),
        ("Answer()", HangupCause.NOT_DEFINED, ChannelState.UP),
    ],
)
def test_who_is_answered_only_hears_that_it_is_busy(
    before: str, cause: HangupCause, state: ChannelState
) -> None:
    seen: list[ChannelState] = []

    async def play(channel: Channel) -> None:
        await asyncio.sleep(1)
        seen.append(channel.state)

    outcome = run_dialplan(f"[default]\nexten => s,1,{before}\n same => n,Busy(3)\n", play=play)
    assert outcome.cause is cause
    assert seen == [state]


@pytest.mark.parametrize("line", ["Echo()", "StreamEcho(4)", "StreamEcho()"])
def test_echo_does_not_answer(line: str) -> None:
    told: list[str] = []

    async def play(channel: Channel) -> None:
        assert isinstance(channel.driver, FakeDriver)
        await asyncio.sleep(1)
        channel.on_digit("#")
        told.extend(channel.driver.told)

    run_dialplan(CONF.format(line), play=play)
    assert told == []
