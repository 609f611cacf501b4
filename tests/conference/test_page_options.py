"""The option letters of Page(), told by what phones hear."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from switchroom.apps.conferences.page import PageOptions
from switchroom.media.files.reading import read_sound
from tests.conference.audible_house import AudibleHouse, Story, tell

#: What is shown elsewhere, and where.
ELSEWHERE = {"i": "tests/apps/test_dial_forward.py"}

EXTENSIONS = """
[default]
exten => page,1,Page(Fake/bob&Fake/cleo,${OPTIONS},5)
exten => busy,1,Answer()
 same => n,Wait(60)
[prepare]
exten => s,1,Set(GLOBAL(PREPARED)=${PREPARED}${ARG1})
 same => n,Return()
"""

STORIES: dict[str, tuple[str, Story]] = {}


def shows(options: str) -> Callable[[Story], Story]:
    """Mark a story of a page with these options."""

    def keep(story: Story) -> Story:
        STORIES[story.__name__] = (options, story)
        return story

    return keep


async def page(house: AudibleHouse, options: str, *, settle: float = 3.0) -> None:
    await house.call("ann", "page", settle=settle, OPTIONS=options)


@shows("")
async def one_speaks(house: AudibleHouse) -> None:
    assert house.hears("bob") == house.hears("cleo") == {"ann"}
    assert house.hears("ann") == set()
    assert house.sounds_of("ann") == ["beep"]
    await house.hang_up("ann")
    assert house.channels["bob"].is_hung_up


@shows("d")
async def all_speak(house: AudibleHouse) -> None:
    assert house.hears("ann") == {"bob", "cleo"}
    assert house.hears("bob") == {"ann", "cleo"}


@shows("q")
async def without_a_beep(house: AudibleHouse) -> None:
    assert house.sounds_of("ann") == []
    assert house.hears("bob") == {"ann"}


@shows("A(attention)")
async def an_announcement(house: AudibleHouse) -> None:
    assert house.sounds_of("bob") == ["attention"]
    assert house.sounds_of("ann") == ["beep", "attention"]


@shows("A(attention)n")
async def an_announcement_not_for_the_caller(house: AudibleHouse) -> None:
    assert house.sounds_of("bob") == ["attention"]
    assert house.sounds_of("ann") == ["beep"]


@shows("b(prepare^s^1(p))B(prepare^s^1(c))")
async def routines_before(house: AudibleHouse) -> None:
    assert house.pbx.global_variables["PREPARED"] == "cpp"
    assert house.hears("bob") == {"ann"}


@shows("r")
async def it_is_recorded(house: AudibleHouse) -> None:
    await house.hang_up("ann")
    (path,) = (house.pbx.directories.astspooldir / "monitor").glob("*.wav")
    samples, _rate = read_sound(path)
    assert len(samples) / 16000 == pytest.approx(2.5, abs=1)


@shows("s")
async def phones_in_use_are_left_alone(house: AudibleHouse) -> None:
    assert house.hears("bob") == {"ann"}
    assert house.hears("cleo") == set()
    assert house.channels["cleo"].application == "Wait"


@pytest.mark.parametrize("name", list(STORIES))
def test_option_of_page(name: str, tmp_path: Path) -> None:
    options, told = STORIES[name]

    async def story(house: AudibleHouse) -> None:
        if options == "s":
            await house.call("cleo", "busy")
        await page(house, options)
        await told(house)

    tell(story, "", EXTENSIONS, folder=tmp_path)


def test_every_letter_is_shown() -> None:
    letters = {field.metadata["letter"] for field in dataclasses.fields(PageOptions)}
    shown = {letter for options, _ in STORIES.values() for letter in options.partition("(")[0]}
    assert letters - shown - {"A", "B", "n"} == ELSEWHERE.keys()
