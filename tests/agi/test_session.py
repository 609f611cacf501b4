"""What a script hears of the call's end, and what it may do then."""

import asyncio

import pytest

from switchroom.pbx.channel import Channel
from tests.agi.support import drive

DEAD = "511 Command Not Permitted on a dead channel or intercept routine"


def test_a_script_that_ends() -> None:
    told = drive("NOOP")
    assert (told.status, told.hangups, told.is_killed) == ("SUCCESS", 0, False)


def test_a_hangup_ends_the_command_and_is_told_once() -> None:
    told = drive(
        "STREAM FILE hello 0", "ANSWER", "SET VARIABLE a 1", "GET VARIABLE a", "DATABASE PUT f k v",
        durations={"hello": 60.0}, hangup_after=5,
    )  # fmt: skip
    assert told.answers == [
        "200 result=-1", DEAD, "200 result=1", "200 result=1 (1)", "200 result=1",
    ]  # fmt: skip
    assert (told.status, told.hangups) == ("HANGUP", 1)


def test_a_hangup_while_the_script_thinks() -> None:
    told = drive("NOOP", hangup_after=5, stays=True)
    assert (told.status, told.hangups) == ("HANGUP", 1)
    assert told.is_killed, "it stayed for longer than it may"


def test_its_own_hangup() -> None:
    told = drive("HANGUP", "STREAM FILE hello 0", "GET VARIABLE EXTEN")
    assert told.answers == ["200 result=1", DEAD, "200 result=1 (1)"]
    assert (told.status, told.hangups) == ("HANGUP", 1)


@pytest.mark.parametrize(
    ("variables", "hangups", "is_killed"),
    [({"AGISIGHUP": "no"}, 0, 0), ({"AGIEXITONHANGUP": "yes"}, 0, 1)],
)
def test_what_it_wants_to_hear(variables: dict[str, str], hangups: int, is_killed: int) -> None:
    told = drive("WAIT FOR DIGIT -1", "NOOP", variables=variables, hangup_after=2)
    assert (told.status, told.hangups, told.is_killed) == ("HANGUP", hangups, is_killed)


def test_in_h_the_call_is_over_from_the_start() -> None:
    told = drive("ANSWER", "GET VARIABLE EXTEN", is_dead=True)
    assert told.answers == [DEAD, "200 result=1 (1)"]
    assert (told.status, told.hangups) == ("SUCCESS", 0)


def test_a_redirection_is_a_hangup_to_it() -> None:
    told = drive(
        "WAIT FOR DIGIT -1", dialplan="[c]\nexten => 9,1,NoOp()\n",
        before=lambda channel: channel.pbx.spawn(_redirect(channel), name="x"),
    )  # fmt: skip
    assert (told.status, told.hangups) == ("HANGUP", 1)


async def _redirect(channel: Channel) -> None:
    await asyncio.sleep(2)
    channel.redirect("c", "9", 1)


def test_many_commands_let_others_work() -> None:
    ticks: list[int] = []

    def count(_: Channel) -> None:
        loop = asyncio.get_running_loop()

        def tick() -> None:
            ticks.append(1)
            if len(ticks) < 100:
                loop.call_soon(tick)

        loop.call_soon(tick)

    drive(*["NOOP"] * 1000, before=count)
    assert len(ticks) >= 1000 // 32
