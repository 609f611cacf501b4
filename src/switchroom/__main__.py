"""The command line: ``switchroom`` and its subcommands.

Modules are imported where they are needed: ``switchroom -rx`` answers scripts and must start fast.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from switchroom.base.collector import hold_collector
from switchroom.base.errors import SwitchroomError

DEFAULT_FOLDER = Path("/etc/asterisk")
_TOOLS = {
    "bench": "load a server of your own, and say what it takes",
    "check": "look a configuration over for mistakes and risks",
    "pid": "print the process number of a script, and nothing else",
    "phone": "be a phone: register, dial, key digits, hear and record",
    "queue": "why a caller gets this agent; what if there were more of them",
    "recordings": "list, prune and upload what was recorded",
    "records": "whether every channel that was born has its records",
    "reference": "write the reference of applications, functions and commands",
    "simulate": "run a call through a dialplan, in virtual time",
    "versions": "read, order and compare versions of Asterisk",
}
_EXAMPLES = """\
examples:
  switchroom demo                        two phones and a dialplan on loopback, to try things with
  switchroom run -C /etc/asterisk        run an Asterisk configuration as it stands
  switchroom -r                          the console of the running server
  switchroom -rx 'core show channels'    one command, for scripts
  switchroom phone --help                a phone on the command line
  switchroom check -C /etc/asterisk      look a configuration over for mistakes and risks
  switchroom bench --help                how much this machine takes
  switchroom queue simulate --help       what if a queue had more agents, or another strategy
  switchroom simulate --dial 100         run a call through the dialplan, in virtual time

`switchroom COMMAND --help` tells more. The exit code is 0 when all went well, 1 when not, 2 when
the command line made no sense.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None: those of the process.

    Returns:
        The exit code.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if words[:1] == ["asterisk"]:
            from switchroom.node.drop_in import run_drop_in

            return run_drop_in(words[1:])
        return _run(words)
    except SwitchroomError as error:
        print(f"switchroom: {error}", file=sys.stderr)  # noqa: T201  # the command line's answer
        return 1
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="switchroom",
        description="A distributed call-centre PBX that runs Asterisk configuration as it stands.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    parser.add_argument(
        "-r", action="store_true", dest="remote", help="console of a running server"
    )
    parser.add_argument("-x", metavar="COMMAND", dest="command", help="with -r: run one command")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "-C", metavar="DIR", type=Path, dest="folder",
        help=f"configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})",
    )  # fmt: skip
    where.add_argument("--demo", action="store_true", help="the demo's configuration folder")
    if not _is_remote(words):
        _add_subcommands(parser, words)
    chosen = parser.parse_args(words)
    if chosen.version:
        from switchroom.cli.version import version_text

        print(version_text())  # noqa: T201  # what was asked for
        return 0
    if chosen.remote or chosen.command is not None:
        folder = _demo_folder() if chosen.demo else chosen.folder or DEFAULT_FOLDER
        return run_remote(folder, chosen.command)
    if getattr(chosen, "run_command", None) is None:
        parser.print_help()
        return 2
    run: Callable[[argparse.Namespace], int] = chosen.run_command
    return run(chosen)


def _is_remote(words: list[str]) -> bool:
    """Whether it is ``-r`` or ``-rx``: then no subcommand need be loaded."""
    return any(word in {"-r", "-x", "-rx"} for word in words)


def run_remote(folder: Path, command: str | None) -> int:
    """Ask the server that runs on a configuration folder, or open its console.

    Raises:
        ConfigError: Its ``asterisk.conf`` is wrong.
    """
    from switchroom.config.asterisk_conf import load_asterisk_conf

    path = load_asterisk_conf(folder).control_socket
    if command is not None:
        from switchroom.cli.client import run_command

        return run_command(path, command)
    from switchroom.cli.console import run_console

    return run_console(path)


def _add_subcommands(parser: argparse.ArgumentParser, words: list[str]) -> None:
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands")
    run = subparsers.add_parser("run", help="run a server in the foreground")
    run.add_argument(
        "-C", metavar="DIR", type=Path, dest="folder", default=argparse.SUPPRESS,
        help=f"configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})",
    )  # fmt: skip
    run.set_defaults(run_command=_run_server)
    ps = subparsers.add_parser("ps", help="list the helper programs that a server looks after")
    ps.add_argument(
        "-C", metavar="DIR", type=Path, dest="folder", default=argparse.SUPPRESS,
        help=f"its configuration folder, or an asterisk.conf (default: {DEFAULT_FOLDER})",
    )  # fmt: skip
    ps.add_argument("--json", action="store_true", help="for scripts")
    ps.set_defaults(run_command=_run_ps)
    demo = subparsers.add_parser("demo", help="run the demo on loopback")
    demo.add_argument("--port", type=int, help="SIP port when it is written (default: 5060)")
    demo.set_defaults(run_command=_run_demo)
    for each in (run, demo):
        each.add_argument("-v", action="count", default=0, dest="verbosity", help="log more")
        each.add_argument("--sip-trace", action="store_true", help="log every SIP message")
    for name, summary in _TOOLS.items():
        # A tool is loaded when it is asked for: a server that starts needs none of them.
        if name in words:
            tool = importlib.import_module(f"switchroom.tools.{name}.command")
            tool.add_parser(subparsers).set_defaults(run_command=_RUN.get(name, tool.run))
        else:
            subparsers.add_parser(name, help=summary)
    subparsers.add_parser("asterisk", help="behave as the `asterisk` executable does")


def _run_server(chosen: argparse.Namespace) -> int:
    hold_collector()
    from switchroom.node.logs import set_up_logging
    from switchroom.node.node import run_node

    set_up_logging(chosen.verbosity + 1, sip_trace=chosen.sip_trace)
    run_node(chosen.folder or DEFAULT_FOLDER)
    return 0


def _run_ps(chosen: argparse.Namespace) -> int:
    words = "processes show json" if chosen.json else "processes show"
    return run_remote(chosen.folder or DEFAULT_FOLDER, words)


def _demo_folder() -> Path:
    from switchroom.node.demo import demo_folder

    return demo_folder() / "etc"


def _run_bench(chosen: argparse.Namespace) -> int:
    from switchroom.media.engine.engine import Engine
    from switchroom.tools.bench import command as bench

    return bench.run(chosen, make_engine=Engine)


def _run_phone(chosen: argparse.Namespace) -> int:
    from switchroom.media.engine.engine import Engine
    from switchroom.tools.phone import command as phone

    return phone.run(chosen, make_engine=Engine, demo_folder=_demo_folder())


def _run_queue(chosen: argparse.Namespace) -> int:
    from switchroom.tools.queue import command as queue

    return queue.run(chosen, folder=chosen.folder or DEFAULT_FOLDER, remote=run_remote)


def _run_simulate(chosen: argparse.Namespace) -> int:
    from switchroom.tools.simulate import command as simulate

    if chosen.demo:
        chosen.folder = _demo_folder()
    return simulate.run(chosen)


def _run_reference(chosen: argparse.Namespace) -> int:
    from switchroom.cli.registry import collect_commands
    from switchroom.tools.reference import command as reference

    return reference.run(chosen, commands=collect_commands().beginning_with([]))


def _run_demo(chosen: argparse.Namespace) -> int:
    from switchroom.node.demo import DEFAULT_PORT, demo_folder, run_demo
    from switchroom.node.logs import set_up_logging

    set_up_logging(chosen.verbosity, sip_trace=chosen.sip_trace)
    return run_demo(demo_folder(), port=chosen.port or DEFAULT_PORT)


#: Tools that need something of the node; the others have a ``run`` of their own.
_RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "bench": _run_bench,
    "phone": _run_phone,
    "queue": _run_queue,
    "reference": _run_reference,
    "simulate": _run_simulate,
}


if __name__ == "__main__":
    sys.exit(main())
