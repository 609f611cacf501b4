"""Every action of a menu, told by what phones hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from switchroom.config.confbridge import ACTIONS
from tests.conference.audible_house import DIALPLAN, AudibleHouse, Story, tell
from tests.conference.test_conference_video import SHOWN as ON_VIDEO

#: Accepted, and of no effect.
WITHOUT_EFFECT = {"toggle_binaural"}

MENU = """
[m]
type=menu
1=toggle_mute
2=leave_conference
3=playback(one&two)
4=decrease_listening_volume
5=increase_listening_volume
6=reset_listening_volume
7=decrease_talking_volume
8=increase_talking_volume
9=reset_talking_volume
0=participant_count
*=playback_and_continue(help)
*1=no_op
#=dialplan_exec(default,beside,1)
A=admin_kick_last
B=admin_toggle_conference_lock
C=admin_toggle_mute_participants
D=toggle_mute,participant_count
[a]
type=user
admin=yes
"""
EXTENSIONS = DIALPLAN + "exten => beside,1,Playback(aside)\n same => n,Set(BESIDE=yes)\n"

STORIES: dict[str, Story] = {}
SHOWN: set[str] = set()


def shows(*actions: str) -> Callable[[Story], Story]:
    """Mark a story that shows what keys do."""
    SHOWN.update(actions)

    def keep(story: Story) -> Story:
        STORIES[story.__name__] = story
        return story

    return keep


async def both(house: AudibleHouse, **profiles: Any) -> None:
    """Ann, and bob with the menu."""
    await house.call("ann")
    await house.call("bob", MENU="m", **profiles)


@shows("toggle_mute")
async def muting_oneself(house: AudibleHouse) -> None:
    await both(house)
    await house.press("bob", "1")
    assert (house.hears("ann"), house.hears("bob")) == (set(), {"ann"})
    await house.press("bob", "1")
    assert house.hears("ann") == {"bob"}
    assert house.sounds_of("bob")[-2:] == ["conf-muted", "conf-unmuted"]


@shows("leave_conference")
async def leaving(house: AudibleHouse) -> None:
    await both(house)
    await house.press("bob", "2")
    assert house.result("bob") == "DTMF"
    assert "bob" not in house.hears("ann")


@shows("playback")
async def sounds_for_oneself(house: AudibleHouse) -> None:
    await both(house)
    await house.press("bob", "3", settle=0.2)
    assert (house.hears("bob"), house.hears("ann")) == ({"one"}, set())
    await asyncio.sleep(1.5)
    assert house.sounds_of("bob")[-2:] == ["one", "two"]
    assert house.hears("ann") == {"bob"}


@shows("playback_and_continue", "no_op")
async def a_menu_that_is_read_out(house: AudibleHouse) -> None:
    await both(house)
    house.channels["bob"].digit_timeout = 0.2
    await house.press("bob", "*", settle=0.3)
    assert house.hears("bob") == {"help"}
    await house.press("bob", "1", settle=0.3)  # *1, which ends it
    assert house.hears("bob") == {"ann"}
    assert house.hears("ann") == {"bob"}


@shows("decrease_listening_volume", "increase_listening_volume", "reset_listening_volume")
async def how_loud_one_hears(house: AudibleHouse) -> None:
    await both(house)
    for key, level in (("4", 0.71), ("4", 0.5), ("5", 0.71), ("6", 1.0), ("5", 1.41)):
        await house.press("bob", key, settle=0.3)
        assert house.level("bob", "ann") == pytest.approx(level, rel=0.07)
    assert house.level("ann", "bob") == pytest.approx(1.0, rel=0.07)


@shows("decrease_talking_volume", "increase_talking_volume", "reset_talking_volume")
async def how_loud_one_is_heard(house: AudibleHouse) -> None:
    await both(house)
    for key, level in (("7", 0.71), ("7", 0.5), ("8", 0.71), ("9", 1.0), ("8", 1.41)):
        await house.press("bob", key, settle=0.3)
        assert house.level("ann", "bob") == pytest.approx(level, rel=0.07)
    assert house.level("bob", "ann") == pytest.approx(1.0, rel=0.07)


@shows("participant_count")
async def how_many_are_there(house: AudibleHouse) -> None:
    await both(house)
    await house.call("cleo")
    await house.press("bob", "0", settle=3)
    assert house.sounds_of("bob")[-3:] == ["conf-thereare", "digits/2", "conf-otherinparty"]


@shows("dialplan_exec")
async def the_dialplan_beside(house: AudibleHouse) -> None:
    await both(house)
    await house.press("bob", "#", settle=0.3)
    assert (house.hears("bob"), house.hears("ann")) == ({"aside"}, set())
    await asyncio.sleep(1)
    assert house.channels["bob"].variables["BESIDE"] == "yes"
    assert (house.hears("bob"), house.hears("ann")) == ({"ann"}, {"bob"})


@shows("admin_kick_last")
async def sending_out_who_came_last(house: AudibleHouse) -> None:
    await both(house, USER="a")
    await house.call("cleo", MENU="m")
    await house.press("cleo", "A")  # he may not
    assert house.sounds_of("cleo")[-1] == "conf-errormenu"
    await house.press("bob", "A", settle=3)
    assert house.result("cleo") == "KICKED"
    assert house.hears("ann") == {"bob"}


@shows("admin_toggle_conference_lock")
async def locking(house: AudibleHouse) -> None:
    await both(house, USER="a")
    await house.press("bob", "B")
    await house.call("cleo", settle=3)
    assert house.result("cleo") == "FAILED"
    await house.press("bob", "B")
    await house.call("cleo")
    assert house.hears("ann") == {"bob", "cleo"}


@shows("admin_toggle_mute_participants")
async def muting_all(house: AudibleHouse) -> None:
    await both(house, USER="a")
    await house.call("cleo")
    await house.press("bob", "C")
    assert house.hears("ann") == {"bob"}
    assert house.hears("bob") == set()
    await house.press("bob", "C")
    assert house.hears("ann") == {"bob", "cleo"}


@shows()
async def several_actions_of_one_key(house: AudibleHouse) -> None:
    await both(house)
    await house.press("bob", "D", settle=3)
    assert house.sounds_of("bob")[-2:] == ["conf-muted", "conf-onlyone"]
    assert house.hears("ann") == set()


@pytest.mark.parametrize("name", list(STORIES))
def test_action(name: str) -> None:
    tell(STORIES[name], MENU, EXTENSIONS)


def test_every_action_is_shown_or_said_to_have_no_effect() -> None:
    assert ACTIONS.keys() - SHOWN - ON_VIDEO - WITHOUT_EFFECT == set()
