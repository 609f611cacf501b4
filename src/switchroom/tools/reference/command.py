"""``switchroom reference``: write the pages of the reference, or check those that are there."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from switchroom.tools.reference.commands_page import ConsoleCommand

UP_TO_DATE, OUTDATED = 0, 1


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare ``reference`` among the commands of ``switchroom``; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "reference",
        help="write the reference of applications, functions and commands",
        description="Write what applications, functions and commands say of themselves as Markdown:"
        " a page each for applications and functions, and three indexes.",
    )
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="where to")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; the exit code is 1 where a page is missing, outdated or left over",
    )
    return parser


def run(arguments: argparse.Namespace, *, commands: Iterable[ConsoleCommand]) -> int:
    """Write or check the pages.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.
        commands: Those of the console.

    Returns:
        The exit code.
    """
    from switchroom.tools.reference.folder import differences, write
    from switchroom.tools.reference.reference import make_pages

    pages = make_pages(commands)
    if not arguments.check:
        write(arguments.output, pages)
        return UP_TO_DATE
    found = differences(arguments.output, pages)
    for name, what in found.items():
        sys.stdout.write(f"{arguments.output / name}: {what}\n")
    return OUTDATED if found else UP_TO_DATE
