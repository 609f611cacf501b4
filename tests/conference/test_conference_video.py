"""Whom a conference looks at, told by the pictures that reach its people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.conference.audible_house import AudibleHouse, Story, tell

PROFILES = """
[follow]
type=bridge
video_mode=follow_talker
[first]
type=bridge
video_mode=first_marked
[last]
type=bridge
video_mode=last_marked
[sfu]
type=bridge
video_mode=sfu
[slow]
type=bridge
video_mode=first_marked
video_update_discard=5000
[l]
type=user
marked=yes
[w]
type=user
wait_marked=yes
[m]
type=menu
1=set_as_single_video_src
2=release_as_single_video_src
"""

#: Actions of menus that are shown here.
SHOWN = {"set_as_single_video_src", "release_as_single_video_src"}
STORIES: list[Story] = []


def story(told: Story) -> Story:
    STORIES.append(told)
    return told


async def come(house: AudibleHouse, **bridges: Any) -> None:
    """Ann, bob and cleo come with video; each says a word and is silent then."""
    for name in ("ann", "bob", "cleo"):
        await house.call(name, settle=0.1, MENU="m", **bridges)
        house.be_silent(name)
        house.film(name)
        await asyncio.sleep(2)
    seen(house)


def seen(house: AudibleHouse) -> str:
    """Whom ann, bob and cleo see, by first letters; ``-``: nobody."""
    return "".join(house.sees(name)[:1] or "-" for name in ("ann", "bob", "cleo"))


async def then(house: AudibleHouse, seconds: float = 1.0) -> str:
    """Whom they see after a while."""
    await asyncio.sleep(seconds)
    seen(house)
    await asyncio.sleep(0.2)
    return seen(house)


async def talk(house: AudibleHouse, name: str) -> str:
    house.phones[name].is_speaking = True
    await asyncio.sleep(0.5)
    house.be_silent(name)
    return await then(house, 3)


@story
async def who_talks_is_seen(house: AudibleHouse) -> None:
    await come(house, BRIDGE="follow")
    assert await talk(house, "bob") == "bcb"
    assert await talk(house, "cleo") == "ccb"
    await house.hang_up("cleo")
    house.cameras.pop("cleo").close()
    assert (house.sees("ann"), house.sees("bob")) != ("cleo", "cleo")
    await asyncio.sleep(0.5)
    house.sees("ann")
    await asyncio.sleep(0.1)
    assert (house.sees("ann"), house.sees("bob")) == ("bob", "ann")


@story
async def one_picture_for_all_instead_of_many(house: AudibleHouse) -> None:
    await come(house, BRIDGE="sfu")
    assert await talk(house, "bob") == "bcb"


@story
async def the_first_marked_one_is_seen(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="first", settle=0.1)
    await house.call("bob", USER="l", settle=0.1)
    await house.call("cleo", USER="l", settle=3)
    for name in ("ann", "bob", "cleo"):
        house.film(name)
    assert await then(house) == "b-b"
    assert house.cameras["bob"].asked()
    await house.hang_up("bob")
    assert (await then(house))[0] == "c"


@story
async def the_last_marked_one_is_seen(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="last", settle=0.1)
    await house.call("bob", USER="l", settle=3)
    for name in ("ann", "bob"):
        house.film(name)
    await asyncio.sleep(0.2)
    assert (house.sees("ann"), house.sees("bob")) == ("bob", "")
    await house.call("cleo", USER="l", settle=3)
    house.film("cleo")
    assert await then(house) == "cc-"


@story
async def who_wants_to_be_seen_is(house: AudibleHouse) -> None:
    await come(house)
    assert await then(house) == "---"
    await house.press("cleo", "1")
    assert await then(house) == "cc-"
    assert house.conferences["600"].facts.video_source_mode == "single"
    await house.press("bob", "2")  # it is not he who is seen
    assert await then(house) == "cc-"
    await house.press("cleo", "2")
    assert await then(house) == "---"


@story
async def who_waits_neither_sees_nor_is_seen(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="follow", USER="w", settle=0.1)
    await house.call("bob", USER="w", settle=3)
    for name in ("ann", "bob"):
        house.film(name)
    await asyncio.sleep(0.5)
    assert (house.sees("ann"), house.sees("bob")) == ("", "")
    await house.call("cleo", USER="l", settle=3)
    house.film("cleo")
    assert "-" not in await then(house)


@story
async def who_comes_from_another_conference_sees_it_no_longer(house: AudibleHouse) -> None:
    await come(house, BRIDGE="follow")
    await talk(house, "bob")
    house.channels["ann"].goto("default", "601", 1)
    house.channels["ann"].redirect("default", "601", 1)
    assert (await then(house, 3))[0] == "-"


@story
async def wishes_for_a_picture_are_not_passed_on_too_often(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="slow", settle=0.1)
    await house.call("bob", USER="l", settle=3)
    for name in ("ann", "bob"):
        house.film(name)
    await asyncio.sleep(1)
    house.cameras["bob"].asked()
    for _ in range(7):
        house.cameras["ann"].report((206, 1))
        await asyncio.sleep(1)
    assert len(house.cameras["bob"].asked()) == 1


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.__name__)
def test_video(told: Callable[[AudibleHouse], object]) -> None:
    tell(told, PROFILES)  # type: ignore[arg-type]  # a Story
