"""Finding the processes that run a script, and no others that merely name it.

``ps | grep`` finds itself, editors and whatever has the name among its arguments. Here a process
runs a script when the script is its program, or the first thing that its interpreter is given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import psutil

_INTERPRETERS = re.compile(
    r"(python|pypy|perl|php|ruby|lua|node|nodejs|deno|bun|tclsh|bash|dash|sh|zsh|ksh)[\d.]*t?"
)
#: Options of those interpreters that take the next word.
_WITH_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs", "-r", "--require", "-o"})
#: Options behind which there is no script at all.
_WITHOUT_SCRIPT = frozenset({"-c", "-e", "-E", "--eval", "-p", "-"})


def pids_of(script: str) -> list[int]:
    """Processes of this machine that run a script, parents first; never this one.

    Args:
        script: Its file's name, or a path, or a module as ``python -m`` takes it.
    """
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            words = process.cmdline()
            if runs(words, script) or runs([process.name()], script):
                found.append(process)
        except psutil.Error:
            continue  # it ended, or is not ours to look at
    found.sort(key=lambda each: (each.create_time(), each.pid))
    return [process.pid for process in found]


def runs(words: Sequence[str], script: str) -> bool:
    """Whether a command line runs a script.

    Args:
        words: The command line as the system has it.
        script: See :func:`pids_of`.
    """
    if not words or not script:
        return False
    if _is(words[0], script):
        return True
    if not _INTERPRETERS.fullmatch(Path(words[0]).name.removeprefix("-")):
        return False
    given = _script_of(words[1:])
    return given is not None and _is(given, script)


def _script_of(words: Sequence[str]) -> str | None:
    """What an interpreter is given to run."""
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word == "-m":
            return words[at + 1] if at + 1 < len(words) else None
        elif word in _WITHOUT_SCRIPT:
            return None
        elif word.startswith("-"):
            skip = word in _WITH_VALUE
        else:
            return word
    return None


def _is(path: str, script: str) -> bool:
    return path == script or ("/" not in script and Path(path).name == script)
