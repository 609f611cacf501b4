"""confbridge …: what is recorded, and what administrators do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.cli.registry import collect_commands
from switchroom.conference.actions import perform
from switchroom.conference.attendance import Attendance
from switchroom.conference.conference import Conference, Conferences
from switchroom.conference.room import Member
from switchroom.conference.settings import ConfBridgeSettings
from switchroom.config.asterisk_conf import Directories
from switchroom.config.confbridge import BridgeProfile, Menu, UserProfile, read_confbridge
from switchroom.config.language.reader import parse_config
from tests.cli.fakes import RECORDED, CliNode
from tests.cli.test_commands import run
from tests.support.fakes import make_channel

FIRST, SECOND = "Local/600@internal-00000004;2", "Local/600@internal-00000006;2"


async def hold(cli: CliNode, **profile: bool) -> Conference:
    """Conference 600 with the two channels of the recorded system."""
    pbx = cli.context.pbx
    conference = pbx.datastore(Conferences).open(pbx, "600", BridgeProfile())
    for name in (FIRST, SECOND):
        channel = make_channel(pbx, name=name)
        channel.caller.number = "5551212"
        member = Member(name, UserProfile(**profile))  # type: ignore[arg-type]  # flags
        attendance = Attendance(
            conference, channel, member, await channel.stream(), menu=Menu(), perform=perform
        )
        pbx.spawn(_stay(attendance), name=name)
    await asyncio.sleep(0.05)
    return conference


async def _stay(attendance: Attendance) -> None:
    await attendance.stay()


def answers(cli: CliNode, *commands: str, folder: Path | None = None, **profile: bool) -> list[str]:
    async def main() -> list[str]:
        pbx = cli.context.pbx
        if folder is not None:
            pbx.directories = Directories(astspooldir=folder)
        async with pbx:
            conference = await hold(cli, **profile)
            found = [await collect_commands().execute(each, cli.context) for each in commands]
            conference.expel_all()
            await asyncio.sleep(0.05)
            return found

    return asyncio.run(main())


@pytest.mark.parametrize("command", ["confbridge list", "confbridge list 600"])
def test_the_recorded_lists(cli: CliNode, command: str) -> None:
    expected = next(a["output"] for a in RECORDED["cli_busy"] if a["command"] == command)
    assert answers(cli, command) == [expected]


def test_flags_and_locks(cli: CliNode) -> None:
    lock, one, unlock, _mute, listed, unmuted, again = answers(
        cli, "confbridge lock 600", "confbridge list", "confbridge unlock 600",
        f"confbridge mute 600 {FIRST}", "confbridge list 600", "confbridge unmute 600 all",
        "confbridge list 600", wait_marked=True, admin=True,
    )  # fmt: skip
    assert lock == "Conference '600' is locked.\n"
    assert unlock == "Conference '600' is unlocked.\n"
    assert one.splitlines()[2].split() == ["600", "2", "0", "Yes", "No"]
    assert [line.split()[1] for line in listed.splitlines()[2:]] == ["AWmw", "AWw"]
    assert unmuted == "Unmuted all in conference '600'\n"
    assert [line.split()[1] for line in again.splitlines()[2:]] == ["AWw", "AWw"]


def test_kicking(cli: CliNode) -> None:
    nobody, kicked = answers(cli, "confbridge kick 600 SIP/nobody", f"confbridge kick 600 {SECOND}")
    assert nobody == "No participant named 'SIP/nobody' found!\n"
    assert kicked == f"Kicked {SECOND} out of conference '600'\n"


def test_recording(cli: CliNode, tmp_path: Path) -> None:
    none, started, twice, stopped = answers(
        cli, "confbridge record stop 600", "confbridge record start 600 all.wav",
        "confbridge record start 600", "confbridge record stop 600", folder=tmp_path,
    )  # fmt: skip
    path = tmp_path / "monitor" / "all.wav"
    assert none == "Conference '600' is not recorded.\n"
    assert started == f"Recording conference '600' into {path}\n"
    assert "recorded already" in twice
    assert stopped == "Recording of conference '600' stopped.\n"


@pytest.mark.parametrize(
    "command",
    [
        "confbridge list 7", "confbridge kick 7 all", "confbridge mute 7 all",
        "confbridge unmute 7 all", "confbridge lock 7", "confbridge unlock 7",
        "confbridge record start 7", "confbridge record stop 7",
    ],
)  # fmt: skip
def test_there_is_no_such_conference(cli: CliNode, command: str) -> None:
    assert run(cli, command) == "No conference bridge named '7' found!\n"


def test_profiles_and_menus(cli: CliNode) -> None:
    text = """
[pin]
type=user
pin=4711
admin=yes
[big]
type=bridge
max_members=300
sound_join=ding
[keys]
type=menu
*1=toggle_mute,playback(beep)
"""
    config = read_confbridge(parse_config(text, path=Path("confbridge.conf")))
    cli.context.pbx.datastore(ConfBridgeSettings).config = config
    assert run(cli, "confbridge show profile users").splitlines()[1:] == ["default_user", "pin"]
    assert run(cli, "confbridge show profile bridges").splitlines()[1:] == ["default_bridge", "big"]
    user = run(cli, "confbridge show profile user pin")
    assert "4711" not in user
    assert "admin:                       yes" in user.splitlines()
    bridge = run(cli, "confbridge show profile bridge big").splitlines()
    assert "max_members:                 300" in bridge
    assert "sound_join:                  ding" in bridge
    menu = run(cli, "confbridge show menu keys")
    assert menu == "Name: keys\n*1=toggle_mute,playback(beep)\n"
    assert "'nobody' found!" in run(cli, "confbridge show profile user nobody")
