import asyncio
import re

import pytest

from switchroom.base.errors import SwitchroomError
from switchroom.cli.context import CliContext
from switchroom.cli.registry import (
    Arguments,
    Command,
    CommandFailedError,
    CommandTable,
    DuplicateCommandError,
    UsageError,
    collect_commands,
)
from tests.cli.fakes import CliNode


def echo(context: CliContext, arguments: Arguments) -> str:
    """Say what was said."""
    return " ".join(arguments) + "\n"


async def later(context: CliContext, arguments: Arguments) -> str:
    """Fail in every way."""
    await asyncio.sleep(0)
    raise {
        "usage": UsageError(),
        "failed": CommandFailedError("no"),
        "own": SwitchroomError("why"),
        "bug": ZeroDivisionError(),
    }[arguments[0]]


TABLE = CommandTable(
    [
        Command(("say",), ("say <words>",), echo, None),
        Command(("say", "loud"), ("say loud",), echo, lambda _, arguments: ("Red", "rose", "blue")),
        Command(("fail",), ("fail <how>", "fail"), later, None),
    ]
)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", ""),
        ("say a  b", "a b\n"),
        ("SAY a", "a\n"),
        ("say loud c", "c\n"),
        (
            "sa x",
            "No such command 'sa x' (type 'core show help sa x' for other possible commands)\n",
        ),
        ("fail usage", "Usage: fail <how>\n   OR: fail\n       Fail in every way.\n"),
        ("fail failed", "no\nCommand 'fail failed' failed.\n"),
        ("fail own", "why\nCommand 'fail own' failed.\n"),
        ("fail bug", "Command 'fail bug' failed.\n"),
    ],
)
def test_execute(cli: CliNode, line: str, answer: str) -> None:
    assert asyncio.run(TABLE.execute(line, cli.context)) == answer


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ["fail", "say"]),
        ("s", ["say"]),
        ("say ", ["loud"]),
        ("say loud ", ["Red", "blue", "rose"]),
        ("say loud r", ["Red", "rose"]),
        ("say loud x", []),
        ("nothing ", []),
    ],
)
def test_complete(cli: CliNode, line: str, words: list[str]) -> None:
    assert TABLE.complete(line, cli.context) == words


def test_two_commands_of_one_name() -> None:
    with pytest.raises(DuplicateCommandError, match="'a b'"):
        CommandTable([Command(("a", "b"), ("a b",), run, None) for run in (echo, later)])


def test_every_command_says_what_it_does() -> None:
    for each in collect_commands().beginning_with([]):
        assert re.fullmatch(r"[A-Z][^\n]{5,90}[.:]", each.summary), each.name
        assert each.words == tuple(each.name.split())


def test_every_command_refuses_too_many_arguments(cli: CliNode) -> None:
    # What takes any number of arguments finds none of these.
    open_ended = {"core show application", "core show help", "help"}
    open_ended |= {"channel request hangup", "hangup request", "channel originate", "originate"}
    open_ended |= {"cli check permissions", "logger add channel", "manager show command"}
    open_ended |= {"realtime destroy", "realtime store"}  # pairs of columns and values
    open_ended |= {"module load", "module refresh", "module reload", "module unload"}
    for each in collect_commands().beginning_with([]):
        if each.name not in open_ended:
            answer = asyncio.run(collect_commands().execute(f"{each.name} {'x ' * 9}", cli.context))
            assert answer == each.usage
