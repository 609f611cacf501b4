"""Behaves as the ``asterisk`` executable does, for scripts, unit files and tools that call it."""

from __future__ import annotations

import getopt
import grp
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.base.collector import hold_collector
from switchroom.base.errors import SwitchroomError
from switchroom.cli.version import version_text

if TYPE_CHECKING:
    from switchroom.config.asterisk_conf import AsteriskConfig

DEFAULT_CONFIG = Path("/etc/asterisk/asterisk.conf")
START_TIMEOUT = 30.0  #: seconds that ``-c`` waits for the server

_OPTIONS = "BC:cde:fFG:ghIiL:M:mnNpqrRs:tTU:vVWXx:"
_USAGE = """\
Usage: asterisk [options]

    -C FILE   read this asterisk.conf (default: /etc/asterisk/asterisk.conf)
    -f        stay in the foreground; without it, -c, -v, -d or -r: run in the background
    -F        run in the background whatever else is said
    -c        run in the foreground with a console
    -r        open the console of the server that runs
    -R        as -r
    -x CMD    with -r: run one command and end
    -s FILE   with -r: the control socket to use
    -U USER   run as this user
    -G GROUP  run as this group
    -v, -d    log more, and stay in the foreground; repeat for more
    -M NUMBER take at most so many calls
    -V        print the version
    -h        print this

-B -g -I -i -L -m -n -N -p -q -t -T -W -X -e are accepted and change nothing here.
"""


class UsageError(SwitchroomError):
    """An option that there is none of."""


@dataclass(slots=True)
class DropInOptions:
    """The options of ``asterisk`` that mean something here."""

    config: Path = DEFAULT_CONFIG
    socket: Path | None = None
    command: str | None = None
    letters: set[str] = field(default_factory=set)
    verbosity: int = 0
    user: str = ""
    group: str = ""
    maximum_calls: int | None = None  #: None: as asterisk.conf says


def parse_options(words: Sequence[str]) -> DropInOptions:
    """Read the options of ``asterisk``.

    Raises:
        UsageError: Unknown, or without its value.
    """
    try:
        found, rest = getopt.getopt(list(words), _OPTIONS)
    except getopt.GetoptError as error:
        raise UsageError(f"{error}; `asterisk -h` lists the options") from error
    if rest:
        raise UsageError(f"unexpected {rest[0]!r}; `asterisk -h` lists the options")
    options = DropInOptions()
    for name, value in found:
        if (field_name := _TEXTS.get(name)) is not None:
            setattr(options, field_name, value)
        elif (read := _PARSED.get(name)) is not None:
            read(options, value)
        else:
            options.letters.add(name[1])
    return options


def _limit_calls(options: DropInOptions, value: str) -> None:
    if not value.isdigit():
        raise UsageError(f"-M takes a number, not {value!r}")
    options.maximum_calls = int(value)


def _log_more(options: DropInOptions, _: str) -> None:
    options.verbosity += 1


_TEXTS = {"-x": "command", "-U": "user", "-G": "group"}
_PARSED: Mapping[str, Callable[[DropInOptions, str], None]] = MappingProxyType(
    {
        "-C": lambda options, value: setattr(options, "config", Path(value)),
        "-s": lambda options, value: setattr(options, "socket", Path(value)),
        "-M": _limit_calls,
        "-v": _log_more,
        "-d": _log_more,
    }
)


def run_drop_in(words: Sequence[str]) -> int:
    """Run ``asterisk`` with these options.

    Returns:
        The exit code.

    Raises:
        SwitchroomError: It cannot start, or an option makes no sense.
    """
    options = parse_options(words)
    if "h" in options.letters:
        sys.stdout.write(_USAGE)
        return 0
    if "V" in options.letters:
        sys.stdout.write(f"{version_text()}\n")
        return 0
    if options.letters & {"r", "R"} or options.command is not None:
        return _remote(options)
    if "c" in options.letters:
        return _with_console(options)
    return _serve(options)


def _control_socket(options: DropInOptions) -> Path:
    from switchroom.config.asterisk_conf import AsteriskConfig, load_asterisk_conf

    if options.socket is not None:
        return options.socket
    if not options.config.exists():
        return AsteriskConfig().control_socket
    return load_asterisk_conf(options.config).control_socket


def _remote(options: DropInOptions) -> int:
    if options.command is not None:
        from switchroom.cli.client import run_command

        return run_command(_control_socket(options), options.command)
    from switchroom.cli.console import run_console

    return run_console(_control_socket(options))


def _with_console(options: DropInOptions) -> int:
    """The server in a process of its own, the console in this one; both end together."""
    from switchroom.cli.client import ControlClient, NoServerError
    from switchroom.cli.console import run_console

    path = _control_socket(options)
    level = ["-v"] * options.verbosity
    program = [sys.executable, "-m", "switchroom", "asterisk", "-f", "-C", str(options.config)]
    with subprocess.Popen([*program, *level], start_new_session=True) as server:
        deadline = time.monotonic() + START_TIMEOUT
        while server.poll() is None and time.monotonic() < deadline:
            try:
                ControlClient(path).close()
                break
            except NoServerError:
                time.sleep(0.05)
        try:
            return run_console(path) if server.poll() is None else 1
        finally:
            server.terminate()


def _serve(options: DropInOptions) -> int:
    hold_collector()
    from switchroom.config.asterisk_conf import load_asterisk_conf
    from switchroom.node.logs import set_up_logging
    from switchroom.node.node import run_node

    config = load_asterisk_conf(options.config)
    options.user, options.group = options.user or config.run_user, options.group or config.run_group
    _drop_privileges(options)
    if goes_behind(options, config):
        # What is wrong with the configuration is said before nobody can read it any more.
        from switchroom.node.configuration import load_configuration

        load_configuration(options.config)
        if os.fork():
            return 0
        _detach()
    set_up_logging(options.verbosity)
    if run_node(options.config, maximum_calls=options.maximum_calls):
        # `core restart`: the same command line again, in this process.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # itself
    return 0


def goes_behind(options: DropInOptions, config: AsteriskConfig) -> bool:
    """Whether it leaves the terminal."""
    if "F" in options.letters or config.always_forks:
        return True
    return not ("f" in options.letters or options.verbosity or config.stays_in_front)


def _drop_privileges(options: DropInOptions) -> None:
    try:
        if options.group:
            os.setgid(grp.getgrnam(options.group).gr_gid)
        if options.user:
            account = pwd.getpwnam(options.user)
            os.initgroups(options.user, os.getgid() if options.group else account.pw_gid)
            if not options.group:
                os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
    except (KeyError, PermissionError) as error:
        who = options.user or options.group
        raise UsageError(f"cannot become {who!r}: {error}") from error


def _detach() -> None:
    """Leave the terminal behind."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
