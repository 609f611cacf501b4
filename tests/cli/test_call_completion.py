"""``cc report status``, ``cc cancel``; ``dialplan locks show``."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from switchroom.cli.registry import collect_commands
from switchroom.pbx.call_completion import CallCompletions, ChannelCompletion
from switchroom.pbx.named_locks import NamedLocks
from tests.cli.fakes import CliNode
from tests.support.fakes import make_channel


def test_completions(cli: CliNode) -> None:
    async def main() -> list[str]:
        pbx = cli.context.pbx
        answers = []

        async def ask(command: str) -> None:
            answers.append(await collect_commands().execute(command, cli.context))

        async with pbx:
            completions = pbx.datastore(CallCompletions)
            everybody = replace(
                completions.defaults, agent_policy="generic", monitor_policy="always"
            )
            called = make_channel(pbx, name="PJSIP/bob-00000009")
            called.datastore(ChannelCompletion).parameters = everybody
            await ask("cc report status")
            callers = [make_channel(pbx, name=f"PJSIP/{name}-00000001") for name in ("ann", "eve")]
            for caller in callers:
                caller.datastore(ChannelCompletion).parameters = everybody
                completions.offer(caller, [called], was_busy=True)
            completions.request(callers[1])
            await ask("cc report status")
            await ask("cc cancel core 7")
            await ask("cc cancel core 1")
            await ask("cc cancel all")
            await ask("cc report status")
        return answers

    none, some, unknown, one, every, after = asyncio.run(main())
    assert none == after == "0 Call completion transactions\n"
    rows = [line.split() for line in some.splitlines()[3:]]
    assert rows == [
        ["1", "PJSIP/ann", "CALLER_OFFERED", "PJSIP/bob"],
        ["2", "PJSIP/eve", "ACTIVE", "PJSIP/bob"],
    ]
    assert unknown == "There is no call completion 7\n"
    assert one == "Call completion for PJSIP/ann cancelled\n"
    assert every == "Call completion for PJSIP/eve cancelled\n"


def test_locks(cli: CliNode) -> None:
    async def main() -> str:
        pbx = cli.context.pbx
        async with pbx:
            holder, other = make_channel(pbx), make_channel(pbx, name="Fake/2")
            locks = pbx.datastore(NamedLocks)
            assert locks.try_to_take(holder, "door")
            waiting = asyncio.ensure_future(locks.take(other, "door"))  # noqa: TID251  # of the test
            await asyncio.sleep(0)
            answer = await collect_commands().execute("dialplan locks show", cli.context)
            locks.release(holder, "door")
            assert await waiting
        return answer

    head, row, count = asyncio.run(main()).splitlines()
    assert head.split() == ["Name", "Owner", "Requesters"]
    assert row.split() == ["door", "Fake/1-00000000", "1"]
    assert count == "1 lock"
