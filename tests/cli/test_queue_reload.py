"""queue reload: what of the files is taken over."""

import asyncio

import pytest

from switchroom.cli.registry import collect_commands
from switchroom.queues.reloading import Reloading, ReloadScope
from tests.cli.fakes import CliNode


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        ("all", ReloadScope()),
        ("members", ReloadScope(parameters=False, rules=False)),
        ("parameters a", ReloadScope(members=False, rules=False, names=frozenset({"a"}))),
        ("rules", ReloadScope(parameters=False, members=False)),
        ("all a b", ReloadScope(names=frozenset({"a", "b"}))),
    ],
)
def test_scopes(cli: CliNode, words: str, scope: ReloadScope) -> None:
    scopes: list[ReloadScope] = []

    async def reload(what: str = "", *, tells: bool = True) -> None:
        assert (what, tells) == ("queues", True)
        scopes.append(cli.context.pbx.datastore(Reloading).scope)

    cli.node.reload = reload  # type: ignore[method-assign]  # what it would go by
    commands = collect_commands()
    assert asyncio.run(commands.execute(f"queue reload {words}", cli.context)) == ""
    assert scopes == [scope]


def test_other_words_are_refused(cli: CliNode) -> None:
    answer = asyncio.run(collect_commands().execute("queue reload some", cli.context))
    assert "queue reload parameters|members|rules|all" in answer
    assert cli.node.told == []
