"""The option letters of MeetMe(), told by what phones hear."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchroom.apps.conferences.meet_me_options import MeetMeOptions
from switchroom.conference.events import ConferenceTalking
from switchroom.conference.meetme import MeetMeConferences
from switchroom.config.language.reader import parse_config
from switchroom.config.meetme import read_meetme
from switchroom.media.files.reading import read_sound
from tests.conference.audible_house import AudibleHouse, Story, tell

#: Of MeetMe: accepted, and of no effect.
WITHOUT_EFFECT = {"b", "n", "v"}

ROOMS = "[rooms]\nconf => 600\nconf => 601,12,34\n"
EXTENSIONS = """
[default]
exten => _6XX,1,MeetMe(${EXTEN},${OPTIONS})
 same => n,Set(WENT_ON=yes)
 same => n,Wait(60)
exten => any,1,MeetMe(,${OPTIONS})
exten => 5,1,Set(EXITED=yes)
"""

STORIES: dict[str, Story] = {}
SHOWN: set[str] = set()


def shows(*letters: str) -> Callable[[Story], Story]:
    """Mark a story that shows options of MeetMe."""
    SHOWN.update(letters)

    def keep(story: Story) -> Story:
        STORIES[story.__name__] = story
        return story

    return keep


async def call(house: AudibleHouse, name: str, options: str = "", *, settle: float = 3.0,
               extension: str = "600", **variables: Any) -> None:  # fmt: skip
    await house.call(name, extension, settle=settle, OPTIONS=options, **variables)


def went_on(house: AudibleHouse, name: str) -> bool:
    return house.channels[name].variables.get("WENT_ON") == "yes"


@shows("m", "l", "t")
async def muted_listening_and_talking(house: AudibleHouse) -> None:
    await call(house, "ann")
    await call(house, "bob", "m")
    await call(house, "cleo", "l")
    await call(house, "dave", "t")
    assert house.hears("ann") == {"dave"}
    assert house.hears("bob") == house.hears("cleo") == {"ann", "dave"}
    assert house.hears("dave") == set()


@shows("q", "1", "c")
async def what_is_said(house: AudibleHouse) -> None:
    await call(house, "ann", "1")
    await call(house, "bob", "q")
    await call(house, "cleo", "c")
    assert house.sounds_of("bob") == ["confbridge-join"]  # cleo's
    assert "conf-onlyperson" not in house.sounds_of("ann")
    assert house.sounds_of("cleo")[:3] == ["conf-thereare", "digits/2", "conf-otherinparty"]


@shows("A", "w", "x")
async def with_somebody_marked(house: AudibleHouse) -> None:
    await call(house, "ann", "w")
    await call(house, "bob", "wx")
    assert house.hears("ann") == set()
    await call(house, "cleo", "A")
    assert house.hears("ann") == {"bob", "cleo"}
    await house.hang_up("cleo", settle=3)
    assert went_on(house, "bob")
    assert house.hears("ann") == set()


@shows("M")
async def music(house: AudibleHouse) -> None:
    await call(house, "ann", "M(other)")
    assert house.hears("ann") == {"other-music"}
    await call(house, "bob")
    assert house.hears("ann") == {"bob"}


@shows("G")
async def a_greeting(house: AudibleHouse) -> None:
    await call(house, "ann", "G(welcome)")
    assert house.sounds_of("ann")[0] == "welcome"


@shows("F")
async def keys_for_the_others(house: AudibleHouse) -> None:
    await call(house, "ann")
    await call(house, "bob", "F")
    await house.press("bob", "7")
    assert set(house.phones["ann"].digits) == {"7"}


@shows("i", "I")
async def names(house: AudibleHouse) -> None:
    await call(house, "ann")
    for name, options, keys in (("bob", "I", "#"), ("cleo", "i", "#1")):
        await call(house, name, options)
        for key in keys:
            await house.press(name, key, settle=2)
    assert sum("confbridge-name" in sound for sound in house.sounds_of("ann")) == 2


@shows("k")
async def over_with_the_last_other_one(house: AudibleHouse) -> None:
    await call(house, "ann", "k")
    await call(house, "bob")
    await house.hang_up("bob")
    assert went_on(house, "ann")


@shows("L")
async def a_limit_with_warnings(house: AudibleHouse) -> None:
    await call(house, "ann", CONF_LIMIT_TIMEOUT_FILE="time-is-up")
    await call(house, "bob", "L(20000:10000:4000)", CONF_LIMIT_TIMEOUT_FILE="time-is-up")
    await asyncio.sleep(19)
    heard = [sound for sound in house.sounds_of("bob") if not sound.startswith("confbridge")]
    assert heard == [
        "vm-youhave", "digits/10", "queue-seconds", "vm-youhave", "digits/6", "queue-seconds",
        "vm-youhave", "digits/2", "queue-seconds", "time-is-up",
    ]  # fmt: skip
    assert went_on(house, "bob")
    assert "vm-youhave" not in house.sounds_of("ann")


@shows("S")
async def out_after_a_while(house: AudibleHouse) -> None:
    await call(house, "bob", "S(5)")
    assert not went_on(house, "bob")
    await asyncio.sleep(3)
    assert went_on(house, "bob")


@shows("o", "T")
async def silence_is_left_out_and_talking_told(house: AudibleHouse) -> None:
    house.pbx.events.subscribe(ConferenceTalking, house.events.append)
    await call(house, "ann", "m")
    await call(house, "bob", "oT")
    assert house.hears("ann") == {"bob"}
    house.be_silent("bob")
    await asyncio.sleep(4)
    assert house.level("ann", "bob") == 0.0
    assert [event.is_talking for event in house.events] == [True, False]


@shows("p", "s", "X", "a")
async def keys(house: AudibleHouse) -> None:
    await call(house, "ann", "p(#)sa")
    await call(house, "bob", "X")
    await house.press("ann", "*1")
    assert house.hears("bob") == set()
    await house.press("ann", "*2")  # he may lock it
    await call(house, "cleo", "")
    assert house.sounds_of("cleo") == ["conf-locked"]
    await house.press("bob", "5")
    assert house.results["bob"]["EXITED"] == "yes"
    await house.press("ann", "#")
    assert went_on(house, "ann")


@shows("C")
async def what_comes_after_being_kicked(house: AudibleHouse) -> None:
    await call(house, "ann", "C")
    await call(house, "bob")
    house.pbx.datastore(MeetMeConferences)["600"].kick("all")
    await asyncio.sleep(3)
    assert went_on(house, "ann")
    assert house.channels["bob"].is_hung_up


@shows("P", "d", "D")
async def pins(house: AudibleHouse) -> None:
    await call(house, "ann", "P", extension="601", settle=1)
    await house.press("ann", "12#", settle=3)
    await call(house, "bob", "P", extension="601", settle=1)
    await house.press("bob", "9#", settle=3)
    assert house.hears("ann") == set()
    await house.press("bob", "34#", settle=3)
    assert house.hears("ann") == {"bob"}
    await house.hang_up("ann", "bob")
    await call(house, "ann", "D", extension="690", settle=1)
    await house.press("ann", "77#", settle=3)
    await call(house, "bob", "d", extension="690", settle=1)
    await house.press("bob", "77#", settle=3)
    assert house.hears("ann") == {"bob"}


@shows("e", "E")
async def the_first_empty_room(house: AudibleHouse) -> None:
    await call(house, "ann", "E", extension="any")
    assert "600" in house.pbx.datastore(MeetMeConferences)
    await call(house, "bob", "e", extension="any", settle=5)
    await house.press("bob", "12#", settle=3)
    assert "601" in house.pbx.datastore(MeetMeConferences)


@shows("r")
async def a_recording(house: AudibleHouse) -> None:
    await call(house, "ann", "r", MEETME_RECORDINGFILE="room", MEETME_RECORDINGFORMAT="wav")
    await house.hang_up("ann")
    samples, _rate = read_sound(house.pbx.directories.astspooldir / "monitor" / "room.wav")
    assert len(samples) / 16000 == pytest.approx(3, abs=0.5)


@pytest.mark.parametrize("name", list(STORIES))
def test_option_of_meet_me(name: str, tmp_path: Path) -> None:
    async def story(house: AudibleHouse) -> None:
        config = read_meetme(parse_config(ROOMS, path=Path("meetme.conf")))
        house.pbx.datastore(MeetMeConferences).config = config
        await STORIES[name](house)

    tell(story, "", EXTENSIONS, folder=tmp_path)


def test_every_letter_is_shown_or_said_to_have_no_effect() -> None:
    letters = {field.metadata["letter"] for field in dataclasses.fields(MeetMeOptions)}
    assert letters - SHOWN == WITHOUT_EFFECT
