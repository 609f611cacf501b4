"""ModuleLoad: what is loaded, unloaded and reloaded, who may do it, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.dialplan.modules import Unloaded
from tests.ami.support import Ami, run_ami


def test_a_module_is_unloaded_and_loaded(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        boss = await ami.user("boss", "top")
        answer = await boss.ask("ModuleLoad", LoadType="unload", Module="app_echo.so")
        assert (answer.get("Response"), answer.get("Message")) == ("Success", "Module unloaded.")
        assert (await boss.ask("ModuleCheck", Module="app_echo")).get("Response") == "Error"
        answer = await boss.ask("ModuleLoad", LoadType="unload", Module="app_echo.so")
        assert answer.get("Message") == "Could not unload module."
        answer = await boss.ask("ModuleLoad", LoadType="load", Module="app_echo.so")
        assert answer.get("Message") == "Module loaded."
        assert (await boss.ask("ModuleCheck", Module="app_echo")).get("Response") == "Success"
        answer = await boss.ask("ModuleLoad", LoadType="load", Module="app_none.so")
        assert (answer.get("Response"), answer.get("Message")) == (
            "Error", "Could not load module.",
        )  # fmt: skip
        told = [(each.get("Event"), each.get("Module"), each.get("Status")) for each in boss.heard]
        assert told == [
            ("Unload", "app_echo.so", "Success"),
            ("Load", "app_echo.so", "Success"),
            ("Load", "app_none.so", "Failure"),
        ]
        answer = await boss.ask("ModuleLoad", LoadType="refresh", Module="app_queue.so")
        assert answer.get("Message") == "Module reloaded."
        assert ami.node.told == ["reload app_queue.so"]

    run_ami(tmp_path, test)


@pytest.mark.parametrize("user", ["reader", "reporter"])
@pytest.mark.parametrize("kind", ["load", "unload", "reload", "refresh"])
def test_who_may_only_read_loads_nothing(tmp_path: Path, user: str, kind: str) -> None:
    async def test(ami: Ami) -> None:
        client = await ami.user(user, "look")
        answer = await client.ask("ModuleLoad", LoadType=kind, Module="app_echo.so")
        assert (answer.get("Response"), answer.get("Message")) == ("Error", "Permission denied")
        assert ami.node.told == []
        assert not ami.pbx.datastore(Unloaded)

    run_ami(tmp_path, test)
