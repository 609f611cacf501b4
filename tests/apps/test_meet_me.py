"""MeetMe: rooms of meetme.conf, its option letters, and who administers them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.conference.meetme import MeetMeConferences
from switchroom.config.language.reader import parse_config
from switchroom.config.meetme import read_meetme
from switchroom.storage.realtime import Realtime
from tests.apps.conference_house import House, tell
from tests.channels.test_sip_realtime import Tables

ROOMS = """
[rooms]
conf => 600
conf => 601,1234
conf => 602,1234,9999
"""

EXTENSIONS = """
exten => 600,1,MeetMe(600)
exten => 10,1,MeetMe(600,${OPTIONS})
 same => n,Set(WENT_ON=yes)
exten => 11,1,MeetMe(,${OPTIONS})
exten => 12,1,MeetMe(601,,1234)
exten => 13,1,MeetMe(602)
exten => 14,1,MeetMe(777,${OPTIONS})
exten => 5,1,Set(EXITED=yes)
exten => 20,1,MeetMeCount(600,COUNT)
 same => n,Set(PARTIES=${MEETME_INFO(parties,600)})
exten => 21,1,MeetMeAdmin(600,${COMMAND})
exten => 22,1,MeetMeChannelAdmin(Fake/ann,k)
"""


def play(story, **variables: str) -> House:  # type: ignore[no-untyped-def]  # a Story
    async def with_rooms(house: House) -> None:
        config = read_meetme(parse_config(ROOMS, path=Path("meetme.conf")))
        house.pbx.datastore(MeetMeConferences).config = config
        house.pbx.global_variables |= variables
        await story(house)

    return tell(with_rooms, EXTENSIONS)


def rooms(house: House) -> MeetMeConferences:
    return house.pbx.datastore(MeetMeConferences)


def test_two_in_a_room() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "600")
        await house.call("bob", "600")
        assert (house.hears("ann"), house.hears("bob")) == ("b", "a")
        await house.call("out", "20")
        assert house.result("out", "COUNT") == house.result("out", "PARTIES") == "2"

    house = play(story)
    assert house.played("ann") == ["conf-onlyperson"]
    assert not rooms(house)


@pytest.mark.parametrize(
    ("options", "ann_hears", "bob_hears"),
    [("m", "", "a"), ("l", "", "a"), ("t", "b", ""), ("", "b", "a"), ("F", "b", "a")],
)
def test_who_talks_and_who_hears(options: str, ann_hears: str, bob_hears: str) -> None:
    async def story(house: House) -> None:
        await house.call("ann", "600")
        await house.call("bob", "10")
        assert (house.hears("ann"), house.hears("bob")) == (ann_hears, bob_hears)

    play(story, OPTIONS=options)


def test_the_menu_behind_the_star_and_the_key_that_leaves() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "600")
        await house.call("bob", "10")
        await house.press("bob", "*1")
        assert house.hears("ann") == ""
        await house.press("bob", "#")
        assert house.result("bob", "MEETME_EXIT_KEY") == "#"
        assert house.result("bob", "WENT_ON") == "yes"

    play(story, OPTIONS="sp")


def test_a_digit_that_is_an_extension_leads_there() -> None:
    async def story(house: House) -> None:
        await house.call("bob", "10")
        await house.press("bob", "7")
        assert house.seat("bob") is not None
        await house.press("bob", "5")
        assert house.result("bob", "EXITED") == "yes"

    play(story, OPTIONS="X")


def test_quiet_and_music_and_the_first_one_not_told() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "10")
        assert house.music("ann")
        assert house.played("ann") == []
        await house.call("bob", "10")
        assert not house.music("ann")

    assert play(story, OPTIONS="M1q").announced() == []


def test_waiting_for_a_marked_one_has_an_end() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "10", settle=6)
        assert rooms(house)["600"].room.member("Fake/ann") is not None
        await asyncio.sleep(6)
        assert house.result("ann", "WENT_ON") == "yes"

    play(story, OPTIONS="w(8)")


def test_it_may_be_over_after_a_while_or_with_the_last_other_one() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "10")
        await house.call("bob", "600")
        await house.hang_up("bob")
        assert house.result("ann", "WENT_ON") == "yes"
        house.pbx.global_variables["OPTIONS"] = "S(5)"
        await house.call("cleo", "10", settle=9)
        assert house.result("cleo", "WENT_ON") == "yes"

    play(story, OPTIONS="k")


@pytest.mark.parametrize(
    ("extension", "keyed", "is_in", "is_admin"),
    [
        ("12", "", True, False),
        ("13", "1234#", True, False),
        ("13", "9999#", True, True),
        ("13", "1#2#3#", False, False),
        ("11", "600#", True, False),
        ("11", "9#9#9#", False, False),
        ("14", "", False, False),
    ],
)
def test_numbers_and_pins(extension: str, keyed: str, *, is_in: bool, is_admin: bool) -> None:
    async def story(house: House) -> None:
        await house.call("ann", extension, settle=1.5)
        await house.press("ann", keyed, settle=8)
        held = list(rooms(house).values())
        assert bool(held) == is_in
        if held:
            assert held[0].room.members[0].profile.admin == is_admin

    play(story)


def test_a_room_made_by_the_first_one_keeps_his_pin_until_it_is_over() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "14", settle=0.5)
        await house.press("ann", "42#", settle=4)
        await house.call("bob", "14", settle=1.5)
        assert house.played("bob") == ["conf-getpin"]
        await house.press("bob", "42#", settle=4)
        assert house.hears("ann") == "b"
        await house.hang_up("ann", "bob")
        assert rooms(house).room("777") is None

    play(story, OPTIONS="D")


def test_administering() -> None:
    async def do(house: House, command: str) -> str:
        house.pbx.global_variables["COMMAND"] = command
        await house.call("out", "21")
        return house.result("out", "MEETMEADMINSTATUS")

    async def story(house: House) -> None:
        await house.call("ann", "600")
        await house.call("bob", "600")
        await house.call("cleo", "600")
        assert await do(house, "M,2") == "OK"
        assert house.hears("ann") == "c"
        assert await do(house, "m,2") == "OK"
        assert await do(house, "N") == "OK"
        assert house.hears("ann") == ""
        assert await do(house, "n") == "OK"
        assert await do(house, "T,1") == "OK"
        seat = house.seat("ann")
        assert seat is not None
        assert round(seat.talk_gain, 2) == 1.41
        assert await do(house, "v") == "OK"
        assert await do(house, "R") == "OK"
        assert await do(house, "L") == "OK"
        await house.call("late", "600")
        assert house.people["late"].is_finished
        assert await do(house, "e") == "OK"
        assert house.people["cleo"].is_finished
        assert await do(house, "k,7") == "NOTFOUND"
        assert await do(house, "y") == "NOPARSE"
        assert await do(house, "E") == "FAILED"
        await house.call("out", "22")
        assert house.people["ann"].is_finished
        assert await do(house, "K") == "OK"
        assert await do(house, "K") == "NOTFOUND"

    play(story)


def test_a_room_of_a_table() -> None:
    row = {
        "confno": "777", "pin": "", "adminpin": "99", "opts": "m", "adminopts": "", "maxusers": "2",
    }  # fmt: skip

    async def story(house: House) -> None:
        house.pbx._datastores[Realtime] = Tables(meetme=[row])
        await house.call("ann", "14")
        seat = house.seat("ann")
        assert seat is not None
        assert not seat.talks  # option m of the row
        await house.call("bob", "14")
        await house.call("cleo", "14")
        assert house.seat("bob") is not None
        assert house.people["cleo"].is_finished
        await house.call("dan", "11")
        await house.press("dan", "778#")
        assert "conf-invalid" in house.played("dan")

    play(story, OPTIONS="")


@pytest.mark.parametrize(
    "text", ["[rooms]\nroom => 5\n", "[rooms]\nconf => 5,1,2,3\n", "[general]\nx=1\n"]
)
def test_what_is_no_room(text: str) -> None:
    with pytest.raises(ConfigError):
        read_meetme(parse_config(text, path=Path("meetme.conf")))
