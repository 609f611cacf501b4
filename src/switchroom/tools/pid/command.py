"""``switchroom pid``: the command line."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from switchroom.ops.processes.lookup import pids_of

EPILOG = """\
examples:
  switchroom pid queue-watcher.py            18342
  kill $(switchroom pid queue-watcher.py)    nothing is killed by mistake
  switchroom pid /opt/pbx/agi-server.py      one of two that have the same name

A process runs a script when the script is its program, or what its interpreter (python, perl, …)
was given; what merely names it (grep, an editor, this command) is no such process.
exit codes: 0 it runs, 1 it does not"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "pid",
        help="print the process number of a script, and nothing else",
        description="Print the numbers of the processes that run a script, a line each.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("script", metavar="SCRIPT", help="a file's name, a path, or a module")
    parser.set_defaults(run_command=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Print what is found.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.

    Returns:
        The exit code.
    """
    found = pids_of(arguments.script)
    sys.stdout.write("".join(f"{pid}\n" for pid in found))
    return 0 if found else 1
