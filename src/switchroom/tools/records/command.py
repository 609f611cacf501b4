"""``switchroom records``: the command line."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from switchroom.config.asterisk_conf import AsteriskConfig, load_asterisk_conf
from switchroom.config.language.reader import read_config
from switchroom.config.records.cdr import read_cdr
from switchroom.storage.channel_journal import FOLDER, JournalledRun, read_journal
from switchroom.tools.records.gaps import Found, Verdict, verify
from switchroom.tools.records.reading import RecordFiles

DEFAULT_FOLDER = Path("/etc/asterisk")
SETTLES_WITHIN = 5.0  #: seconds in which records of a node that lives may still be on their way

EPILOG = """\
examples:
  switchroom records verify                       what records.conf keeps a journal of, all days
  switchroom records verify -C etc --hours 24     of the last day
  switchroom records verify --json | jq .gaps     for a monitoring check

Each channel that the journal has was born must have its call records (cdr-csv/Master.csv, or
a file of cdr_custom.conf, or a table of cdr_adaptive_odbc.conf, cdr_odbc.conf, cdr_pgsql.conf or
cdr_sqlite3_custom.conf, with the channel, the destination channel, the start and the
disposition), its channel events (a file of cel_custom.conf with eventtype and the unique id), and
a way out of each queue that it entered (queue_log). Rotated files are read too.
exit codes: 0 nothing is missing, 1 something is, 2 there is no journal"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "records",
        help="whether every channel that was born has its records",
        description="Hold call records, channel events and the queue log against the journal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=["verify"], help="what to do")
    parser.add_argument(
        "-C", dest="folder", metavar="DIR", type=Path, default=argparse.SUPPRESS,
        help=f"configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})",
    )  # fmt: skip
    parser.add_argument("--hours", type=float, help="only channels born within the last hours")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run_command=run)
    return parser


def run(arguments: argparse.Namespace, *, now: Callable[[], float] = time.time) -> int:  # noqa: TID251  # the wall clock
    """Verify, and print what came out.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.
        now: The wall clock.

    Returns:
        The exit code.

    Raises:
        ConfigError: The configuration cannot be read.
    """
    asterisk = load_asterisk_conf(getattr(arguments, "folder", None) or DEFAULT_FOLDER)
    folder = asterisk.directories.astspooldir / FOLDER
    runs = read_journal(folder)  # before the records, which are written later than it
    if not runs:
        sys.stderr.write(f"switchroom: there is no journal in {folder}\n")
        return 2
    moment = now()
    if arguments.hours is not None:
        _forget_before(runs, moment - 3600 * arguments.hours)
    found = RecordFiles(asterisk).read()
    verdict = verify(runs, found, settled=moment - SETTLES_WITHIN - _batch_time(asterisk))
    sys.stdout.write(_json(verdict) if arguments.json else _text(verdict, found))
    return 1 if verdict.gaps else 0


def _forget_before(runs: list[JournalledRun], moment: float) -> None:
    for run_ in runs:
        run_.channels = {i: c for i, c in run_.channels.items() if c.born_at >= moment}


def _batch_time(asterisk: AsteriskConfig) -> float:
    path = asterisk.directories.astetcdir / "cdr.conf"
    if not path.exists():
        return 0.0
    config = read_cdr(read_config(path, allow_exec=asterisk.exec_includes))
    return float(config.batch_time) if config.is_batched else 0.0


def _json(verdict: Verdict) -> str:
    return json.dumps(asdict(verdict)) + "\n"


def _text(verdict: Verdict, found: Found) -> str:
    def line(what: str, count: int, records: object) -> str:
        return f"{what:<16} {count if records is not None else 'not kept, or not readable'}\n"

    lines = [
        f"{'Channels':<16} {verdict.channels}, {verdict.going_on} of them going on\n",
        line("Call records", verdict.call_records, found.calls),
        line("Channel events", verdict.channel_events, found.events),
        line("Calls in queues", verdict.queue_calls, found.queue_log),
    ]
    for gap in verdict.gaps:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(gap.at))
        lines.append(f"{at}  {gap}\n")
    count = len(verdict.gaps)
    lines.append(f"{count} gap{'' if count == 1 else 's'}\n" if count else "Nothing is missing.\n")
    return "".join(lines)
