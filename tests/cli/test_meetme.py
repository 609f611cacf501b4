"""meetme …: the rooms, and what is done to those in them."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.cli.registry import collect_commands
from switchroom.conference.actions import perform
from switchroom.conference.attendance import Attendance
from switchroom.conference.meetme import MeetMeConferences
from switchroom.conference.room import Member
from switchroom.config.confbridge import BridgeProfile, Menu, UserProfile
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run
from tests.support.fakes import make_channel


def answers(cli: CliNode, *commands: str) -> list[str]:
    async def stay(attendance: Attendance) -> None:
        await attendance.stay()

    async def main() -> list[str]:
        pbx = cli.context.pbx
        began_at = pbx.now()
        pbx.now = lambda: began_at
        async with pbx:
            room = pbx.datastore(MeetMeConferences).open(pbx, "600", BridgeProfile())
            for name in ("ann", "bob"):
                channel = make_channel(pbx, name=f"SIP/{name}")
                member = Member(channel.name, UserProfile(quiet=True, admin=name == "ann"))
                one = Attendance(
                    room, channel, member, await channel.stream(), menu=Menu(), perform=perform
                )
                pbx.spawn(stay(one), name=name)
            await asyncio.sleep(0.05)
            found = [await collect_commands().execute(each, cli.context) for each in commands]
            room.expel_all()
            await asyncio.sleep(0.05)
            return found

    return asyncio.run(main())


def test_lists(cli: CliNode) -> None:
    rooms, people, concise, concise_people = answers(
        cli, "meetme list", "meetme list 600", "meetme list concise", "meetme list 600 concise"
    )
    assert rooms.splitlines()[0].split() == [
        "Conf",
        "Num",
        "Parties",
        "Marked",
        "Activity",
        "Creation",
        "Locked",
    ]
    assert rooms.splitlines()[1].split() == ["600", "0002", "N/A", "00:00:00", "Dynamic", "No"]
    assert rooms.splitlines()[-1] == "* Total number of MeetMe users: 2"
    assert "SIP/ann (Admin)" in people
    assert people.splitlines()[-1] == "2 users in that conference."
    assert concise == "600!0002!N/A!00:00:00!Dynamic!No\n"
    assert concise_people.splitlines()[1].startswith("2!!!SIP/bob!")


def test_administering(cli: CliNode) -> None:
    found = answers(
        cli, "meetme mute 600 2", "meetme list 600", "meetme unmute 600 all", "meetme lock 600",
        "meetme list", "meetme unlock 600", "meetme kick 600 9", "meetme kick 600 all",
    )  # fmt: skip
    assert found[0] == "Conference 600: 2 muted.\n"
    assert "SIP/bob (Listen only)" in found[1]
    assert found[4].splitlines()[1].split()[-1] == "Yes"
    assert found[6] == "No such user 9 in conference 600.\n"
    assert found[7] == "Conference 600: all kicked.\n"


@pytest.mark.parametrize("words", ["list 7", "lock 7", "unlock 7", "kick 7 1", "mute 7 all"])
def test_nobody_is_there(cli: CliNode, words: str) -> None:
    assert run(cli, f"meetme {words}") == "No such conference: 7.\n"


def test_no_rooms(cli: CliNode) -> None:
    assert run(cli, "meetme list") == "No active MeetMe conferences.\n"
