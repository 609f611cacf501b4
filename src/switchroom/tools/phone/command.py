"""``switchroom phone``: a run of the phone from the command line."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchroom.base.errors import MediaError, SwitchroomError
from switchroom.media.api import MediaEngine
from switchroom.tools.phone.agent import NetworkError
from switchroom.tools.phone.options import add_options, settings_of
from switchroom.tools.phone.outcome import ExitCode
from switchroom.tools.phone.phone import Phone
from switchroom.tools.phone.report import Report, Tone, wants_colours
from switchroom.tools.phone.settings import PhoneSettings

EPILOG = """\
words of a script, with white space between them:
  1234#          key these digits; a w among them waits half a second
  wait:3         wait three seconds
  prompt         wait until the other side talked and fell silent; prompt:2 twice
  talking        wait until the other side talks
  silence:1.5    wait until the other side was silent for so long, from now on
  expect:42#     wait until the other side keyed these digits
  play:FILE      play a sound file to the other side
  hold, resume   put the other side on hold, take it back
  transfer:500   send the other side to 500, and hang up
  hangup         hang up
  expect-hangup  wait until the other side hangs up
Those that wait for the other side wait 30 seconds at most; prompt<5 waits five.
After the last word the phone stays on the line until the other side hangs up (see --stay).

examples:
  switchroom phone --demo 100 --dial '*88' --say 'wait:3 100 wait:4 1234#'
  switchroom phone --demo 101 --answer --say 'play:hello.wav expect-hangup'
  switchroom phone --register sip:alice@192.0.2.1 --password-file f --dial 500 --record heard.wav
  switchroom phone --from sip:test@192.0.2.1 --dial 700 --say 'prompt<10 1 prompt hangup' --json

exit codes:
  0   what was asked for happened, and the script ran to its end
  2   options, script, configuration or a file are wrong; nobody was called
  3   the registrar refused
  4   not answered: refused, or nobody answered or called in time
  5   busy
  6   network: nobody there, no such host, no socket
  7   the other side hung up before the script was at its end
  8   something the script waits for did not happen, or was refused
  130 interrupted; the call was hung up
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare ``phone`` among the commands of ``switchroom``; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "phone",
        help="be a phone: register, dial, key digits, hear and record",
        description="A phone without a handset, for trying things out and for scripts.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    return parser


def run(
    arguments: argparse.Namespace,
    *,
    make_engine: Callable[[], MediaEngine],
    demo_folder: Path,
) -> int:
    """Run the phone on an event loop of its own; returns the exit code.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.
        make_engine: Makes the media engine; called on the loop, once there is a call.
        demo_folder: Where the demo's ``pjsip.conf`` is.
    """
    try:
        settings = settings_of(arguments, demo_folder, os.environ)
    except SwitchroomError as error:
        print(f"switchroom phone: {error}", file=sys.stderr)  # noqa: T201  # the command's answer
        return ExitCode.USAGE
    if arguments.trace:
        logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s")
        logging.getLogger("switchroom.sip.trace").setLevel(logging.DEBUG)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_run(settings, make_engine, as_json=arguments.json))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return ExitCode.INTERRUPTED


async def _run(
    settings: PhoneSettings, make_engine: Callable[[], MediaEngine], *, as_json: bool
) -> ExitCode:
    """One run; SIGTERM and a pipe that nobody reads end it as Ctrl-C does: it is cancelled."""
    task = asyncio.current_task()
    assert task is not None
    report = Report(
        sys.stdout,
        as_json=as_json,
        colours=wants_colours(sys.stdout),
        on_nobody_reads=task.cancel,
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await Phone(settings, make_engine, report).run()
    except (NetworkError, MediaError) as error:
        report.tell("failed", str(error), tone=Tone.BAD)
        return ExitCode.NETWORK


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
