"""ConfBridge: each option, told by who hears whom, and what is said to whom."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.conference.events import (
    ConferenceEnded,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceMuted,
    ConferenceRecording,
    ConferenceStarted,
    ConferenceTalking,
)
from switchroom.pbx.states.device_state import DeviceState, device_state
from tests.apps.conference_house import House, tell

PLAIN = """
exten => 600,1,ConfBridge(600)
 same => n,NoOp(after)
exten => _6XX,1,ConfBridge(600,,u${EXTEN:1},m)
exten => _7XX,1,ConfBridge(600,b,u${EXTEN:1},m)
exten => 900,1,ConfBridge(600,nobody)
exten => 910,1,Set(R=${CONFBRIDGE_INFO(parties,600)}/${CONFBRIDGE_INFO(marked,600)}/${CONFBRIDGE_INFO(admins,600)})
 same => n,Set(R=${R}/${CONFBRIDGE_INFO(locked,600)}/${CONFBRIDGE_INFO(muted,600)})
 same => n,Set(C=${CONFBRIDGE_CHANNELS(parties,600)}/${CONFBRIDGE_CHANNELS(waiting,600)})
 same => n,Set(T=${CONFBRIDGE_INFO(paries,600)})
exten => 920,1,ConfKick(600,${WHO})
exten => 930,1,Set(CONFBRIDGE(user,template)=u01)
 same => n,Set(CONFBRIDGE(user,announcement)=hello)
 same => n,Set(CONFBRIDGE(menu,5)=leave_conference)
 same => n,ConfBridge(600)
exten => 8,1,Set(ASIDE=yes)
 same => n,Wait(2)
"""

PROFILES = """
[b]
type=bridge
max_members=2
sound_join=ding
[u00]
type=user
[u01]
type=user
startmuted=yes
[u02]
type=user
wait_marked=yes
music_on_hold_when_empty=yes
[u03]
type=user
marked=yes
admin=yes
[u04]
type=user
end_marked=yes
[u05]
type=user
pin=1234
[u06]
type=user
quiet=yes
music_on_hold_when_empty=yes
[u07]
type=user
timeout=20
[u08]
type=user
announce_join_leave=yes
[u09]
type=user
talk_detection_events=yes
dsp_silence_threshold=1000
[u10]
type=user
dtmf_passthrough=yes
[u11]
type=user
announce_user_count=yes
hear_own_join_sound=no
[u12]
type=user
dsp_drop_silence=yes
dsp_talking_threshold=300
jitterbuffer=yes
[m]
type=menu
1=toggle_mute
2=leave_conference
3=playback(one&two)
4=decrease_listening_volume
6=increase_listening_volume
7=decrease_talking_volume
9=increase_talking_volume
5=reset_listening_volume,reset_talking_volume
8=dialplan_exec(default,8,1)
0=participant_count
*=playback_and_continue(conf-usermenu)
*1=toggle_mute
D1=admin_kick_last
D2=admin_toggle_conference_lock
D3=admin_toggle_mute_participants
"""


def play(story, *, folder: Path | None = None) -> House:  # type: ignore[no-untyped-def]  # a Story
    return tell(story, PLAIN, PROFILES, folder=folder)


def test_three_hear_each_other_and_the_last_one_ends_it() -> None:
    async def story(house: House) -> None:
        for name in ("ann", "bob", "cleo"):
            await house.call(name)
        assert [house.hears(n) for n in ("ann", "bob", "cleo")] == ["bc", "ac", "ab"]
        assert house.played("ann") == ["conf-onlyperson"]
        assert house.played("bob") == []
        assert device_state(house.pbx, "confbridge:600") is DeviceState.INUSE
        await house.hang_up("bob")
        assert house.hears("ann") == "c"
        await house.hang_up("ann", "cleo")
        assert house.conferences == {}
        assert device_state(house.pbx, "confbridge:600") is DeviceState.NOT_INUSE

    house = play(story)
    assert house.announced() == ["confbridge-join"] * 3 + ["confbridge-leave"]
    assert house.result("ann") == "HANGUP"


def test_a_profile_that_is_missing_does_not_let_in() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "900")

    assert play(story).result("ann") == "FAILED"


def test_muted_from_the_start_and_the_menu_lets_talk() -> None:
    async def story(house: House) -> None:
        await house.call("ann")
        await house.call("bob", "601")
        assert (house.hears("ann"), house.hears("bob")) == ("", "a")
        await house.press("bob", "1")
        assert house.hears("ann") == "b"
        await house.press("bob", "*1")
        assert house.hears("ann") == ""
        assert house.played("bob") == ["conf-unmuted", "conf-muted"]

    play(story)


def test_waiting_for_the_leader_with_music() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "602")
        await house.call("bob", "602")
        assert house.played("ann") == ["conf-waitforleader"]
        assert house.music("ann")
        assert house.hears("ann") == house.hears("bob") == ""
        await house.call("leader", "603")
        assert not house.music("ann")
        assert (house.hears("ann"), house.hears("leader")) == ("bl", "ab")
        assert house.played("ann")[-1] == "conf-placeintoconf"
        await house.hang_up("leader")
        assert house.music("bob")
        assert house.hears("ann") == ""
        assert house.played("bob")[-1] == "conf-leaderhasleft"

    play(story)


def test_leaving_with_the_leader() -> None:
    async def story(house: House) -> None:
        await house.call("leader", "603")
        await house.call("ann", "604")
        await house.call("bob")
        await house.hang_up("leader")
        assert house.result("ann") == "ENDMARKED"
        assert house.hears("bob") == ""
        assert len(house.conferences["600"].attendances) == 1

    play(story)


@pytest.mark.parametrize(
    ("keyed", "result"), [("1234#", "HANGUP"), ("1#1234#", "HANGUP"), ("1#2#3#", "FAILED")]
)
def test_a_pin_opens_the_door(keyed: str, result: str) -> None:
    async def story(house: House) -> None:
        await house.call("ann", "605", settle=0.5)
        await house.press("ann", keyed, settle=5)

    house = play(story)
    assert house.result("ann") == result
    assert house.played("ann")[0] == "conf-getpin"


def test_a_quiet_one_alone_hears_music_and_nothing_else() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "606")
        assert house.music("ann")
        await house.call("bob", "606")
        assert not house.music("ann")
        await house.hang_up("bob")
        assert house.music("ann")
        assert house.played("ann") == []

    assert play(story).announced() == []


def test_the_time_of_a_stay_may_be_limited() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "607")
        await house.press("ann", "*", settle=1)  # while a key is waited for as well
        await asyncio.sleep(12)
        assert house.seat("ann") is not None
        await asyncio.sleep(8)
        assert house.result("ann") == "TIMEOUT"

    play(story)


def test_names_are_said_and_heard_by_all(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.call("ann")
        await house.call("bob", "608", settle=3)
        await house.press("bob", "#")
        await house.hang_up("bob")

    house = play(story, folder=tmp_path)
    name = next(sound for sound in house.announced() if "confbridge-name-600" in sound)
    assert house.announced()[1:4] == ["confbridge-join", name, "conf-hasjoin"]
    assert house.announced()[4:] == ["confbridge-leave", name, "conf-hasleft"]
    assert not list((tmp_path / "confbridge").iterdir())


def test_events_agree_with_what_happened() -> None:
    kinds = (
        ConferenceStarted, ConferenceJoined, ConferenceTalking, ConferenceMuted, ConferenceLeft,
        ConferenceEnded,
    )  # fmt: skip

    async def story(house: House) -> None:
        for kind in kinds:
            house.pbx.events.subscribe(kind, house.events.append)
        await house.call("ann", "609")
        house.talk("ann", 1.0)
        await asyncio.sleep(4)
        await house.press("ann", "1")
        await house.hang_up("ann")

    events = play(story).events
    expected = [
        ConferenceStarted, ConferenceJoined, ConferenceTalking, ConferenceTalking, ConferenceMuted,
        ConferenceLeft, ConferenceEnded,
    ]  # fmt: skip
    assert [type(event) for event in events] == expected
    assert [events[2].is_talking, events[3].is_talking] == [True, False]
    assert events[1].channel == "Fake/ann"
    assert events[1].conference.channels == 1
    assert events[4].is_muted
    assert events[5].duration == pytest.approx(13, abs=4)
    assert events[6].conference.channels == 0


def test_keys_outside_the_menu_are_passed_on_only_where_it_is_wanted() -> None:
    async def story(house: House) -> None:
        heard: list[str] = []
        await house.call("ann")
        await house.call("bob", "610")
        await house.call("cleo", "600")
        house.people["ann"].opened_stream.on_digit_heard = heard.append  # type: ignore[union-attr]
        await house.press("bob", "AB")
        await house.press("cleo", "C")
        assert heard == ["A", "B"]

    play(story)


def test_who_comes_is_told_how_many_are_there() -> None:
    async def story(house: House) -> None:
        await house.call("ann")
        await house.call("bob", "611", settle=4)
        assert house.played("bob") == ["conf-onlyone"]
        await house.call("cleo", "611", settle=5)
        assert house.played("cleo") == ["conf-thereare", "digits/2", "conf-otherinparty"]

    play(story)


def test_silence_is_dropped_and_jitter_buffered_where_the_profile_says_so() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "612")
        seat = house.seat("ann")
        assert seat is not None
        assert (seat.drops_silence, seat.talk_level, seat.silence) == (True, 300, 2.5)
        assert seat.buffers

    play(story)


def test_every_volume_key() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "600")
        await house.call("bob", "610")

        def gains() -> tuple[float, float]:
            seat = house.seat("bob")
            assert seat is not None
            return round(seat.listen_gain, 2), round(seat.talk_gain, 2)

        await house.press("bob", "6")
        assert gains() == (1.41, 1.0)
        await house.press("bob", "449")
        assert gains() == (0.71, 1.41)
        await house.press("bob", "77777777")
        assert gains() == (0.71, 0.18)
        await house.press("bob", "5")
        assert gains() == (1.0, 1.0)

    play(story)


def test_sounds_and_the_dialplan_beside_the_conference() -> None:
    async def story(house: House) -> None:
        await house.call("ann")
        bob = await house.call("bob", "610")
        await house.press("bob", "3", settle=0.5)
        assert house.hears("ann") == ""  # he is beside it
        await asyncio.sleep(3)
        assert house.played("bob") == ["one", "two"]
        await house.press("bob", "8", settle=1)
        assert house.hears("bob") == ""
        await asyncio.sleep(3)
        assert bob.variables["ASIDE"] == "yes"
        assert (bob.context, bob.extension) == ("default", "610")
        assert house.hears("ann") == "b"
        await house.press("bob", "0")
        assert house.played("bob")[-1] == "conf-onlyone"

    play(story)


def test_keys_go_on_during_the_menu_that_is_read_out() -> None:
    async def story(house: House) -> None:
        await house.call("ann")
        await house.call("bob", "610")
        await house.press("bob", "*", settle=5.3)
        await house.press("bob", "1", settle=2)
        assert house.played("bob") == ["conf-usermenu", "conf-muted"]

    play(story)


def test_leaving_by_a_key_goes_on_in_the_dialplan() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "610")
        await house.press("ann", "2")
        assert house.result("ann") == "DTMF"

    play(story)


def test_what_administrators_do() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "603")
        await house.call("bob", "610")
        await house.press("bob", "D1")  # he may not
        assert house.played("bob") == ["conf-errormenu"]
        await house.press("ann", "D3")
        assert (house.hears("ann"), house.hears("bob")) == ("", "a")
        assert "conf-now-muted" in house.announced()
        await house.press("ann", "D3")
        assert house.hears("ann") == "b"
        await house.press("ann", "D2")
        await house.call("late", "600")
        assert house.result("late") == "FAILED"
        await house.call("boss", "603")
        assert house.hears("boss") == "ab"
        await house.hang_up("boss")
        await house.press("ann", "D1")
        assert house.result("bob") == "KICKED"

    play(story)


def test_a_full_conference() -> None:
    async def story(house: House) -> None:
        for name in ("ann", "bob", "late"):
            await house.call(name, "700")
        assert house.result("late") == "FAILED"
        assert house.people["late"].is_finished

    assert "ding" in play(story).announced()


def test_functions_tell_what_is_there() -> None:
    async def story(house: House) -> None:
        await house.call("out", "910")
        assert house.result("out", "R") == "////"
        assert house.result("out", "T") == "0"  # what it is asked for does not exist
        await house.call("ann", "603")
        await house.call("bob", "602")
        await house.call("cleo", "610")
        await house.call("out", "910")
        assert house.result("out", "R") == "3/1/1/0/0"
        assert house.result("out", "C") == "Fake/ann,Fake/bob,Fake/cleo/"

    play(story)


def test_kicking_from_the_dialplan() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "603")
        await house.call("bob")
        await house.call("cleo")
        house.pbx.global_variables["WHO"] = "Fake/bob"
        await house.call("out", "920")
        assert house.result("out", "CONFKICKSTATUS") == "SUCCESS"
        assert house.result("bob") == "KICKED"
        house.pbx.global_variables["WHO"] = "nobody"
        await house.call("out", "920")
        assert house.result("out", "CONFKICKSTATUS") == "FAILURE"
        house.pbx.global_variables["WHO"] = "participants"
        await house.call("out", "920")
        assert house.result("cleo") == "KICKED"
        assert house.seat("ann") is not None

    play(story)


def test_a_profile_of_the_channels_own() -> None:
    async def story(house: House) -> None:
        await house.call("ann", "930", settle=5)
        assert house.played("ann") == ["hello", "conf-onlyperson"]
        assert house.conferences["600"].room.members[0].is_muted
        await house.press("ann", "5")
        assert house.result("ann") == "DTMF"

    play(story)


def test_recording_all(tmp_path: Path) -> None:
    profiles = """
[rec]
type=bridge
record_conference=yes
record_file=talk.wav
record_command=
"""

    async def story(house: House) -> None:
        house.pbx.events.subscribe(ConferenceRecording, house.events.append)
        await house.call("ann")
        conference = house.conferences["600"]
        assert conference.is_recording
        assert await conference.stop_recording()
        assert not await conference.stop_recording()
        path = conference.start_recording("again.wav")
        assert path == tmp_path / "monitor" / "again.wav"

    house = tell(story, "exten => 600,1,ConfBridge(600,rec)", profiles, folder=tmp_path)
    assert [event.is_running for event in house.events] == [True, False, True, False]
    assert Path(house.events[0].path).match("monitor/talk-*.wav")
