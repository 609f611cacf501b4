"""``switchroom check``: the command line of the check."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import Any

from switchroom.base.errors import ConfigError, SwitchroomError
from switchroom.base.release import Release, VersionError, parse_release
from switchroom.base.version import COMPATIBLE_VERSION
from switchroom.config.asterisk_conf import AsteriskConfig, load_asterisk_conf
from switchroom.tools.check.checking import Report, Selection, check
from switchroom.tools.check.finding import Severity
from switchroom.tools.check.project import Project, UnreadableError, load_files, load_folder
from switchroom.tools.check.report import github, human, plain_json, sarif
from switchroom.tools.check.rule import collect_rules
from switchroom.tools.check.suppressions import has_code

CLEAN, FOUND, UNREADABLE = 0, 1, 2
DEFAULT_FOLDER = Path("/etc/asterisk")
DESCRIPTION = """\
Look a configuration over without running it: what cannot be read, places that do not exist,
variables nobody sets, mistyped names and words, what callers could inject, what is outdated."""
EPILOG = """\
codes are given whole or by their beginning: SW305, SW3, SW3xx. In a configuration
  ; switchroom: ignore SW305 reason         at the end of a line, or alone above it
  ; switchroom: ignore-file SW501 reason    for the whole file

exit codes: 0 nothing found, 1 findings, 2 nothing could be read"""


class UsageError(SwitchroomError):
    """What was asked for makes no sense."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="look a configuration over for mistakes and risks",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", metavar="FILE", nargs="*", type=Path,
        help="single files instead of a folder; their names say what they are")  # fmt: skip
    add("-C", dest="folder", metavar="DIR", type=Path, default=argparse.SUPPRESS,
        help=f"configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})")  # fmt: skip
    add("--format", choices=("human", "json", "sarif", "github"), default="human")
    add("--select", metavar="CODES", default="", help="only these rules (joined by commas)")
    add("--ignore", metavar="CODES", default="", help="all rules but these")
    add("--min-severity", choices=[severity.word for severity in Severity], default="info",
        help="what is less severe is counted and not reported (default: %(default)s)")  # fmt: skip
    add("--sounds", metavar="DIR", type=Path, action="append", default=[],
        help="a folder of sound files, besides those of asterisk.conf")  # fmt: skip
    add("--from", metavar="VERSION", dest="old", type=_release,
        help="the version of Asterisk it was written for: tell what changed since")  # fmt: skip
    add("--to", metavar="VERSION", dest="new", type=_release,
        help=f"with --from: up to this version (default: {COMPATIBLE_VERSION})")  # fmt: skip
    add("--explain", metavar="CODE", help="what a code means and what to do about it")
    add("--rules", action="store_true", help="list all rules")
    parser.set_defaults(run_command=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Check and print.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.

    Returns:
        The exit code.
    """
    try:
        if arguments.explain or arguments.rules:
            about = explain(arguments.explain) if arguments.explain else rules()
            sys.stdout.write(about)
            return CLEAN
        selection = _selection(arguments)
        gc.disable()  # all of it is needed up to the end: collecting costs a third of the time
        project = _project(arguments)
        project.migration = _migration(arguments)
        report = check(project, selection)
        sys.stdout.write(_rendered(report, project, arguments.format))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` reads no further
        return FOUND
    except (ConfigError, UnreadableError, UsageError) as error:
        sys.stderr.write(f"switchroom check: {error}\n")
        return UNREADABLE
    finally:
        gc.enable()
    return FOUND if report.findings else CLEAN


def rules() -> str:
    """All rules, one a line."""
    return "".join(
        f"{rule.code}  {rule.severity.word:<7}  {rule.title}\n" for rule in collect_rules().values()
    )


def explain(code: str) -> str:
    """What a rule says of itself.

    Raises:
        UsageError: There is no such rule.
    """
    rule = collect_rules().get(code.upper())
    if rule is None:
        raise UsageError(f"there is no rule {code}; --rules lists them")
    return f"{rule.code} ({rule.severity.word}): {rule.title}\n\n{rule.explanation}\n"


def _selection(arguments: argparse.Namespace) -> Selection:
    return Selection(
        select=_codes(arguments.select),
        ignore=_codes(arguments.ignore),
        minimum=Severity[arguments.min_severity.upper()],
    )


def _codes(text: str) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in text.split(",") if code.strip())
    for code in codes:
        if not any(has_code(known, code) for known in collect_rules()):
            raise UsageError(f"there is no rule {code}; --rules lists them")
    return codes


def _release(text: str) -> Release:
    try:
        return parse_release(text)
    except VersionError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _migration(arguments: argparse.Namespace) -> tuple[Release, Release] | None:
    if arguments.old is None:
        if arguments.new is not None:
            raise UsageError("--to needs --from")
        return None
    new = arguments.new or parse_release(COMPATIBLE_VERSION)
    if new < arguments.old:
        raise UsageError(
            f"{new.text} is older than {arguments.old.text}: nothing tells what changed"
        )
    return arguments.old, new


def _project(arguments: argparse.Namespace) -> Project:
    if arguments.files:
        if getattr(arguments, "folder", None) is not None:
            raise UsageError("give either files or -C, not both")
        return load_files(arguments.files, sounds=arguments.sounds)
    where = getattr(arguments, "folder", None) or DEFAULT_FOLDER
    if not where.exists():
        raise UnreadableError(f"there is no {where}")
    options = _asterisk_conf(where)
    folder = where if where.is_dir() else options.directories.astetcdir
    installed = options.directories.astdatadir / "sounds"
    sounds = [*arguments.sounds, *([installed] if installed.is_dir() else [])]
    return load_folder(folder, sounds=sounds)


def _asterisk_conf(where: Path) -> AsteriskConfig:
    """Its options; a folder's own file that is wrong will be reported as a finding."""
    try:
        return load_asterisk_conf(where)
    except ConfigError:
        if where.is_dir():
            return AsteriskConfig()
        raise


def _rendered(report: Report, project: Project, form: str) -> str:
    match form:
        case "json":
            return plain_json.render(report)
        case "sarif":
            return sarif.render(report)
        case "github":
            return github.render(report)
        case _:
            is_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
            return human.render(report, project.lines, is_coloured=is_coloured)
