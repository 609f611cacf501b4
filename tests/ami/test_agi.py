"""Calls that are driven over the manager interface."""

import asyncio
from pathlib import Path
from urllib.parse import unquote

from switchroom.agi.door import Door
from switchroom.apps.agi import AgiDoor, AsyncCommands
from switchroom.net.dns import SystemLookup
from tests.ami.support import Ami, Client, make_config, run_ami
from tests.support.fakes import make_channel


def test_a_call_that_the_manager_drives(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        ami.pbx.datastore(AgiDoor).run = Door(SystemLookup()).run
        boss = await ami.user("boss", "top")
        await boss.ask(
            "Originate", Channel="Local/100@default/n", Application="AGI", Data="agi:async",
            Async="true",
        )  # fmt: skip
        await asyncio.sleep(2)
        start = next(each for each in boss.heard if each.get("Event") == "AsyncAGIStart")
        name = start.get("Channel")
        assert f"agi_channel: {name}\n" in unquote(start.get("Env"))

        answer = await boss.ask("AGI", Channel=name, Command="SET VARIABLE a 7", CommandID="x1")
        assert answer.get("Message") == "Added AGI command to queue"
        await boss.ask("AGI", Channel=name, Command="ASYNCAGI BREAK")
        await asyncio.sleep(1)
        done = [each for each in boss.heard if each.get("Event") == "AsyncAGIExec"]
        assert done[0].get("CommandID") == "x1"
        assert unquote(done[0].get("Result")) == "200 result=1\n"
        watched = [e for e in boss.heard if e.get("Event").startswith("AGIExec")]
        assert [e.get("Command") for e in watched[:2]] == ["SET VARIABLE a 7"] * 2
        assert (watched[1].get("ResultCode"), watched[1].get("Result")) == ("200", "Success")
        assert watched[0].get("CommandId") == watched[1].get("CommandId")
        assert any(each.get("Event") == "AsyncAGIEnd" for each in boss.heard)

        for headers, message in (
            ({"Command": "NOOP"}, "Channel not specified"),
            ({"Channel": "Local/x"}, "Command not specified"),
            ({"Channel": "Local/x", "Command": "NOOP"}, "Channel Local/x does not exist"),
        ):
            assert (await boss.ask("AGI", **headers)).get("Message") == message

    run_ami(tmp_path, test)


def test_who_may_only_give_commands_reaches_nothing_beyond_the_call(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        ami.context.config = make_config(
            "[general]\nenabled=yes\n[scripts]\nsecret=s\nread=agi\nwrite=agi\n"
            "[boss]\nsecret=s\nwrite=agi,system\n"
        )
        scripts, boss = await ami.user("scripts", "s"), await ami.user("boss", "s")
        channel = make_channel(ami.pbx, name="PJSIP/ann-1")
        channel.datastore(AsyncCommands).open()

        async def ask(client: Client, command: str) -> str:
            answer = await client.ask("AGI", Channel=channel.name, Command=command)
            return answer.get("Message")

        for command, refusal in (
            ('EXEC System "id"', "EXEC System needs the class system"),
            ('exec " trysystem" id', "EXEC  trysystem needs the class system"),
            ("GET FULL VARIABLE ${SHELL(id)}", "SHELL is refused from outside"),
            ("SET VARIABLE FILE(/etc/x) y", "FILE is refused from outside"),
        ):
            assert (await ask(scripts, command)).startswith(refusal)
            assert await ask(boss, command) == "Added AGI command to queue"
        assert await ask(scripts, "EXEC NoOp ${LEN(x)}") == "Added AGI command to queue"

    run_ami(tmp_path, test)
