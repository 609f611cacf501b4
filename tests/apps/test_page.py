"""Page: many phones hear one voice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.apps.conferences.page import Pages
from switchroom.conference.conference import Conference
from tests.apps.conference_house import House, tell

PHONES = "Local/1@phones/n&Local/2@phones/n&Local/busy@phones/n"
EXTENSIONS = """
exten => 1,1,Page({phones},{options},5)
 same => n,Set(WENT_ON=yes)
[phones]
exten => _[12],1,Wait(${EXTEN})
 same => n,Answer()
 same => n,Wait(100)
exten => busy,1,Busy(5)
exten => late,1,Wait(30)
[sub]
exten => s,1,Set(GLOBAL(PREPARED)=${PREPARED}${ARG1})
 same => n,Return()
"""


def held(house: House) -> Conference:
    (page,) = house.pbx.datastore(Pages).values()
    return page


def talkers(page: Conference) -> list[str]:
    return sorted(
        channel.partition("@")[0]
        for channel, a in page.attendances.items()
        if page.room.talks(a.member)
    )


def play(story, options: str = "", phones: str = PHONES, folder: Path | None = None) -> House:  # type: ignore[no-untyped-def]  # a Story
    text = EXTENSIONS.replace("{phones}", phones).replace("{options}", options)
    return tell(story, text, folder=folder)


@pytest.mark.parametrize(
    ("options", "expected"),
    [("", ["Fake/boss"]), ("d", ["Fake/boss", "Local/1", "Local/2"])],
)
def test_who_speaks(options: str, expected: list[str]) -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=1.5)
        assert len(held(house).attendances) == 2  # as each answers
        await asyncio.sleep(3)
        page = held(house)
        assert talkers(page) == expected
        seat = house.seat("boss")
        assert seat is not None
        assert seat.hears == (options == "d")
        assert house.played("boss") == ["beep"]
        assert house.announced() == []
        await house.hang_up("boss")
        assert house.pbx.channels == {}

    play(story, options)


def test_what_everybody_hears_first() -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=6)
        assert house.played("boss") == ["attention"]
        assert len(held(house).attendances) == 3

    play(story, "qA(attention)")


def test_not_for_the_caller() -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=6)
        assert house.played("boss") == []

    play(story, "qnA(attention)")


def test_a_routine_for_each_and_who_does_not_answer_is_given_up() -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=3)
        assert house.pbx.global_variables["PREPARED"] == "hxx"
        await asyncio.sleep(4)
        assert [name.partition("@")[0] for name in held(house).attendances] == [
            "Fake/boss",
            "Local/1",
        ]

    play(story, "b(sub^s^1(x))B(sub^s^1(h))", "Local/1@phones/n&Local/late@phones/n&Nope/1")


def test_the_caller_hangs_up_while_it_rings() -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=0.5)
        await house.hang_up("boss")
        assert house.pbx.channels == {}
        assert not house.pbx.datastore(Pages)

    play(story, "", "Local/late@phones/n")


def test_phones_in_use_are_left_alone_where_that_is_wanted() -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=1.5)
        await house.call("chief", "1", settle=3)
        pages = list(house.pbx.datastore(Pages).values())
        assert [len(page.attendances) for page in pages] == [2, 1]

    play(story, "s", "Local/1@phones/n")


def test_it_is_recorded(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.call("boss", "1", settle=3)
        assert held(house).is_recording

    play(story, "r", folder=tmp_path)
