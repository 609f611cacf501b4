"""Who may change nothing changes nothing, whatever it asks for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from switchroom.ami.absent import absence
from switchroom.ami.registry import collect_actions
from tests.ami.support import Ami, run_ami

#: Every action of Asterisk 18 to 22.
NAMES: list[str] = json.loads((Path(__file__).parent / "action_names.json").read_text())
#: What the original has no word for.
OURS = {"QueueCallbackCancel", "QueueCallbacks", "QueueExplain"}
#: Belong to the session that asks, or only wait.
OWN = {"Challenge", "Events", "ListCommands", "Login", "Logoff", "Ping", "WaitEvent"}


def headers_for(channel: str) -> dict[str, str]:
    """Enough of everything for any action to go through."""
    return {
        "Channel": channel, "Channel1": channel, "Channel2": channel, "Context": "default",
        "Exten": "100", "Extension": "100", "Priority": "1", "Application": "Wait", "Data": "1",
        "ApplicationData": "x", "Variable": "GV", "Value": "changed", "Family": "f", "Key": "k",
        "Val": "changed", "Filename": "some.conf", "SrcFilename": "some.conf",
        "DstFilename": "some.conf", "Action-000000": "append", "Cat-000000": "a",
        "Var-000000": "x", "Value-000000": "y", "Command": "core stop now", "Module": "",
        "LoadType": "reload", "Timeout": "1", "Digit": "1", "Direction": "all", "State": "on",
        "UserEvent": "mine", "File": "x.wav", "Mailbox": "1@default", "Message": "hi",
        "To": "pjsip:alice", "Destination": "pjsip:alice", "Body": "hi", "Endpoint": "alice",
        "Registration": "*all", "Cause": "486", "BridgeUniqueid": "x", "Control": "stop",
        "BridgeTechnology": "softmix", "Operation": "Add", "Filter": "x", "Provider": "x",
    }  # fmt: skip


async def state_of(ami: Ami, folder: Path) -> dict[str, Any]:
    await asyncio.sleep(0.05)
    pbx = ami.pbx
    return {
        "channels": sorted((c.name, c.extension, c.priority) for c in pbx.channels.values()),
        "variables": {c.name: dict(c.variables) for c in pbx.channels.values()},
        "globals": dict(pbx.global_variables),
        "astdb": pbx.astdb.items(),
        "files": {each.name: each.read_text() for each in folder.iterdir() if each.is_file()},
        "node": list(ami.node.told),
        "dialplan": list(ami.dialplan.told),
        "commands": list(ami.commands),
    }


@pytest.mark.parametrize("who", ["reader", "reporter"])
def test_a_read_only_user_changes_nothing_by_any_action(tmp_path: Path, who: str) -> None:
    (tmp_path / "some.conf").write_text("[a]\nb = c\n")

    async def test(ami: Ami) -> None:
        await ami.pbx.astdb.put("f", "k", "kept")
        ami.pbx.global_variables["GV"] = "kept"
        boss = await ami.user("boss", "top")
        await boss.ask("Originate", Channel="Local/100@default/n", Application="Wait", Data="600")
        user = await ami.user(who, "look")
        await asyncio.sleep(1)
        heard_before = len(boss.heard)
        before = await state_of(ami, tmp_path)
        channel = next(iter(ami.pbx.channels))
        for name in NAMES:
            if name in OWN:
                continue
            for function in ("GV", "DB_DELETE(f/k)", "SHELL(touch x)", "SET(GV=x)", "LOCK(a)"):
                headers = headers_for(channel) | {"Variable": function}
                answer = await user.ask(name, **headers)
                assert answer.get("Response") in {"Success", "Error"}
                if name != "Getvar":
                    break
        assert await state_of(ami, tmp_path) == before
        quiet = {"RequestNotAllowed", "RequestBadFormat", "SuccessfulAuth"}
        assert {each.get("Event") for each in boss.heard[heard_before:]} <= quiet

    run_ami(tmp_path, test)


def test_every_action_is_done_or_refused_with_its_reason() -> None:
    done = collect_actions()
    silent = [name for name in NAMES if name.lower() not in done and not absence(name)]
    assert silent == []


def test_what_is_done_is_an_action_of_the_original() -> None:
    known = {name.lower() for name in (*NAMES, *OURS)}
    assert [each.name for key, each in collect_actions().items() if key not in known] == []
    for handler in collect_actions().values():
        assert handler.summary, handler.name
