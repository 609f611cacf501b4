"""What each option of a user profile does, by what is heard."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from switchroom.conference.events import ConferenceTalking
from switchroom.media.codecs.libraries import find_library
from switchroom.media.engine.stream import CLEANING_LIBRARY
from switchroom.pbx.texting import ChannelText, arrived
from tests.conference.audible_house import AudibleHouse
from tests.conference.shown_options import shows
from tests.support.tone_phone import TonePhone


@shows("user", "startmuted", u="startmuted=yes")
async def muted_from_the_start(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    assert house.hears("ann") == set()
    assert house.hears("bob") == {"ann"}


@shows("user", "template", u="template=v", more="[v]\ntype=user\nstartmuted=yes")
async def a_template(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    assert house.hears("ann") == set()


@shows("user", "admin", u="admin=yes")
async def an_administrator_comes_in_where_it_is_locked(house: AudibleHouse) -> None:
    await house.call("ann")
    house.conferences["600"].room.lock(locked=True)
    await house.call("bob", settle=3)
    assert house.result("bob") == "FAILED"
    assert house.sounds_of("bob") == ["conf-locked"]
    await house.call("cleo", USER="u")
    assert house.hears("ann") == {"cleo"}


@shows("user", "marked", "wait_marked", u="marked=yes", more="[w]\ntype=user\nwait_marked=yes")
async def waiting_for_somebody_marked(house: AudibleHouse) -> None:
    await house.call("ann", USER="w")
    await house.call("bob", USER="w")
    assert house.hears("ann") == house.hears("bob") == set()
    await house.call("cleo", USER="u", settle=3)
    assert house.hears("ann") == {"bob", "cleo"}
    assert house.hears("cleo") == {"ann", "bob"}
    await house.hang_up("cleo", settle=3)
    assert house.hears("ann") == house.hears("bob") == set()
    assert house.sounds_of("bob")[-1] == "conf-leaderhasleft"


@shows("user", "end_marked", u="end_marked=yes", more="[l]\ntype=user\nmarked=yes")
async def leaving_with_the_last_marked_one(house: AudibleHouse) -> None:
    await house.call("cleo", USER="l")
    await house.call("dave", USER="l")
    await house.call("ann", USER="u")
    await house.call("bob")
    await house.hang_up("cleo")
    assert house.hears("bob") == {"ann", "dave"}
    await house.hang_up("dave", settle=3)
    assert house.result("ann") == "ENDMARKED"
    assert house.hears("bob") == set()


@shows("user", "end_marked_any", u="end_marked_any=yes", more="[l]\ntype=user\nmarked=yes")
async def leaving_with_any_marked_one(house: AudibleHouse) -> None:
    await house.call("cleo", USER="l")
    await house.call("dave", USER="l")
    await house.call("ann", USER="u")
    await house.call("bob")
    await house.hang_up("cleo", settle=3)
    assert house.result("ann") == "ENDMARKED"
    assert house.hears("bob") == {"dave"}


@shows("user", "music_on_hold_when_empty", "music_on_hold_class",
       u="music_on_hold_when_empty=yes;music_on_hold_class=other")  # fmt: skip
async def music_while_nobody_is_there(house: AudibleHouse) -> None:
    await house.call("ann", USER="u", settle=3)
    assert house.hears("ann") == {"other-music"}
    await house.call("bob", settle=3)
    assert house.hears("ann") == {"bob"}
    await house.hang_up("bob")
    assert house.hears("ann") == {"other-music"}


@shows("user", "quiet", u="quiet=yes")
async def nothing_is_said_of_a_quiet_one(house: AudibleHouse) -> None:
    await house.call("ann", USER="u")
    await house.call("bob", USER="u")
    await house.hang_up("bob")
    assert house.sounds_of("ann") == house.sounds_of("bob") == []


@shows("user", "hear_own_join_sound", u="hear_own_join_sound=no")
async def not_the_sound_of_ones_own_coming(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u", settle=3)
    await house.call("cleo")
    assert house.sounds_of("ann") == ["conf-onlyperson", *2 * ["confbridge-join"]]
    assert house.sounds_of("bob") == ["confbridge-join"]  # cleo's


@shows("user", "announce_user_count", "announce_only_user",
       u="announce_user_count=yes;announce_only_user=no")  # fmt: skip
async def how_many_are_there(house: AudibleHouse) -> None:
    await house.call("ann", USER="u")
    await house.call("bob", USER="u", settle=4)
    await house.call("cleo", USER="u", settle=4)
    assert "conf-onlyperson" not in house.sounds_of("ann")
    assert house.sounds_of("bob")[0] == "conf-onlyone"
    assert house.sounds_of("cleo")[:3] == ["conf-thereare", "digits/2", "conf-otherinparty"]


@shows("user", "announce_user_count_all", u="announce_user_count_all=2")
async def all_are_told_how_many_are_there(house: AudibleHouse) -> None:
    await house.call("ann", USER="u")
    await house.call("bob", USER="u", settle=4)
    assert "conf-onlyone" not in house.sounds_of("ann")
    await house.call("cleo", USER="u", settle=5)
    assert house.sounds_of("ann")[-3:] == ["conf-thereare", "digits/2", "conf-otherinparty"]


@shows("user", "talk_detection_events", "dsp_silence_threshold",
       u="talk_detection_events=yes;dsp_silence_threshold=500")  # fmt: skip
async def who_talks_is_told(house: AudibleHouse) -> None:
    house.pbx.events.subscribe(ConferenceTalking, house.events.append)
    await house.call("ann", USER="u")
    house.be_silent("ann")
    await asyncio.sleep(0.4)
    assert [event.is_talking for event in house.events] == [True]
    await asyncio.sleep(0.3)
    assert [event.is_talking for event in house.events] == [True, False]


@shows("user", "dtmf_passthrough", u="dtmf_passthrough=yes")
async def keys_reach_the_others(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    await house.press("ann", "1")
    await house.press("bob", "59")
    assert "".join(dict.fromkeys(house.phones["ann"].digits)) == "59"
    assert house.phones["bob"].digits == []


@shows("user", "dtmf_passthrough", u="dtmf_passthrough=yes")
async def keys_for_whom_too_many_wait_are_lost_and_nobody_else(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    stays = house.conferences["600"].attendances
    for _ in range(64):  # as many as a stream keeps
        stays[house.channels["ann"].name].stream.send_digit("1", duration=8)
    await house.press("bob", "5")
    assert house.channels["bob"].name in stays


@shows("user", "announce_join_leave", u="announce_join_leave=yes")
async def names_are_said(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u", settle=4)
    await house.press("bob", "#", settle=3)
    await house.hang_up("bob", settle=3)
    join, name, has_joined, leave, again, has_left = house.sounds_of("ann")[1:]
    assert (join, has_joined) == ("confbridge-join", "conf-hasjoin")
    assert (leave, has_left) == ("confbridge-leave", "conf-hasleft")
    assert name == again
    assert "confbridge-name-600" in name
    assert house.sounds_of("bob")[:2] == ["vm-rec-name", "beep"]


@shows("user", "announce_join_leave_review", u="announce_join_leave_review=yes")
async def a_name_may_be_said_again(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u", settle=4)
    await house.press("bob", "#", settle=1)
    assert house.sounds_of("bob")[-1] == "vm-review"
    await house.press("bob", "3", settle=3)
    await house.press("bob", "#", settle=1)
    await house.press("bob", "1", settle=3)
    assert house.sounds_of("bob").count("vm-rec-name") == 2
    assert house.hears("ann") == {"bob"}


@shows("user", "pin", u="pin=42")
async def a_pin(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    await house.press("bob", "1#", settle=3)
    assert house.hears("ann") == set()
    await house.press("bob", "42#", settle=3)
    assert house.hears("ann") == {"bob"}
    assert house.sounds_of("bob")[:2] == ["conf-getpin", "conf-invalidpin"]


@shows("user", "announcement", u="announcement=welcome")
async def an_announcement_before(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u", settle=3)
    assert house.sounds_of("bob")[0] == "welcome"
    assert "welcome" not in house.sounds_of("ann")


def hiss(house: AudibleHouse) -> float:
    return float(np.sqrt(np.mean(house.phones["ann"].samples(-100) ** 2)))


@shows("user", "denoise", u="denoise=yes")
async def noise_is_taken_out(house: AudibleHouse) -> None:
    if find_library(CLEANING_LIBRARY) is None:
        pytest.skip(f"{CLEANING_LIBRARY} is not installed")
    await house.call("ann")
    house.be_silent("ann")
    loud = []
    for profile in ("", "u"):
        noisy = TonePhone(650)
        noisy.is_speaking, noisy.hiss = False, 300.0
        await house.call("bob", USER=profile, phone=noisy, settle=5)
        loud.append(hiss(house))
        await house.hang_up("bob")
    assert loud[0] == pytest.approx(300, rel=0.2)
    assert loud[1] < loud[0] / 2


@shows("user", "dsp_drop_silence", "dsp_talking_threshold",
       u="dsp_drop_silence=yes;dsp_talking_threshold=2000;dsp_silence_threshold=600")  # fmt: skip
async def who_is_not_loud_is_left_out(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    assert house.hears("ann") == {"bob"}
    house.phones["bob"].amplitude = 2000.0  # a mean of 1,270
    await asyncio.sleep(0.4)
    assert house.hears("ann") == {"bob"}
    await asyncio.sleep(0.6)
    assert house.level("ann", "bob") == 0.0
    house.phones["bob"].amplitude = 5000.0
    await asyncio.sleep(0.4)
    assert house.hears("ann") == {"bob"}


async def _ticks_late(house: AudibleHouse, **profiles: Any) -> int:
    """How many packets pass until one who begins to talk is heard."""
    await house.call("ann", **profiles)
    await house.call("bob", **profiles)
    house.be_silent("bob")
    await asyncio.sleep(1)
    at = len(house.phones["ann"].packets)
    house.phones["bob"].is_speaking = True
    await asyncio.sleep(0.4)
    late = next(
        n for n in range(20) if abs(house.phones["ann"].samples(at + n, at + n + 1)).max() > 1000
    )
    await house.hang_up("ann", "bob")
    return late


@shows("user", "jitterbuffer", u="jitterbuffer=yes", b="jitterbuffer=yes")
async def packets_are_held_back(house: AudibleHouse) -> None:
    at_once = await _ticks_late(house)
    assert await _ticks_late(house, USER="u") >= at_once + 2


@shows("bridge", "jitterbuffer", b="jitterbuffer=yes")
async def everybodys_packets_are_held_back(house: AudibleHouse) -> None:
    at_once = await _ticks_late(house)
    assert await _ticks_late(house, BRIDGE="b") >= at_once + 2


@shows("user", "timeout", u="timeout=5")
async def a_stay_ends(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u", settle=4)
    assert house.hears("ann") == {"bob"}
    await asyncio.sleep(2)
    assert house.result("bob") == "TIMEOUT"
    assert "bob" not in house.hears("ann")


@shows("user", "text_messaging", u="text_messaging=no")
async def what_the_others_write(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    await house.call("cleo")
    arrived(house.channels["bob"], ChannelText("hello", sender="bob"))
    arrived(house.channels["ann"], ChannelText("welcome"))
    await asyncio.sleep(0.1)
    texts = {who: [text.body for text in driver.texts] for who, driver in house.drivers.items()}
    assert texts == {"ann": ["hello"], "bob": [], "cleo": ["hello", "welcome"]}


@shows("user", "answer_channel", u="answer_channel=no")
async def before_an_answer(house: AudibleHouse) -> None:
    await house.call("ann")
    await house.call("bob", USER="u")
    assert "answer" in house.drivers["ann"].told
    assert "answer" not in house.drivers["bob"].told
    assert (house.hears("ann"), house.hears("bob")) == ({"bob"}, {"ann"})


def told(house: AudibleHouse, name: str) -> list[tuple[str, list[str]]]:
    """Types of the events that reached somebody, and whom they are about."""
    bodies = [json.loads(text.body) for text in house.drivers[name].texts]
    return [(b["type"], [channel["name"] for channel in b["channels"]]) for b in bodies]


@shows("user", "send_events", u="send_events=yes", b="enable_events=yes")
async def events_reach_who_wants_them(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="b")
    await house.call("bob", USER="u")
    await house.call("cleo")
    await house.hang_up("cleo")
    assert house.drivers["ann"].texts == house.drivers["cleo"].texts == []
    assert told(house, "bob") == [
        ("ConfbridgeWelcome", ["Fake/ann-1"]),
        ("ConfbridgeJoin", ["Fake/cleo-3"]),
        ("ConfbridgeLeave", ["Fake/cleo-3"]),
    ]


@shows("user", "echo_events", u="send_events=yes;echo_events=yes;talk_detection_events=yes",
       b="enable_events=yes")  # fmt: skip
async def events_about_oneself(house: AudibleHouse) -> None:
    await house.call("ann", BRIDGE="b", USER="u")
    conference = house.conferences["600"]
    conference.mute("Fake/ann-1", muted=True)
    conference.mute("Fake/ann-1", muted=False)
    await asyncio.sleep(0.1)
    assert told(house, "ann") == [
        (f"Confbridge{what}", who)
        for what, who in (
            ("Join", ["Fake/ann-1"]), ("Welcome", []), ("Talking", ["Fake/ann-1"]),
            ("Mute", ["Fake/ann-1"]), ("Unmute", ["Fake/ann-1"]),
        )
    ]  # fmt: skip
    text = house.drivers["ann"].texts[2]
    assert text.content_type == "application/x-asterisk-confbridge-event+json"
    event = json.loads(text.body)
    assert event["talking_status"] == "on"
    assert event["bridge"]["name"] == "600"
    assert event["channels"][0]["muted"] is False
