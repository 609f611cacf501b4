import asyncio
from functools import partial
from pathlib import Path

import pytest

from switchroom.conference.conference import Conferences
from switchroom.media.passages import Carries, PassagePlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.controlled_playback import Keys, Player
from switchroom.pbx.harness import Harness, tell_state
from tests.ami.support import Ami, Client, run_ami
from tests.support.fakes import make_channel


async def call(ami: Ami, boss: Client, extension: str = "100") -> Channel:
    """An originated call; gives the half that waits."""
    await boss.ask(
        "Originate", Channel=f"Local/{extension}@default/n", Application="Wait", Data="600"
    )
    await asyncio.sleep(0.01)
    return next(c for c in ami.pbx.channels.values() if c.name.endswith(";1"))


def test_the_astdb(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        put = await boss.ask("DBPut", Family="f", Key="k", Val="v")
        assert put.get("Message") == "Updated database successfully"
        await boss.ask("DBGet", Family="f", Key="k", ActionID="1")
        assert [each.headers for each in boss.answers] == [
            (("Response", "Success"), ("ActionID", "1"), ("EventList", "start"),
             ("Message", "Result will follow")),
            (("Event", "DBGetResponse"), ("ActionID", "1"), ("Family", "f"), ("Key", "k"),
             ("Val", "v")),
            (("Event", "DBGetComplete"), ("ActionID", "1"), ("EventList", "Complete"),
             ("ListItems", "1")),
        ]  # fmt: skip
        assert (await boss.ask("DBGet", Family="f", Key="x")).get("Response") == "Error"
        assert (await boss.ask("DBDel", Family="f", Key="k")).get("Response") == "Success"
        assert (await boss.ask("DBDelTree", Family="f")).get("Response") == "Error"

    run_ami(tmp_path, test)


def test_variables_and_functions_and_what_reaches_beyond_the_call(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        channel = make_channel(ami.pbx)
        assert (await boss.ask("Setvar", Variable="G", Value="1")).get("Message") == "Variable Set"
        assert (await boss.ask("Getvar", Variable="G")).headers[1:] == (
            ("Variable", "G"), ("Value", "1"),
        )  # fmt: skip
        await boss.ask("Setvar", Channel=channel.name, Variable="CALLERID(num)", Value="555")
        found = await boss.ask("Getvar", Channel=channel.name, Variable="CALLERID(num)")
        assert found.get("Value") == "555"
        assert (await boss.ask("Getvar", Variable="LEN(abc)")).get("Value") == "3"
        refused = await boss.ask("Getvar", Variable="SHELL(id)")
        assert "refused from outside" in refused.get("Message")
        refused = await boss.ask("Setvar", Variable="FILE(/tmp/x)", Value="x")
        assert refused.get("Response") == "Error"
        unknown = await boss.ask("Getvar", Channel="none", Variable="x")
        assert unknown.get("Message") == "No such channel"
        channel.finish()
        assert ("Channel", "none") in next(
            each.headers for each in boss.heard if each.get("Variable") == "G"
        )

    run_ami(tmp_path, test)


def test_channels_are_listed_and_hung_up(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        channel = await call(ami, boss)
        await boss.ask("CoreShowChannels")
        listed = boss.answers[1:-1]
        assert [each.get("Channel") for each in listed] == list(ami.pbx.channels)
        assert [name for name, _ in listed[0].headers][-4:] == [
            "BridgeId", "Application", "ApplicationData", "Duration",
        ]  # fmt: skip
        await boss.ask("Status", Channel=channel.name, Variables="X,CHANNEL(language)")
        status = boss.answers[1]
        assert status.get("Application") == "Wait"
        assert ("Variable", "CHANNEL(language)=en") in status.headers
        await boss.ask("CoreShowChannelMap", Channel=channel.name)
        assert boss.answers[1].get("ConnectedChannel") == channel.name.replace(";1", ";2")
        await boss.ask("Hangup", Channel="/^Local/100@.*;1$/", Cause="17")
        assert [each.get("Event") for each in boss.answers] == [
            "", "ChannelHungup", "ChannelsHungupListComplete",
        ]  # fmt: skip
        await asyncio.sleep(1)
        assert ami.pbx.channels == {}
        hangup = next(each for each in boss.heard if each.get("Event") == "Hangup")
        assert (hangup.get("Cause"), hangup.get("Cause-txt")) == ("17", "User busy")
        asked = next(each for each in boss.heard if each.get("Event") == "SoftHangupRequest")
        assert asked.get("Cause") == "32"
        assert (await boss.ask("Hangup", Channel="x")).get("Message") == "No such channel"
        assert (await boss.ask("Hangup")).get("Message") == "No channel specified"

    run_ami(tmp_path, test)


def test_redirect_one_and_two(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        await boss.ask(
            "Originate", Channel="Local/102@default/n", Context="default", Exten="200",
            Priority="1",
        )  # fmt: skip
        await asyncio.sleep(1)
        bridged = [c for c in ami.pbx.channels.values() if c.application in {"Dial", "AppDial"}]
        first, second = bridged
        bridges = await boss.ask("BridgeList")
        assert bridges.get("EventList") == "start"
        assert boss.answers[1].get("BridgeNumChannels") == "2"
        answer = await boss.ask(
            "Redirect", Channel=first.name, ExtraChannel=second.name, Context="default",
            Exten="102", Priority="here", ExtraContext="default", ExtraExten="100",
            ExtraPriority="2",
        )  # fmt: skip
        assert answer.get("Message") == "Dual Redirect successful"
        await asyncio.sleep(1)
        assert (first.extension, first.application) == ("102", "Wait")
        assert (second.extension, second.application) == ("100", "Wait")
        assert not any(each.is_hung_up for each in (first, second))
        answer = await boss.ask(
            "Redirect", Channel=first.name, Context="default", Exten="100", Priority="2"
        )
        assert answer.get("Message") == "Redirect successful"
        await asyncio.sleep(1)
        assert (first.extension, first.application) == ("100", "Wait")
        unknown = await boss.ask("Redirect", Channel="none", Exten="1")
        assert unknown.get("Message") == "Channel does not exist: none"

    run_ami(tmp_path, test)


def test_bridging_two_calls(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        one = await call(ami, boss)
        await boss.ask("Originate", Channel="Local/100@default/n", Application="Wait", Data="600")
        others = [c for c in ami.pbx.channels.values() if c.name.endswith(";1") and c is not one]
        other = others[0]
        await boss.ask("Events", EventMask="call")
        assert (await boss.ask("Bridge", Channel1=one.name, Channel2="b")).get(
            "Message"
        ) == "Channel2 does not exist: b"
        answer = await boss.ask("Bridge", Channel1=one.name, Channel2=other.name)
        assert answer.get("Message") == "Channels have been bridged"
        await asyncio.sleep(1)
        await boss.ask("BridgeList")
        bridge = boss.answers[1].get("BridgeUniqueid")
        await boss.ask("BridgeInfo", BridgeUniqueid=bridge)
        assert {each.get("Channel") for each in boss.answers[1:-1]} == {one.name, other.name}
        entered = [each.get("Channel") for each in boss.heard if each.get("Event") == "BridgeEnter"]
        assert sorted(entered) == sorted([one.name, other.name])
        assert (await boss.ask("BridgeDestroy", BridgeUniqueid=bridge)).get("Response") == "Success"
        await asyncio.sleep(1)
        assert "BridgeDestroy" in boss.names()

    run_ami(tmp_path, test)


def test_commands(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        answer = await boss.ask("Command", Command="core show x")
        assert answer.headers == (
            ("Response", "Success"), ("Message", "Command output follows"),
            ("Output", "first line of core show x"), ("Output", "second"),
        )  # fmt: skip
        assert (await boss.ask("Command", Command="nosuch")).get("Response") == "Error"
        assert (await boss.ask("Command")).get("Message") == "No command provided"
        refused = await boss.ask("Command", Command="module  load app_x.so")
        assert refused.get("Message") == "Command blacklisted"
        assert ami.commands == ["core show x", "nosuch"]

    run_ami(tmp_path, test)


CONF = """; the phones
[general]
#include "more.conf"
a = 1   ; one
[alice](!)
secret = x
[bob](alice)
b => 2
"""


def test_configuration_files_are_read_and_changed(tmp_path: Path) -> None:
    (tmp_path / "some.conf").write_text(CONF)
    (tmp_path / "more.conf").write_text("z = 26\n")

    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        got = await boss.ask("GetConfig", Filename="some.conf")
        assert got.headers[1:] == (
            ("Category-000000", "general"), ("Line-000000-000000", "z=26"),
            ("Line-000000-000001", "a=1"), ("Category-000001", "bob"),
            ("Templates-000001", "alice"), ("Line-000001-000000", "secret=x"),
            ("Line-000001-000001", "b=2"),
        )  # fmt: skip
        as_json = await boss.ask("GetConfigJSON", Filename="some.conf", Category="general")
        assert as_json.get("JSON") == '{"general":{"z":"26","a":"1"}}'
        listed = await boss.ask("ListCategories", Filename="some.conf")
        assert listed.headers[1:] == (("Category-000000", "general"), ("Category-000001", "bob"))
        changes = {
            "Action-000000": "NewCat", "Cat-000000": "carol",
            "Action-000001": "Append", "Cat-000001": "carol", "Var-000001": "c",
            "Value-000001": ">3",
            "Action-000002": "Update", "Cat-000002": "general", "Var-000002": "a",
            "Value-000002": "2", "Match-000002": "1",
            "Action-000003": "DelCat", "Cat-000003": "bob",
        }  # fmt: skip
        answer = await boss.ask(
            "UpdateConfig", SrcFilename="some.conf", DstFilename="some.conf", Reload="pjsip",
            **changes,
        )  # fmt: skip
        assert answer.headers == (("Response", "Success"),)
        assert (tmp_path / "some.conf").read_text() == (
            '; the phones\n[general]\n#include "more.conf"\na=2\n[alice](!)\nsecret = x\n[carol]\nc=>3\n'
        )
        assert ami.node.told == ["reload pjsip"]
        assert (await boss.ask("CreateConfig", Filename="new.conf")).get("Response") == "Success"
        assert (await boss.ask("CreateConfig", Filename="new.conf")).get("Response") == "Error"

    run_ami(tmp_path, test)


@pytest.mark.parametrize(
    "change",
    [
        {"Var-000000": "#exec touch /tmp/x", "Value-000000": "1"},
        {"Var-000000": "[other]", "Value-000000": "1"},
        {"Var-000000": "x", "Value-000000": "1", "Cat-000000": "a]\n[b"},
        {"Var-000000": "x", "Value-000000": "1", "Action-000000": "explode"},
        {"Var-000000": "", "Value-000000": "1"},
        {"Var-000000": "x", "Value-000000": "1", "Cat-000000": "nosuch"},
    ],
)
def test_what_no_file_shall_get(tmp_path: Path, change: dict[str, str]) -> None:
    (tmp_path / "some.conf").write_text("[a]\n")

    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        headers = {"Action-000000": "append", "Cat-000000": "a"} | change
        answer = await boss.ask(
            "UpdateConfig", SrcFilename="some.conf", DstFilename="some.conf", **headers
        )
        assert answer.get("Response") == "Error"
        assert (tmp_path / "some.conf").read_text() == "[a]\n"

    run_ami(tmp_path, test)


@pytest.mark.parametrize("name", ["../secret.conf", "/etc/passwd", "a/../../secret.conf"])
def test_no_file_of_elsewhere_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (tmp_path / "secret.conf").write_text("[a]\nb = c\n")

    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        for action in ("GetConfig", "GetConfigJSON", "ListCategories", "CreateConfig"):
            assert (await boss.ask(action, Filename=name)).get("Response") == "Error"

    run_ami(folder, test)


def test_states(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        await boss.ask("Setvar", Variable="DEVICE_STATE(Custom:desk)", Value="INUSE")
        state = await boss.ask("ExtensionState", Exten="300", Context="default")
        assert state.headers == (
            ("Response", "Success"), ("Message", "Extension Status"), ("Exten", "300"),
            ("Context", "default"), ("Hint", "Custom:desk"), ("Status", "1"),
            ("StatusText", "InUse"),
        )  # fmt: skip
        nobody = await boss.ask("ExtensionState", Exten="999", Context="default")
        assert (nobody.get("Status"), nobody.get("StatusText")) == ("-1", "Unknown")
        await boss.ask("DeviceStateList")
        assert boss.answers[1].headers == (
            ("Event", "DeviceStateChange"), ("Device", "Custom:desk"), ("State", "INUSE"),
        )  # fmt: skip
        assert "DeviceStateChange" in boss.names()

    run_ami(tmp_path, test)


def test_conferences(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        for action in ("ConfbridgeList", "ConfbridgeListRooms"):
            answer = await boss.ask(action, Conference="600")
            assert answer.get("Message") == "No active conferences."
        await call(ami, boss, "600")
        await boss.ask("Originate", Channel="Local/600@default/n", Application="Wait", Data="600")
        await asyncio.sleep(5)
        names = [name for name in boss.names() if name.startswith(("Conf", "Bridge"))]
        assert names == [
            "BridgeCreate", "ConfbridgeStart", "BridgeEnter", "ConfbridgeJoin", "BridgeEnter",
            "ConfbridgeJoin",
        ]  # fmt: skip
        await boss.ask("ConfbridgeListRooms")
        assert boss.answers[1].headers[1:] == (
            ("Conference", "600"), ("Parties", "2"), ("Marked", "0"), ("Locked", "No"),
            ("Muted", "No"),
        )  # fmt: skip
        await boss.ask("ConfbridgeList", Conference="600")
        members = [each.get("Channel") for each in boss.answers[1:-1]]
        assert len(members) == 2
        answer = await boss.ask("ConfbridgeMute", Conference="600", Channel=members[0])
        assert answer.get("Message") == "User muted"
        assert (await boss.ask("ConfbridgeLock", Conference="600")).get("Response") == "Success"
        assert (await boss.ask("ConfbridgeList", Conference="601")).get("Response") == "Error"
        show = partial(boss.ask, "ConfbridgeSetSingleVideoSrc", Conference="600")
        answer = await show(Channel="nobody")
        assert answer.get("Message") == "No Channel by that name found in Conference."
        assert (await show(Channel=members[0])).get("Message") == "That channel has no video."
        conference = ami.pbx.datastore(Conferences)["600"]
        passage = ami.pbx.engine.open_passage("127.0.0.1", PassagePlan(Carries.VIDEO))
        ami.pbx.channels[members[0]].driver.passages = {"video": passage}  # type: ignore[attr-defined]  # as a driver with video
        assert (await show(Channel=members[0])).get("Response") == "Success"
        assert conference.facts.video_source_mode == "single"
        await boss.ask("ConfbridgeKick", Conference="600", Channel=members[0])
        await asyncio.sleep(5)
        assert {"ConfbridgeMute", "ConfbridgeLeave"} <= set(boss.names())

    run_ami(tmp_path, test)


def test_test_mode_tells_what_harnesses_wait_for(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        channel = make_channel(ami.pbx)
        await channel.play("beep")
        tell_state(ami.pbx, "VOICEMAIL_PLAYBACK", ("Message", "vm-intro"))
        assert "TestEvent" not in boss.names()
        ami.pbx.datastore(Harness).is_on = True
        await channel.play("beep")
        tell_state(ami.pbx, "VOICEMAIL_PLAYBACK", ("Message", "vm-intro"))
        channel.finish()
        told = [each.headers for each in boss.heard if each.get("Event") == "TestEvent"]
        assert told == [
            (("Event", "TestEvent"), ("Privilege", "reporting,all"), ("Type", "StateChange"),
             ("State", "PLAYBACK"), ("AppFile", "file.c"), ("AppFunction", "ast_streamfile"),
             ("AppLine", "0"), ("Message", "beep"), ("Channel", channel.name)),
            (("Event", "TestEvent"), ("Privilege", "reporting,all"), ("Type", "StateChange"),
             ("State", "VOICEMAIL_PLAYBACK"), ("AppFile", ""), ("AppFunction", ""),
             ("AppLine", "0"), ("Message", "vm-intro")),
        ]  # fmt: skip

    run_ami(tmp_path, test)


def test_what_plays_is_controlled(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        channel = await call(ami, boss)

        async def control(what: str) -> str:
            answer = await boss.ask("ControlPlayback", Channel=channel.name, Control=what)
            return answer.get("Message")

        assert await control("pause") == "Channel plays nothing that can be wound"
        assert await control("faster") == "Control 'faster' is not known here"
        player = Player(channel, "hello", Keys("", "", "", "", ""), 0.5)  # plays for a second
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(player.run(0.0))
            await asyncio.sleep(0.2)
            assert await control("pause") == "Playback control queued"
            await asyncio.sleep(50)
            assert not playing.done()
            assert await control("STOP") == "Playback control queued"
        assert player.was_stopped

    run_ami(tmp_path, test)
