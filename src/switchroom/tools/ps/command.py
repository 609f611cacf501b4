"""``switchroom ps``: the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from switchroom.cli.client import run_command
from switchroom.config.asterisk_conf import load_asterisk_conf

DEFAULT_FOLDER = Path("/etc/asterisk")
EPILOG = """\
examples:
  switchroom ps                      those of /etc/asterisk
  switchroom ps -C pbx/etc --json    of another server, for scripts

The console has the same as `processes show`, and start, stop and restart.
exit codes: 0 done, 1 no server runs there"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "ps",
        help="list the helper programs that a running server looks after",
        description="List the helper programs that a running server looks after (processes.conf).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("-C", dest="folder", metavar="DIR", type=Path, default=argparse.SUPPRESS,
        help=f"configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})")  # fmt: skip
    add("--json", action="store_true", help="for scripts")
    parser.set_defaults(run_command=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Ask the server and print.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.

    Returns:
        The exit code.

    Raises:
        ConfigError: Its ``asterisk.conf`` is wrong.
    """
    folder = getattr(arguments, "folder", None) or DEFAULT_FOLDER
    words = "processes show json" if arguments.json else "processes show"
    return run_command(load_asterisk_conf(folder).control_socket, words)
