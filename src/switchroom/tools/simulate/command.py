"""``switchroom simulate``: run one call through a dialplan, in virtual time, and tell about it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

DEFAULT_FOLDER = Path("/etc/asterisk")

DESCRIPTION = """\
Run a call through the dialplan of a configuration folder: no network, no sound, no waiting. What
would take an hour takes milliseconds. Prints what is executed, heard, keyed, set and stored."""

EPILOG = """\
the caller (--dtmf), words in order:
  w3 or wait:3      wait three seconds      100 1ww2#         key digits; w: half a second
  hear:agent-pass   wait for a prompt       talk:5, hangup    talk, hang up

those who are dialled (--outcome), words joined by commas, several dials by semicolons:
  answer:30 busy congestion noanswer chanunavail cause:21 ring:5 keys:w1

what reaches out of the call (System, AGI, SHELL, CURL) is not done; --stub says what it answers:
  --stub 'CURL(http://crm/*)=Bob'   --stub 'AGI(lookup.py*)=AGISTATUS=SUCCESS,name=Bob'

exit codes: 0 the call ran to its end, 1 the dialplan went wrong, 2 usage or configuration"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line; whoever does so makes it call :func:`run`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "simulate",
        help="run a call through a dialplan, in virtual time",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("-C", dest="folder", metavar="DIR", type=Path, default=argparse.SUPPRESS,
        help=f"configuration folder, or an extensions.conf ({DEFAULT_FOLDER})")  # fmt: skip
    add("--dial", metavar="EXTENSION", required=True, help="what the caller dials")
    add("--from", dest="context", metavar="CONTEXT", help="context of the call (default: default)")
    add("--phone", metavar="NAME",
        help="call as this endpoint of pjsip.conf or sip.conf does")  # fmt: skip
    add("--caller-id", metavar="ID", help="""who calls: '"Alice" <100>'""")
    add("--channel", metavar="NAME", help="the channel's name, without number: PJSIP/alice")
    add("--language", metavar="CODE", help="of the prompts")
    add("--dtmf", metavar="SCRIPT", default="", help="what the caller does (below)")
    add("--outcome", metavar="RESOURCE=OUTCOME", action="append", default=[],
        help="how those behave that are dialled (below); * stands for any text")  # fmt: skip
    add("--set", dest="variables", metavar="NAME=VALUE", action="append", default=[],
        help="a channel variable, set before the call")  # fmt: skip
    add("--db", metavar="FAMILY/KEY=VALUE", action="append", default=[],
        help="an AstDB entry, there before the call")  # fmt: skip
    add("--stub", metavar="CALL=ANSWER", action="append", default=[],
        help="answer an application or function instead of running it (below)")  # fmt: skip
    add("--at", metavar="TIME", help="when: '2026-12-24 17:55', 17:55 or 'fri 17:55'; now without")
    add("--seed", metavar="N", type=int, default=0, help="what random functions begin with")
    add("--hangup-after", metavar="SECONDS", type=float, help="when the caller hangs up at last")
    add("--json", action="store_true", help="print one JSON object")
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print.

    Returns:
        The exit code.
    """
    # Imported here: other commands start without loading the dialplan and its applications.
    from switchroom.tools.simulate.printing import simulate_and_print

    return simulate_and_print(arguments, getattr(arguments, "folder", None) or DEFAULT_FOLDER)
