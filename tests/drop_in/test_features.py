"""Conferences, queues, recordings, sounds and states, as harnesses follow them by AMI."""

from __future__ import annotations

import wave

import pytest

from tests.drop_in.manager import Manager
from tests.drop_in.server import Server

pytestmark = pytest.mark.peer

WAIT = {"Application": "Wait", "Data": "60"}


def test_a_conference(manager: Manager, server: Server) -> None:
    manager.originate("Local/conference@features/n", **WAIT)
    member = manager.wait("ConfbridgeJoin", Conference="room", Admin="No")["Channel"]
    manager.wait("TestEvent", State="CONF_START")
    manager.originate("Local/leader@features/n", **WAIT)
    manager.wait("ConfbridgeJoin", Conference="room", Admin="Yes")
    rows = manager.all_of("ConfbridgeList", "ConfbridgeListComplete", Conference="room")
    assert sorted((each["Admin"], each["MarkedUser"]) for each in rows) == [
        ("No", "No"), ("Yes", "Yes"),
    ]  # fmt: skip
    rooms = [line.split() for line in server.ask("confbridge list").splitlines()]
    assert ["room", "2", "1", "No", "No"] in rooms
    manager.do("ConfbridgeMute", Conference="room", Channel=member)
    manager.wait("ConfbridgeMute", Channel=member)
    manager.do("PlayDTMF", Channel=member, Digit="1", Receive="1")
    manager.wait("ConfbridgeUnmute", Channel=member)  # by the menu
    manager.do("PlayDTMF", Channel=member, Digit="8", Receive="1")
    manager.wait("ConfbridgeLeave", Channel=member)
    manager.command("confbridge kick room all")
    manager.wait("ConfbridgeEnd", Conference="room")
    manager.wait("TestEvent", State="CONF_END")


def test_a_queue_with_a_member_behind_a_local_channel(manager: Manager) -> None:
    manager.originate("Local/queue@features/n", **WAIT)
    joined = manager.wait("QueueCallerJoin", Queue="support")
    assert (joined["Position"], joined["Count"]) == ("1", "1")
    connected = manager.wait("AgentConnect", Queue="support")
    manager.wait("BridgeEnter", Channel=connected["DestChannel"])
    (member,) = [
        each
        for each in manager.all_of("QueueStatus", "QueueStatusComplete", Queue="support")
        if each["Event"] == "QueueMember"
    ]
    assert (member["InCall"], member["Status"]) == ("1", "2")
    manager.do("Hangup", Channel=connected["DestChannel"])
    done = manager.wait("AgentComplete", Queue="support")
    assert done["Reason"] == "agent"
    assert manager.wait("UserEvent", UserEvent="AfterQueue")["Status"] == "CONTINUE"


def test_members_come_pause_and_go(manager: Manager, server: Server) -> None:
    given = {"Queue": "empty", "Interface": "Local/desk@dials/n"}
    manager.do("QueueAdd", Penalty="2", MemberName="Desk", **given)
    added = manager.wait("QueueMemberAdded", Queue="empty")
    assert (added["MemberName"], added["Penalty"], added["Membership"]) == ("Desk", "2", "dynamic")
    manager.do("QueuePause", Paused="true", Reason="lunch", **given)
    paused = manager.wait("QueueMemberPause", Queue="empty", Paused="1")
    assert paused["PausedReason"] == "lunch"
    assert "(paused:lunch" in server.ask("queue show empty")
    manager.do("QueueRemove", **given)
    manager.wait("QueueMemberRemoved", Queue="empty")
    assert "No Members" in server.ask("queue show empty")
    log = (server.folder / "astlogdir/queue_log").read_text()
    assert "|empty|Local/desk@dials/n|ADDMEMBER|" in log
    assert "|empty|Desk|PAUSE|lunch" in log


def test_a_call_is_recorded_whole(manager: Manager, server: Server) -> None:
    manager.originate("Local/records@features/n", **WAIT)
    started = manager.wait("MixMonitorStart")
    manager.wait("MixMonitorStop", Channel=started["Channel"])
    assert manager.wait("UserEvent", UserEvent="Recorded")["Id"] != "0"
    path = server.folder / "astspooldir/monitor/both.wav"
    with wave.open(str(path)) as recorded:
        assert recorded.getnframes() >= 0.5 * recorded.getframerate()


def test_sounds_are_told_in_test_mode(manager: Manager) -> None:
    manager.originate("Local/says@features/n", **WAIT)
    assert manager.wait("UserEvent", UserEvent="Said")["Status"] == "SUCCESS"
    played = [each["Message"] for each in manager.told("TestEvent", State="PLAYBACK")]
    assert played == ["digits/40", "digits/2", "hello-world"]


def test_a_lamp_is_followed_through_its_hint(manager: Manager, server: Server) -> None:
    for state, status in (("INUSE", "1"), ("RINGING", "8"), ("NOT_INUSE", "0")):
        manager.mark()
        server.ask(f"devstate change Custom:lamp {state}")
        manager.wait("DeviceStateChange", Device="Custom:lamp", State=state)
        told = manager.wait("ExtensionStatus", Exten="100", Context="hints")
        assert told["Status"] == status
        asked = manager.do("ExtensionState", Exten="100", Context="hints")
        assert asked["Status"] == status


def test_a_presence_is_followed_through_its_hint(manager: Manager) -> None:
    manager.do("Setvar", Variable="PRESENCE_STATE(CustomPresence:person)", Value="away,,at lunch")
    told = manager.wait("PresenceStateChange", Presentity="CustomPresence:person")
    assert (told["Status"], told["Message"]) == ("away", "at lunch")
    hint = manager.wait("PresenceStatus", Exten="101", Context="hints")
    assert (hint["Status"], hint["Message"]) == ("away", "at lunch")
    asked = manager.do("PresenceState", Provider="CustomPresence:person")
    assert (asked["State"], asked["PresenceMessage"]) == ("away", "at lunch")


def test_a_mailbox_kept_elsewhere(manager: Manager) -> None:
    manager.do("MWIUpdate", Mailbox="9@away", NewMessages="2", OldMessages="1")
    told = manager.wait("MessageWaiting", Mailbox="9@away")
    assert (told["Waiting"], told["New"], told["Old"]) == ("1", "2", "1")
    (row,) = manager.all_of("MWIGet", "MWIGetComplete", Mailbox="9@away")
    assert (row["NewMessages"], row["OldMessages"]) == ("2", "1")
    manager.do("MWIDelete", Mailbox="9@away")
    manager.wait("MessageWaiting", Mailbox="9@away", Waiting="0")


def test_functions_and_what_they_read(manager: Manager) -> None:
    manager.do("DBPut", Family="lab", Key="one", Val="kept")
    (row,) = manager.all_of("DBGet", "DBGetComplete", Family="lab", Key="one")
    assert row["Val"] == "kept"
    manager.originate("Local/functions@features/n", **WAIT)
    told = manager.wait("UserEvent", UserEvent="F", Db="kept")
    assert told["Hint"] == "NOT_INUSE"
    manager.do("DBDel", Family="lab", Key="one")
    assert manager.do("DBGet", Family="lab", Key="one")["Message"] == "Database entry not found"
