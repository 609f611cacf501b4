"""The states of conferences that test harnesses wait for."""

from __future__ import annotations

from switchroom.conference.conference import Conferences
from switchroom.pbx.events import TestState
from switchroom.pbx.harness import Harness
from tests.conference.audible_house import AudibleHouse, tell
from tests.conference.test_menu_actions import EXTENSIONS, MENU

State = tuple[str, dict[str, str]]


async def both(house: AudibleHouse) -> list[State]:
    """Ann, and bob who may do all, with the menu; what is told from then on."""
    told: list[State] = []
    house.pbx.datastore(Harness).is_on = True
    house.pbx.events.subscribe(TestState, lambda e: told.append((e.state, dict(e.headers))))
    await house.call("ann")
    await house.call("bob", MENU="m", USER="a")
    return told


def test_what_keys_do_is_told() -> None:
    async def story(house: AudibleHouse) -> None:
        told = await both(house)
        for key in "3*#1":
            await house.press("bob", key, settle=4)
        assert [(state, headers["Message"]) for state, headers in told] == [
            ("CONF_MENU_PLAYBACK", "playback one&two"),
            ("CONF_MENU_PLAYBACK", "playback_and_continue help"),
            ("CONF_MENU_DIALPLAN", "dialplan_exec default,beside,1"),
            ("CONF_MENU_ACTION", "toggle_mute"),
        ]
        name, channel = next(iter(house.pbx.datastore(Conferences))), house.channels["bob"].name
        for _, headers in told:
            assert (headers["Conference"], headers["Channel"]) == (name, channel)
        assert told[0][1]["Playback"] == "one&two"

    tell(story, MENU, EXTENSIONS)


def test_who_is_sent_out_is_told() -> None:
    async def story(house: AudibleHouse) -> None:
        told = await both(house)
        await house.call("cleo")
        cleo = house.channels["cleo"].name
        await house.press("bob", "A", settle=3)
        kicked = [headers for state, headers in told if state == "CONF_KICK"]
        assert [each["Channel"] for each in kicked] == [cleo]
        assert kicked[0]["Message"] == f"participant {cleo} kicked"

    tell(story, MENU, EXTENSIONS)
