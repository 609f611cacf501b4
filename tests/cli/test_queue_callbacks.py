"""queue callbacks, and QueueCallbacks of the manager interface."""

import asyncio
from pathlib import Path

from switchroom.apps.queues.callbacks import Callbacks
from switchroom.cli.registry import collect_commands
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.queues.callback import Callback, CallbackPlan
from switchroom.queues.desk import Desks
from tests.ami.support import Ami, run_ami
from tests.cli.fakes import CliNode


def test_they_are_listed_and_cancelled(cli: CliNode) -> None:
    async def main() -> list[str]:
        async with cli.context.pbx as pbx:
            ask = collect_commands().execute
            nobody = await ask("queue callbacks", cli.context)
            desks, callbacks = pbx.datastore(Desks), pbx.datastore(Callbacks)
            desks.use(pbx, read_queues(parse_config("[q]\n")), {})
            now = desks.now()
            plan = CallbackPlan("out")
            await callbacks.add(pbx, Callback("17.1", "q", "555", plan, now - 90.0, now))
            await asyncio.sleep(0)
            listed = await ask("queue callbacks q", cli.context)
            other = await ask("queue callbacks x", cli.context)
            done = await ask("queue cancel callback 17.1", cli.context)
            await asyncio.sleep(0.05)
            again = await ask("queue cancel callback 17.1", cli.context)
            return [nobody, listed, other, done, again]

    nobody, listed, other, done, again = asyncio.run(main())
    assert nobody == other == "No callbacks\n"
    line = listed.splitlines()[1].split()
    assert line == ["17.1", "q", "555", "90s", "0/3", "waiting"]
    assert done == "Callback 17.1 is cancelled\n"
    assert "there is no callback '17.1'" in again


def test_the_manager_interface(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        desks, callbacks = ami.pbx.datastore(Desks), ami.pbx.datastore(Callbacks)
        desks.use(ami.pbx, read_queues(parse_config("[q]\n")), {})
        now, plan = desks.now(), CallbackPlan("out")
        await callbacks.add(ami.pbx, Callback("17.1", "q", "555", plan, now - 90.0, now))
        boss = await ami.user("boss", "top")
        await boss.ask("QueueCallbacks")
        [told] = [each for each in boss.answers if each.get("Event") == "QueueCallback"]
        names = ("Queue", "CallbackID", "Number", "Wait", "Tried", "Attempts", "State")
        assert [told.get(n) for n in names] == ["q", "17.1", "555", "90", "0", "3", "waiting"]
        answer = await boss.ask("QueueCallbackCancel", CallbackID="17.1")
        assert answer.get("Message") == "Callback cancelled"
        await asyncio.sleep(1)
        assert not callbacks
        answer = await boss.ask("QueueCallbackCancel", CallbackID="17.1")
        assert answer.get("Message") == "No such callback"

    run_ami(tmp_path, test)
