"""What each option of a bridge profile does, by what is heard."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from switchroom.config.confbridge import SOUNDS
from switchroom.media.files.reading import read_sound
from tests.conference.audible_house import AudibleHouse
from tests.conference.shown_options import shows
from tests.support.tone_phone import TonePhone


@shows("bridge", "enable_events", u="send_events=yes")
async def no_events_where_the_bridge_has_none(house: AudibleHouse) -> None:
    await house.call("ann", USER="u")
    await house.call("bob")
    assert house.drivers["ann"].texts == []


@shows("bridge", "template", b="template=c", more="[c]\ntype=bridge\nmax_members=1")
async def a_bridges_template(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="b")
    await house.call("bob", settle=3)
    assert house.result("bob") == "FAILED"


@shows("bridge", "max_members", b="max_members=2")
async def a_full_conference(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="b")
    await house.call("bob")
    await house.call("cleo", settle=3)
    assert house.sounds_of("cleo") == ["conf-full"]
    assert house.hears("ann") == {"bob"}


async def _highest(house: AudibleHouse, **profiles: Any) -> tuple[float, float]:
    """How loud 5,000 Hz and 1,000 Hz are heard between two wide phones."""
    levels = []
    for hertz in (5000, 1000):
        await house.call("ann", phone=TonePhone(450, rate=16000), **profiles)
        await house.call("bob", phone=TonePhone(hertz, rate=16000), **profiles)
        levels.append(house.phones["ann"].level(hertz) / 5000)
        await house.hang_up("ann", "bob")
    return levels[0], levels[1]


@shows("bridge", "internal_sample_rate", b="internal_sample_rate=8000")
async def a_narrow_conference(house: AudibleHouse) -> None:
    assert await _highest(house) == pytest.approx((1.0, 1.0), rel=0.1)
    high, low = await _highest(house, BRIDGE="b")
    assert high < 0.05
    assert low == pytest.approx(1.0, rel=0.1)


@shows("bridge", "maximum_sample_rate", b="maximum_sample_rate=16000",
       more="[c]\ntype=bridge\nmaximum_sample_rate=8000")  # fmt: skip
async def a_conference_that_is_not_too_wide(house: AudibleHouse) -> None:
    assert (await _highest(house, BRIDGE="b"))[0] == pytest.approx(1.0, rel=0.1)
    assert (await _highest(house, BRIDGE="c"))[0] < 0.05


@shows("bridge", "language", b="language=de")
async def the_language_of_what_is_said_to_all(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="b")
    await house.call("bob")
    assert house.sounds_of("ann") == ["conf-onlyperson", "de:confbridge-join"]


def recordings(house: AudibleHouse) -> list[Path]:
    return sorted((house.pbx.directories.astspooldir / "monitor").glob("*.wav"))


def loudness(path: Path, hertz: int) -> float:
    samples = np.frombuffer(read_sound(path)[0], np.int16).astype(float)
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / 8000)
    return float(2 * abs(turns @ samples) / max(1, len(samples)) / 5000)


async def _record(house: AudibleHouse, *, times: int = 1) -> None:
    """Ann and bob talk, with the bridge's profile; recorded anew so many times."""
    await house.call("ann", BRIDGE="b", settle=3)
    await house.call("bob", settle=3)
    conference = house.conferences["600"]
    for _ in range(times - 1):
        await conference.stop_recording()
        await asyncio.sleep(2)
        conference.start_recording()
        await asyncio.sleep(2)
    await conference.stop_recording()
    await house.hang_up("ann", "bob")


@shows("bridge", "record_conference", "record_file", "record_file_timestamp",
       b="record_conference=yes;record_file=talk.wav;record_file_timestamp=no")  # fmt: skip
async def it_is_recorded(house: AudibleHouse) -> None:
    await _record(house)
    (path,) = recordings(house)
    assert path.name == "talk.wav"
    assert loudness(path, 450) > 0.7
    assert loudness(path, 650) > 0.3


@shows("bridge", "record_file_append", b="record_conference=yes;record_file_append=no")
async def a_file_for_each_recording(house: AudibleHouse) -> None:
    await _record(house, times=2)
    assert len(recordings(house)) == 2


@shows("bridge", "record_file_append", b="record_conference=yes")
async def one_file_for_all_recordings(house: AudibleHouse) -> None:
    await _record(house, times=2)
    (path,) = recordings(house)
    assert path.name.startswith("confbridge-600-")
    assert len(read_sound(path)[0]) / 16000 == pytest.approx(8, abs=0.8)


@shows("bridge", "record_options", b="record_conference=yes;record_options=W(-1)")
async def a_recording_at_half_the_loudness(house: AudibleHouse) -> None:
    await _record(house)
    (path,) = recordings(house)
    assert loudness(path, 450) == pytest.approx(0.5, rel=0.15)


@shows("bridge", "regcontext", b="regcontext=held")
async def an_extension_while_it_is_held(house: AudibleHouse) -> None:
    held = house.pbx.dialplan.has_extension
    assert not held("held", "600")
    await house.call("ann", BRIDGE="b")
    assert held("held", "600")
    await house.hang_up("ann")
    assert not held("held", "600")


OWN_SOUNDS = ";".join(f"sound_{name}=own-{name}" for name in SOUNDS)
KEYS = (
    "1=toggle_mute;2=admin_toggle_conference_lock;3=admin_toggle_mute_participants;"
    "4=admin_kick_last"
)
OTHERS = f"[w]\ntype=user\nwait_marked=yes;[l]\ntype=user\nmarked=yes\nadmin=yes;[p]\ntype=user\npin=1\n[m]\ntype=menu\n{KEYS}"


@shows("bridge", *(f"sound_{name}" for name in SOUNDS), b=OWN_SOUNDS, more=OTHERS,
       u="announce_user_count=yes;announce_join_leave=yes")  # fmt: skip
async def every_sound_is_the_conferences_own(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="b", USER="w", settle=3)  # wait_for_leader
    await house.call("cleo", BRIDGE="b", USER="l", MENU="m", settle=3)  # place_into_conference
    await house.press("cleo", "1", settle=2)  # muted
    await house.press("cleo", "1", settle=2)  # unmuted
    await house.press("cleo", "3", settle=2)  # participants_muted
    await house.press("cleo", "3", settle=2)  # participants_unmuted
    await house.call("bob", BRIDGE="b", USER="u", settle=2)
    await house.press("bob", "#", settle=4)  # has_joined, there_are, other_in_party
    await house.press("cleo", "2", settle=2)  # locked_now
    await house.call("dave", BRIDGE="b", settle=3)  # locked
    assert house.sounds_of("dave") == ["own-locked"]
    await house.press("cleo", "2", settle=2)  # unlocked_now
    await house.press("cleo", "4", settle=4)  # kicked: bob; has_left
    assert house.sounds_of("bob")[-1] == "own-kicked"
    await house.hang_up("cleo", settle=3)  # leader_has_left
    await house.hang_up("ann")
    await house.call("dave", BRIDGE="b", USER="p", settle=1)  # get_pin
    await house.press("dave", "2#", settle=2)  # invalid_pin
    await house.press("dave", "1#", settle=3)  # only_person
    await house.press("dave", "4")
    await house.hang_up("dave")
    await house.call("ann", BRIDGE="b", MENU="m", settle=2)
    await house.call("bob", BRIDGE="b", USER="u", settle=2)
    await house.press("bob", "#", settle=4)  # only_one
    await house.press("ann", "4", settle=2)  # error_menu
    heard = {sound for sound in house.sounds.tones if sound.startswith("own-")}
    unused = {"begin", "binaural_on", "binaural_off"}
    assert heard == {f"own-{name}" for name in SOUNDS if name not in unused}
