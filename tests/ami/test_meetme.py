"""Rooms of MeetMe: their events, who is in them, and who may mute whom; what completing calls tells."""

from __future__ import annotations

import asyncio
from pathlib import Path

from switchroom.pbx.completion_events import CompletionEvent
from tests.ami.support import Ami, run_ami

CONF = "[default]\nexten => 600,1,MeetMe(600,dq)\n"


async def join(ami: Ami) -> None:
    client = await ami.user("boss", "top")
    await client.ask(
        "Originate", Channel="Local/600@default/n", Application="Wait", Data="600",
        CallerID="Ann <100>",
    )  # fmt: skip
    await asyncio.sleep(1)


def test_a_room(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        for name in ("MeetmeList", "MeetmeListRooms"):
            assert (await boss.ask(name)).get("Message") == "No active conferences."
        await join(ami)
        await join(ami)
        told = [each for each in boss.heard if each.get("Event").startswith("Meetme")]
        assert [(e.get("Event"), e.get("Meetme"), e.get("User")) for e in told] == [
            ("MeetmeJoin", "600", "1"), ("MeetmeJoin", "600", "2"),
        ]  # fmt: skip
        assert not [name for name in boss.names() if name.startswith("Confbridge")]
        answer = await boss.ask("MeetmeListRooms")
        assert answer.get("Message") == "Meetme conferences will follow"
        assert boss.answers[1].headers[1:] == (
            ("Conference", "600"), ("Parties", "0002"), ("Marked", "N/A"),
            ("Activity", "00:00:02"), ("Creation", "Dynamic"), ("Locked", "No"),
        )  # fmt: skip
        await boss.ask("MeetmeList", Conference="600")
        first, second, complete = boss.answers[1:]
        assert (first.get("UserNumber"), second.get("UserNumber")) == ("1", "2")
        assert (first.get("Role"), first.get("Muted")) == ("Talk and listen", "No")
        assert (complete.get("Event"), complete.get("ListItems")) == ("MeetmeListComplete", "2")
        await boss.ask("MeetmeList", Conference="601")
        assert len(boss.answers) == 2
        boss.heard.clear()
        answer = await boss.ask("MeetmeMute", Meetme="600", Usernum="2")
        assert answer.get("Message") == "User muted"
        await boss.ask("MeetmeList")
        assert [each.get("Muted") for each in boss.answers[1:3]] == ["No", "By self"]
        answer = await boss.ask("MeetmeUnmute", Meetme="600", Usernum="2")
        assert answer.get("Message") == "User unmuted"
        told = [each for each in boss.heard if each.get("Event") == "MeetmeMute"]
        assert [(e.get("User"), e.get("Status"), e.get("Duration")) for e in told] == [
            ("2", "on", "1"), ("2", "off", "1"),
        ]  # fmt: skip
        boss.heard.clear()
        for channel in list(ami.pbx.channels.values()):
            channel.hangup()
        await asyncio.sleep(1)
        told = [each for each in boss.heard if each.get("Event").startswith("Meetme")]
        assert [each.get("Event") for each in told] == ["MeetmeLeave", "MeetmeLeave", "MeetmeEnd"]
        assert told[0].headers[-3:-1] == (("Meetme", "600"), ("User", told[0].get("User")))
        assert told[-1].headers[-1:] == (("Meetme", "600"),)

    run_ami(tmp_path, test, extensions=CONF)


def test_whom_there_is_not(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        await join(ami)
        for headers, message in (
            ({}, "Meetme conference not specified"),
            ({"Meetme": "600"}, "Meetme user number not specified"),
            ({"Meetme": "601", "Usernum": "1"}, "Meetme conference does not exist"),
            ({"Meetme": "600", "Usernum": "9"}, "User not found"),
            ({"Meetme": "600", "Usernum": "x"}, "User not found"),
        ):
            for name in ("MeetmeMute", "MeetmeUnmute"):
                assert (await boss.ask(name, **headers)).get("Message") == message
        reporter = await ami.user("reporter", "look")
        answer = await reporter.ask("MeetmeMute", Meetme="600", Usernum="1")
        assert answer.get("Message") == "Permission denied"

    run_ami(tmp_path, test, extensions=CONF)


def test_a_completion(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        ami.pbx.events.publish(CompletionEvent("Requested", 3, (("Caller", "A"), ("Callee", "B"))))
        assert boss.heard[-1].headers == (
            ("Event", "CCRequested"), ("Privilege", "cc,all"), ("CoreID", "3"), ("Caller", "A"),
            ("Callee", "B"),
        )  # fmt: skip

    run_ami(tmp_path, test)
