"""``switchroom recordings``: the command line."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchroom.config.asterisk_conf import load_asterisk_conf
from switchroom.config.language.reader import read_config
from switchroom.config.recordings import DAY, FILE, RecordingsConfig, read_recordings
from switchroom.pbx.recordings.upkeep import Upkeep
from switchroom.storage.recordings import Recordings, Transfer

DEFAULT_FOLDER = Path("/etc/asterisk")
#: Seconds without a change after which a file is whole, for who cannot ask the server: a recording
#: may be paused for a while.
SETTLES = 3600.0
EPILOG = """\
examples:
  switchroom recordings list                         what there is, and what is off-box
  switchroom recordings prune --dry-run              what recordings.conf would have deleted now
  switchroom recordings prune --days 30 --force      also what is not off-box
  switchroom recordings upload                       by the command of recordings.conf
  switchroom recordings upload 'rclone copyto {file} archive:calls/{name}'

A running server does this by itself, by recordings.conf; two never upload at once.
exit codes: 0 all went well, 1 something was not uploaded, 2 another one is at it"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "recordings",
        help="list, prune and upload what was recorded",
        description="Look after the recordings of calls in the spool's folder monitor.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=["list", "prune", "upload"], help="what to do")
    parser.add_argument(
        "upload_by", nargs="?", metavar="COMMAND", help="for upload: a shell command a file"
    )
    parser.add_argument(
        "-C", dest="folder", metavar="DIR", type=Path, default=argparse.SUPPRESS,
        help=f"configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})",
    )  # fmt: skip
    parser.add_argument("--days", type=float, help="for prune: older than so many days")
    parser.add_argument("--gigabytes", type=float, help="for prune: beyond so many, the oldest")
    parser.add_argument("--force", action="store_true", help="for prune: though not off-box")
    parser.add_argument("--dry-run", action="store_true", help="for prune: only say what would go")
    parser.add_argument(
        "--settles", type=float, default=SETTLES, metavar="SECONDS",
        help="files that changed within so many seconds stay (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="for list: one JSON object a line")
    parser.set_defaults(run_command=run)
    return parser


def run(arguments: argparse.Namespace, *, now: Callable[[], float] = time.time) -> int:  # noqa: TID251  # the wall clock
    """Do it, and print what came out.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.
        now: The wall clock.

    Returns:
        The exit code.

    Raises:
        ConfigError: The configuration cannot be read.
    """
    asterisk = load_asterisk_conf(getattr(arguments, "folder", None) or DEFAULT_FOLDER)
    path = asterisk.directories.astetcdir / FILE
    config = read_recordings(read_config(path)) if path.exists() else RecordingsConfig()
    changes: dict[str, Any] = {}
    if arguments.days is not None:
        changes["keep_for"] = arguments.days * DAY
    if arguments.gigabytes is not None:
        changes["keep_bytes"] = int(arguments.gigabytes * 1e9)
    if arguments.upload_by:
        changes["upload"] = arguments.upload_by
    recordings = Recordings(asterisk.directories.astspooldir / "monitor")
    upkeep = Upkeep(recordings, dataclasses.replace(config, **changes), now)
    match arguments.verb:
        case "list":
            return _list(recordings, now(), as_json=arguments.json)
        case "prune":
            return _prune(upkeep, arguments)
        case _:
            return _upload(upkeep, arguments.settles)


def _list(recordings: Recordings, now: float, *, as_json: bool) -> int:
    done = recordings.transfers()
    total = 0
    for file in recordings.files():
        total += file.size
        state = _state(done.get(file))
        if as_json:
            line = json.dumps({**dataclasses.asdict(file), "state": state})
        else:
            age = (now - file.changed_at) / DAY
            line = f"{age:8.1f} d {file.size / 1e6:10.2f} MB  {state:<12} {file.name}"
        sys.stdout.write(f"{line}\n")
    if not as_json:
        sys.stdout.write(f"{total / 1e9:.3f} GB in all\n")
    return 0


def _state(last: Transfer | None) -> str:
    if last is None:
        return "here"
    return f"failed {last.failures}x" if last.failures else "off-box"


def _prune(upkeep: Upkeep, arguments: argparse.Namespace) -> int:
    work = upkeep.to_prune if arguments.dry_run else upkeep.prune
    for file in work(settles=arguments.settles, forces=arguments.force):
        sys.stdout.write(f"{file.name}\n")
    return 0


def _upload(upkeep: Upkeep, settles: float) -> int:
    if not upkeep.config.upload:
        sys.stderr.write(
            "switchroom: upload by which command? Neither recordings.conf nor you said\n"
        )
        return 1
    found = asyncio.run(upkeep.upload(settles=settles))
    if found is None:
        sys.stderr.write("switchroom: another one uploads just now\n")
        return 2
    done, failed = found
    for word, files in (("uploaded", done), ("failed", failed)):
        sys.stdout.writelines(f"{word} {file.name}\n" for file in files)
    return 1 if failed else 0
