"""``switchroom queue``: the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchroom.tools.queue.simulate import add_parser as add_simulate
from switchroom.tools.queue.simulate import simulate

EPILOG = """\
examples:
  switchroom queue explain support                 who is first in line, and who would get the call
  switchroom queue explain support 1732567890.42   why this caller got that agent
  switchroom queue explain support --json          the same for programs
  switchroom queue simulate --rate 200 --talk 180 --agents 12   what twelve agents come to
  switchroom queue simulate --replay queue_log --agents 24      yesterday with 24 agents

`switchroom queue COMMAND --help` tells more."""

#: Runs a command on the server of a configuration folder; returns the exit code.
Remote = Callable[[Path, str], int]


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "queue",
        help="why a caller gets this agent; what if there were more of them",
        description="Ask a running server about its queues, or try a queue out in virtual time.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_explain(commands)
    add_simulate(commands).set_defaults(run_queue=_simulate)
    return parser


def _add_explain(commands: Any) -> None:
    parser = commands.add_parser(
        "explain",
        help="why a caller gets this agent, and not that one",
        description="Ask a running server why a caller gets this agent, and not that one:"
        " what would be decided now, and what was decided last.",
    )
    parser.add_argument("queue", metavar="QUEUE", help="the queue")
    parser.add_argument("caller", metavar="CALLER", nargs="?", help="channel, or unique id")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "-C", metavar="DIR", type=Path, dest="folder", default=argparse.SUPPRESS,
        help="the server's configuration folder, or its asterisk.conf",
    )  # fmt: skip
    parser.set_defaults(run_queue=_explain)


def _explain(arguments: argparse.Namespace, folder: Path, remote: Remote) -> int:
    words = ["queue explain", arguments.queue, arguments.caller or ""]
    return remote(folder, " ".join([*filter(None, words), *(["json"] * arguments.json)]))


def _simulate(arguments: argparse.Namespace, _: Path, __: Remote) -> int:
    return simulate(arguments)


def run(arguments: argparse.Namespace, *, folder: Path, remote: Remote) -> int:
    """Do it.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.
        folder: The server's configuration folder.
        remote: Runs a command on the server that runs on it.

    Returns:
        The exit code.
    """
    chosen: Callable[[argparse.Namespace, Path, Remote], int] = arguments.run_queue
    return chosen(arguments, folder, remote)
