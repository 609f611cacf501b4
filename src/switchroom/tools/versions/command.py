"""``switchroom versions``: the command line."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable
from typing import Any

from switchroom.base.release import Release, Step, parse_release, step_between

EPILOG = """\
examples:
  switchroom versions 10.2.0                       what a version is
  switchroom versions 10.2.0 10.2.1                what it is to go from one to the other
  switchroom versions 1.8.32.3 11.25.3 22.5.0      each step of a way
  git tag | switchroom versions --sort             versions from standard input, oldest first
  switchroom versions --json 1.8 10                for scripts

exit codes: 0 done, 1 a text is no version, 2 the command line made no sense"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "versions",
        help="read, order and compare versions of Asterisk",
        description="Read, order and compare versions of Asterisk, of all its numbering schemes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("versions", metavar="VERSION", nargs="*", help="such as 1.8.32.3 or 22.5.0-rc1")
    parser.add_argument("--sort", action="store_true", help="print them, oldest first")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.set_defaults(run_command=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Print what is asked for.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.

    Returns:
        The exit code.

    Raises:
        VersionError: A text is no version.
    """
    words: Iterable[str] = arguments.versions
    if not arguments.versions:
        if not arguments.sort or sys.stdin.isatty():
            sys.stderr.write("switchroom versions: which versions? (--help has examples)\n")
            return 2
        words = sys.stdin.read().split()
    releases = [parse_release(word) for word in words]
    if arguments.sort:
        ordered = sorted(releases)
        told: object = [each.text for each in ordered]
        text = "".join(f"{each.text}\n" for each in ordered)
    elif len(releases) == 1:
        told = _as_json(releases[0])
        text = _described(releases[0])
    else:
        steps = [step_between(*pair) for pair in itertools.pairwise(releases)]
        told = [_step_as_json(each) for each in steps]
        text = "".join(_step_described(each) for each in steps)
    sys.stdout.write(json.dumps(told, indent=2) + "\n" if arguments.json else text)
    return 0


def _described(release: Release) -> str:
    lines = [release.text, f"  branch     {release.branch}{_support(release)}"]
    lines.append(f"  release    {release.number}{_mended(release)}")
    if release.certificate:
        lines.append(f"  certified  {release.certificate}")
    if release.flavour:
        lines.append(f"  edition    {release.flavour}")
    if release.stage:
        candidate = ".".join(map(str, release.candidate))
        lines.append(f"  stage      {release.stage} {candidate}".rstrip() + ", not for production")
    return "\n".join(lines) + "\n"


def _support(release: Release) -> str:
    return " (long-term support)" if release.is_long_term else ""


def _mended(release: Release) -> str:
    if not release.patch:
        return ""
    return f", mended {'.'.join(map(str, release.patch))}x for security or regressions"


def _step_described(step: Step) -> str:
    return f"{step.old.text} -> {step.new.text}: {step.kind.value}\n  {step.advice}\n"


def _as_json(release: Release) -> dict[str, object]:
    return {
        "version": release.text,
        "branch": release.branch,
        "long_term": release.is_long_term,
        "release": release.number,
        "patch": list(release.patch),
        "certificate": release.certificate,
        "edition": release.flavour,
        "stage": release.stage,
        "candidate": list(release.candidate),
    }


def _step_as_json(step: Step) -> dict[str, object]:
    return {
        "from": step.old.text,
        "to": step.new.text,
        "kind": step.kind.name.lower(),
        "means": step.kind.value,
        "skipped_branches": list(step.skipped),
        "advice": step.advice,
    }
