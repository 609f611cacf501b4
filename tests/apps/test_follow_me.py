"""FollowMe(): who is asked, who gets the call, what the others are told."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.apps.follow_me.follow_me import FollowMeProfiles
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import Directories
from switchroom.config.followme import read_followme
from switchroom.config.language.reader import parse_config
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from tests.support.dialplan import Outcome, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream
from tests.support.phones import Phones, hears

PROFILE = """\
[ann]
context = phones
number = 1,10
number = 2&3,20
"""
CONF = """\
[default]
exten => s,1,FollowMe({arguments})
 same => n,Set(R=on {after})
 same => n,Wait(1)
[phones]
exten => 1,1,Set(GLOBAL(WHO)=${{CALLERID(num)}})
 same => n,Dial(Phone/desk)
exten => 2,1,Dial(Phone/mobile)
exten => 3,1,Dial(Phone/home)
[sub]
exten => s,1,Set(GLOBAL(SUB)=${{GLOBAL(SUB)}} ${{CUT(CHANNEL(name),-,1)}})
 same => n,Return()
"""


def follow(
    work: Callable[[Channel, Phones], Awaitable[None]],
    arguments: str = "ann",
    profile: str = PROFILE,
    *,
    spool: Path | None = None,
    **answers_after: float | None,
) -> Outcome:
    phones = Phones(**{"desk": None, "mobile": None, "home": None, **answers_after})

    def prepare(pbx: Pbx, channel: Channel) -> None:
        technologies: dict[str, Technology] = {"PHONE": phones, "LOCAL": LocalTechnology()}
        pbx.technologies = technologies
        if spool is not None:
            pbx.directories = Directories(astspooldir=spool)
        pbx.datastore(FollowMeProfiles).config = read_followme(parse_config(profile))
        channel.caller = CallerId(number="99")

    async def play(channel: Channel) -> None:
        await work(channel, phones)
        channel.hangup()

    conf = CONF.format(arguments=arguments, after="${DIALEDTIME} ${ANSWEREDTIME}")
    return run_dialplan(conf, prepare=prepare, play=play, sounds=FakeSounds())


def test_who_presses_one_gets_the_call_and_the_others_are_told() -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(0.5)
        assert fake_stream(caller).played == ["followme/pls-hold-while-try"]
        await asyncio.sleep(12)  # the desk was silent for ten seconds
        assert phones["desk"].told[-1] == "hangup NORMAL_CLEARING"
        await asyncio.sleep(3)
        mobile, home = phones["mobile"], phones["home"]
        assert mobile.channel.state is home.channel.state is ChannelState.UP
        assert fake_stream(caller).backgrounds, "music"
        mobile.keys("1")
        await asyncio.sleep(1)
        assert hears(caller, mobile.channel)
        assert home.told[-1] == "hangup ANSWERED_ELSEWHERE"
        await asyncio.sleep(4)
        mobile.hangs_up()
        await asyncio.sleep(1)

    outcome = follow(work, mobile=1, home=2)
    assert outcome["R"] == "on 20 5"
    assert outcome.global_variables["WHO"] == "99"


def test_who_declines_or_says_nothing_is_hung_up_and_the_next_is_tried() -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(3)
        phones["desk"].keys("2")
        await asyncio.sleep(1)
        assert phones["desk"].channel.is_hung_up
        assert "dial" in phones["home"].told
        await asyncio.sleep(20)
        assert phones["home"].channel.is_hung_up
        await asyncio.sleep(2)

    outcome = follow(work, "ann,n", desk=1, home=1)
    assert outcome["R"].startswith("on 2")


def test_nobody_is_found() -> None:
    played: list[str] = []

    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(33.5)
        played.extend(fake_stream(caller).played)

    outcome = follow(work, "ann,sn")
    assert played == ["followme/status", "followme/pls-hold-while-try", "followme/sorry"]
    assert outcome["R"] == "on 33 "


def test_a_profile_that_asks_nobody_connects_at_once_and_l_keeps_the_local_channel() -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(3)
        assert hears(caller, phones["desk"].channel)
        names = [name for name in caller.pbx.channels if name.startswith("Local/")]
        assert len(names) == 2
        assert fake_stream(phones["desk"].channel).played == []

    follow(work, "ann,ld", PROFILE + "enable_callee_prompt = no\n", desk=1)


def test_n_capital_answers_only_when_somebody_takes_the_call() -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(3)
        assert caller.state is ChannelState.RINGING
        phones["desk"].keys("1")
        await asyncio.sleep(1)
        assert hears(caller, phones["desk"].channel)

    follow(work, "ann,N", desk=1)


def test_the_callers_name_is_recorded_played_and_forgotten(tmp_path: Path) -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(2.5)
        caller.on_digit("#")
        await asyncio.sleep(3.5)
        played = fake_stream(phones["desk"].channel).played
        assert played[0] == "followme/call-from"
        assert played[1] == f"{tmp_path}/followme/{caller.unique_id}"

    follow(work, "ann,a", spool=tmp_path, desk=1)
    assert not list((tmp_path / "followme").iterdir())


def test_routines_run_on_the_caller_once_and_on_each_that_is_called() -> None:
    async def work(_caller: Channel, _phones: Phones) -> None:
        await asyncio.sleep(12)

    outcome = follow(work, "ann,B(sub^s^1)b(sub^s^1)")
    assert outcome.global_variables["SUB"].split() == [
        "Fake/1", "Local/1@phones", "Local/2@phones", "Local/3@phones",
    ]  # fmt: skip


def test_prompts_that_are_empty_are_not_played() -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(2.5)
        phones["desk"].keys("1")
        await asyncio.sleep(1)
        assert fake_stream(phones["desk"].channel).played == []
        assert hears(caller, phones["desk"].channel)

    silent = "call-from-prompt =\nnorecording-prompt =\noptions-prompt =\n"
    follow(work, "ann,d", PROFILE + silent, desk=1)


@pytest.mark.parametrize("arguments", ["nobody", "ann"])
def test_without_a_profile_or_numbers_the_dialplan_goes_on(arguments: str) -> None:
    async def work(_caller: Channel, _phones: Phones) -> None:
        await asyncio.sleep(2)

    assert follow(work, arguments, "[ann]\n")["R"].startswith("on")


def test_a_caller_who_hangs_up_leaves_nobody_behind() -> None:
    async def work(caller: Channel, phones: Phones) -> None:
        await asyncio.sleep(2.5)  # the desk is being asked
        caller.hangup()
        await asyncio.sleep(0.1)
        assert phones["desk"].channel.is_hung_up

    follow(work, desk=1)
