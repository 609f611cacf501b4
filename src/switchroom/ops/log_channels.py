"""Log channels: files, the console and syslog, each with the kinds of lines that it gets.

Lines are written by a thread of their own, from a queue of bounded length: a slow disk holds up no
call.
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import os
import queue
import re
import shlex
import socket
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from switchroom.base.text import shown_controls

logger = logging.getLogger(__name__)

ROOT = "switchroom"
SECURITY = "switchroom.security"
VERBOSE = "switchroom.verbose"  #: what the dialplan says, and what calls execute
MAX_KEPT = 99  #: rotated files of one channel
_SYSLOG = re.compile(r"syslog(?:\.(?P<facility>\w+))?$", re.IGNORECASE)
_MILLISECONDS = re.compile(r"%(?P<digits>[0-9])?q")

#: What the original calls lines of each level; ours of the middle are two kinds of its.
_KINDS = {
    logging.DEBUG: ("DEBUG",),
    logging.INFO: ("NOTICE", "VERBOSE"),
    logging.WARNING: ("WARNING",),
    logging.ERROR: ("ERROR",),
    logging.CRITICAL: ("ERROR",),
}
_LEVELS = {"DEBUG": logging.DEBUG, "TRACE": logging.DEBUG, "DTMF": logging.DEBUG}


def kinds_of(record: logging.LogRecord) -> tuple[str, ...]:
    """What a line is, in the original's words."""
    if record.name == SECURITY:
        return ("SECURITY",)
    if record.name == VERBOSE and record.levelno == logging.INFO:
        return ("VERBOSE",)
    return _KINDS.get(record.levelno, ("NOTICE",))


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """One channel as it is to be."""

    name: str
    levels: frozenset[str]
    formatter: str = "default"


@dataclass(frozen=True, slots=True)
class LogPlan:
    """All of them."""

    channels: tuple[ChannelPlan, ...] = ()
    folder: Path = Path()
    date_format: str = "%b %e %T"
    appends_host: bool = False
    strategy: str = "sequential"
    after_rotation: str = ""
    queue_limit: int = 1000
    is_quiet: bool = False  #: what cannot be opened is not complained of


class _Formatter(logging.Formatter):
    def __init__(self, date_format: str, style: str) -> None:
        super().__init__()
        self._date_format = date_format
        self._style_name = style

    def moment(self, record: logging.LogRecord) -> str:
        """When, in the configured form; ``%3q`` is milliseconds."""
        fraction = f"{record.created % 1:.9f}"[2:]

        def digits(match: re.Match[str]) -> str:
            return fraction[: int(match["digits"] or 3)]

        return time.strftime(
            _MILLISECONDS.sub(digits, self._date_format), time.localtime(record.created)
        )

    def format(self, record: logging.LogRecord) -> str:
        """See :class:`logging.Formatter`."""
        kind, message = kinds_of(record)[0], record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            message = f"{message}\n{record.exc_text}"
        name = record.name.removeprefix(f"{ROOT}.")
        if self._style_name == "json":
            fields = {
                "hostname": socket.gethostname(),
                "timestamp": self.moment(record),
                "identifiers": {"lwp": os.getpid()},
                "logmsg": {
                    "location": {"filename": name, "function": record.funcName,
                                 "line": record.lineno},
                    "level": kind,
                    "message": message,
                },
            }  # fmt: skip
            return json.dumps(fields, ensure_ascii=False)
        clean = shown_controls(message).replace("\n", "\n    ")
        return f"[{self.moment(record)}] {kind}[{os.getpid()}]: {name}: {clean}"


class LogChannel:
    """One channel that is open.

    Args:
        plan: What it is like.
        handler: Writes its lines.
        path: Of a file; None otherwise.
    """

    def __init__(self, plan: ChannelPlan, handler: logging.Handler, path: Path | None) -> None:
        self.plan = plan
        self.levels = set(plan.levels)
        self.handler = handler
        self.path = path
        self.is_enabled = True
        handler.addFilter(self._wants)

    def _wants(self, record: logging.LogRecord) -> bool:
        return self.is_enabled and any(kind in self.levels for kind in kinds_of(record))

    @property
    def type(self) -> str:
        """As ``logger show channels`` calls it."""
        if self.path is not None:
            return "File"
        return "Console" if self.plan.name.lower() == "console" else "Syslog"


class LogChannels:
    """Of one node, by ``pbx.datastore(LogChannels)``."""

    def __init__(self) -> None:
        self.plan = LogPlan()
        self.channels: list[LogChannel] = []
        self.is_muted = False
        self._entrance: logging.handlers.QueueHandler | None = None
        self._listener: logging.handlers.QueueListener | None = None
        self._console_level = logging.WARNING

    def open(self, plan: LogPlan) -> None:
        """Write what ``plan`` says from now on, instead of what was written before."""
        self.close()
        self.plan = plan
        console = _console()
        if console is not None:
            self._console_level = logging.getLogger(ROOT).level
            console.setLevel(self._console_level)
        for each in plan.channels:
            self._add(each)
        lines: queue.Queue[logging.LogRecord] = queue.Queue(plan.queue_limit)
        self._entrance = _Entrance(lines)
        handlers = [each.handler for each in self.channels]
        self._listener = logging.handlers.QueueListener(
            lines, *handlers, respect_handler_level=True
        )
        self._listener.start()
        logging.getLogger().addHandler(self._entrance)
        self._set_threshold()

    def _set_threshold(self) -> None:
        """Let through what some channel wants."""
        lowest = self._console_level
        for channel in self.channels:
            for level in channel.levels - {"SECURITY", "FAX"}:
                wanted = {"WARNING": logging.WARNING, "ERROR": logging.ERROR}.get(level)
                lowest = min(lowest, wanted or _LEVELS.get(level, logging.INFO))
        logging.getLogger(ROOT).setLevel(lowest)
        if any("SECURITY" in channel.levels for channel in self.channels):
            logging.getLogger(SECURITY).setLevel(logging.INFO)

    def _add(self, plan: ChannelPlan) -> bool:
        name = plan.name
        path: Path | None = None
        handler: logging.Handler
        try:
            if name.lower() == "console":
                return True  # it is there by itself; its levels are those of -v and -d
            if (match := _SYSLOG.match(name)) is not None:
                facility = (match["facility"] or "local0").lower()
                handler = logging.handlers.SysLogHandler("/dev/log", facility)
            else:
                path = self._path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                handler = logging.handlers.WatchedFileHandler(
                    path, encoding="utf-8", errors="surrogateescape"
                )
        except (OSError, ValueError) as error:
            if not self.plan.is_quiet:
                logger.warning("the log channel %s cannot be opened: %s", name, error)
            return False
        handler.setFormatter(_Formatter(self.plan.date_format, plan.formatter))
        self.channels.append(LogChannel(plan, handler, path))
        return True

    def _path(self, name: str) -> Path:
        if self.plan.appends_host:
            name = f"{name}.{socket.gethostname()}"
        return self.plan.folder / name

    def close(self) -> None:
        """Write what is still to be written, and close the files."""
        if self._entrance is not None:
            logging.getLogger().removeHandler(self._entrance)
            self._entrance = None
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        for channel in self.channels:
            channel.handler.close()
        self.channels = []

    # what the console asks

    def add(self, name: str, levels: Iterable[str], formatter: str = "default") -> bool:
        """Open one more until the next reload."""
        plan = self.plan
        more = ChannelPlan(name, frozenset(levels), formatter)
        kept = tuple(each for each in plan.channels if each.name != name)
        self.open(replace(plan, channels=(*kept, more)))
        return any(each.plan.name == name for each in self.channels)

    def remove(self, name: str) -> bool:
        """Close one until the next reload."""
        kept = tuple(each for each in self.plan.channels if each.name != name)
        if len(kept) == len(self.plan.channels):
            return False
        self.open(replace(self.plan, channels=kept))
        return True

    def set_console(self, level: int) -> int:
        """Show the console more, or less; returns what it was."""
        before, self._console_level = self._console_level, level
        console = _console()
        if console is not None:
            console.setLevel(level)
        self._set_threshold()
        return before

    def mute(self) -> bool:
        """Show the console nothing, or what it was shown; returns whether it is mute now."""
        self.is_muted = not self.is_muted
        console = _console()
        if console is not None:
            console.setLevel(logging.CRITICAL + 1 if self.is_muted else self._console_level)
        return self.is_muted

    def rotate(self) -> list[Path]:
        """Begin new files; returns what those before are called now."""
        kept = []
        for channel in self.channels:
            if channel.path is None or not isinstance(channel.handler, logging.FileHandler):
                continue
            channel.handler.acquire()
            try:
                channel.handler.flush()
                moved = rotated(channel.path, self.plan.strategy)
            finally:
                channel.handler.release()
            if moved is not None:
                kept.append(moved)
                self._after(moved)
        return kept

    def _after(self, path: Path) -> None:
        command = self.plan.after_rotation.replace("${filename}", shlex.quote(str(path)))
        if command:
            # The operator's own command, from his configuration.
            with contextlib.suppress(OSError):
                subprocess.Popen(  # as the file says: a shell's command
                    command, shell=True, stdin=subprocess.DEVNULL, start_new_session=True
                )


class _Entrance(logging.handlers.QueueHandler):
    """Drops what the disk is too slow for; says so by itself nowhere."""

    def enqueue(self, record: logging.LogRecord) -> None:
        """See :class:`logging.handlers.QueueHandler`."""
        with contextlib.suppress(queue.Full):
            self.queue.put_nowait(record)

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """The arguments are formatted here: what they stand for may change."""
        record.msg, record.args = record.getMessage(), None
        return record


def _console() -> logging.Handler | None:
    """What shows lines on standard error."""
    return next(
        (each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler),
        None,
    )


def rotated(path: Path, strategy: str) -> Path | None:
    """Move a log file away; returns where, None where nothing was moved.

    Args:
        path: The file; whoever writes it opens it anew.
        strategy: ``sequential``: .0, .1 …, the highest being the newest; ``rotate``: .0 is the
            newest; ``timestamp``; ``none``.
    """
    if strategy == "none" or not path.exists():
        return None
    if strategy == "timestamp":
        target = path.with_name(f"{path.name}.{int(path.stat().st_mtime)}")
        while target.exists():
            target = target.with_name(f"{target.name}x")
    elif strategy == "rotate":
        target = path.with_name(f"{path.name}.0")
        numbers = [n for n in range(MAX_KEPT) if path.with_name(f"{path.name}.{n}").exists()]
        for number in reversed(numbers):
            path.with_name(f"{path.name}.{number}").replace(
                path.with_name(f"{path.name}.{number + 1}")
            )
    else:
        number = 0
        while (target := path.with_name(f"{path.name}.{number}")).exists():
            number += 1
    path.replace(target)
    return target
