"""Loads the whole dialplan of a node: extensions.conf, extensions.ael and extensions.py.

All sources are read and checked aside; only then the new dialplan takes the place of the one
before. What was read for it is kept in a folder, so that a node starts with the last good copy when
the files have become wrong, and ``dialplan rollback`` can return to the one before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from switchroom.base.collector import collector_away
from switchroom.base.errors import ConfigError
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.language.reader import pointed, read_config
from switchroom.config.language.sources import Files, Record, Recording
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax
from switchroom.dialplan.parser import read_extensions
from switchroom.dialplan.python.loading import load_python
from switchroom.dialplan.switches import ContextSource
from switchroom.dialplan.timing import wall_clock

logger = logging.getLogger(__name__)

CONF, AEL, PYTHON = "extensions.conf", "extensions.ael", "extensions.py"
KEPT = 5  #: dialplans that a rollback can return to


@dataclass(frozen=True, slots=True)
class LoadingOptions:
    """What a dialplan is loaded with."""

    allow_exec: bool = False  #: whether ``#exec`` may run commands
    syntax: Syntax = NEW_SYNTAX  #: how old the calls of applications are
    #: What switches other than ``Local/`` ask, by kind in lower case.
    sources: Mapping[str, ContextSource] = field(default_factory=dict)
    clock: Callable[[], float] = wall_clock  #: for includes with a time
    conf: str = CONF  #: or the path of another file in its place

    @classmethod
    def of(cls, config: AsteriskConfig) -> LoadingOptions:
        """What ``asterisk.conf`` says of it."""
        compatibility = config.compatibility
        syntax = Syntax(pipes=compatibility.pbx_realtime, set_many=compatibility.app_set)
        conf = str(config.static_files.get(CONF, CONF))
        return cls(allow_exec=config.exec_includes, syntax=syntax, conf=conf)


def read_dialplan(
    folder: Path, options: LoadingOptions | None = None, sources: Recording | Record | None = None
) -> Dialplan:
    """Read the three files of a folder, as far as there are any, into one dialplan.

    Args:
        folder: Where they are.
        options: How to read.
        sources: What answers for the files; none: the files themselves.

    Raises:
        ConfigError: What is wrong, with file and line.
    """
    return _Reading(folder, options or LoadingOptions(), sources or Recording(Files())).dialplan()


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A dialplan, and what it was read from."""

    dialplan: Dialplan
    record: Record


class RollbackError(ConfigError):
    """There is no dialplan to return to."""


class DialplanLoader:
    """Holds the dialplan that new calls start in.

    Args:
        folder: Where the configuration is.
        last_good: A folder for the last good copy; made when it is needed.
        options: How to read.
    """

    def __init__(
        self, folder: Path, last_good: Path, options: LoadingOptions | None = None
    ) -> None:
        self._folder = folder
        name = str(folder.absolute()).strip("/").replace("/", "-")
        self._copy = last_good / f"{name}.json"  # nodes on one machine may share the cache
        self._options = options or LoadingOptions()
        self._current = _Loaded(Dialplan({}), Record())
        #: What the dialplans before were read from: text is small, a dialplan is not.
        self._before: deque[Record] = deque(maxlen=KEPT)
        self._reloading = asyncio.Lock()
        #: Why the node runs on the last good copy; None where it runs on its files.
        self.refused: ConfigError | None = None

    @property
    def dialplan(self) -> Dialplan:
        """The one that was loaded last, or returned to."""
        return self._current.dialplan

    @property
    def warnings(self) -> tuple[ConfigWarning, ...]:
        """What is accepted in :attr:`dialplan` and has no effect, or not the one that was meant."""
        return self.dialplan.warnings

    def load(self) -> Dialplan:
        """Load at start: the files, or where they are wrong the last good copy.

        Raises:
            ConfigError: What is wrong with the files, when there is no good copy either.
        """
        try:
            loaded = self._read_files()
        except ConfigError as error:
            self._current = self._read_copy(error)
            self.refused = error
        else:
            self._current = loaded
            self._keep(loaded.record)
        return self.dialplan

    async def reload(self) -> Dialplan:
        """Load anew, aside, and swap when all of it is good.

        Calls in progress go on with the dialplan that they started in.

        Raises:
            ConfigError: What is wrong; :attr:`dialplan` is the one before.
        """
        async with self._reloading:
            loaded = await asyncio.to_thread(self._read_again)
            self._before.append(self._current.record)
            self._current = loaded
            self.refused = None
        return self.dialplan

    async def rollback(self) -> Dialplan:
        """Return to the dialplan before; the files stay as they are.

        Raises:
            RollbackError: There is none before.
            ConfigError: Its program fails now; :attr:`dialplan` is as it was.
        """
        async with self._reloading:
            if not self._before:
                raise RollbackError("there is no dialplan to return to", path=self._folder)
            self._current = await asyncio.to_thread(self._read_record, self._before[-1])
            self._before.pop()
        return self.dialplan

    def _read_record(self, record: Record) -> _Loaded:
        with collector_away():
            dialplan = read_dialplan(self._folder, self._options, record)
        self._keep(record)
        return _Loaded(dialplan, record)

    def _read_again(self) -> _Loaded:
        with collector_away():
            loaded = self._read_files()
        if not loaded.dialplan.contexts and self.dialplan.contexts:
            names = f"{CONF}, {AEL} nor {PYTHON}"
            raise ConfigError(f"there is no context left in {names}", path=self._folder)
        self._keep(loaded.record)
        return loaded

    def _read_files(self) -> _Loaded:
        recording = Recording(Files())
        dialplan = read_dialplan(self._folder, self._options, recording)
        for warning in dialplan.warnings:
            logger.warning("%s", warning)
        return _Loaded(dialplan, recording.record)

    # the last good copy

    def _keep(self, record: Record) -> None:
        """Write the copy whole or not at all; a full disk must not stop a reload."""
        try:
            self._copy.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._copy.with_suffix(".new")
            fresh.write_text(record.to_json(), encoding="utf-8")
            fresh.chmod(0o600)  # passwords stand in dialplans
            fresh.replace(self._copy)
        except OSError as error:
            logger.warning("cannot keep a copy of the dialplan in %s: %s", self._copy, error)

    def _read_copy(self, refused: ConfigError) -> _Loaded:
        try:
            record = Record.from_json(self._copy.read_text(encoding="utf-8"))
            dialplan = read_dialplan(self._folder, self._options, record)
        except (OSError, ValueError, ConfigError):
            raise refused from None
        if not dialplan.contexts:
            raise refused
        logger.error("%s\nthe last good dialplan is used (%s)", refused.render(), self._copy)
        message = f"the files are refused ({refused}); the last good dialplan is used"
        warning = ConfigWarning(message, refused.path or self._folder, refused.line)
        return _Loaded(replace(dialplan, warnings=(warning, *dialplan.warnings)), record)


class _Reading:
    """Reads the sources of one dialplan."""

    def __init__(self, folder: Path, options: LoadingOptions, sources: Recording | Record) -> None:
        self._folder = folder
        self._options = options
        self._sources = sources
        self._builder = DialplanBuilder()

    def dialplan(self) -> Dialplan:
        try:
            for read in (self._conf, self._ael, self._python):
                read()
        except ConfigError as error:
            raise pointed(error, self._text(error.path)) from error
        return self._builder.build(sources=self._options.sources, clock=self._options.clock)

    def _text(self, path: Path | None) -> str:
        """What was read of a file."""
        sources = self._sources
        record = sources.record if isinstance(sources, Recording) else sources
        return record.texts.get(str(path), "")

    def _conf(self) -> None:
        for path in self._sources.matching(self._folder, self._options.conf):
            allow_exec, syntax = self._options.allow_exec, self._options.syntax
            file = read_config(path, allow_exec=allow_exec, sources=self._sources)
            read_extensions(file, self._builder, syntax=syntax)

    def _ael(self) -> None:
        for path in self._sources.matching(self._folder, AEL):
            from switchroom.dialplan.ael.compiler import compile_ael  # few have such files
            from switchroom.dialplan.ael.parser import parse_ael

            compile_ael(parse_ael(path, self._sources), self._builder, self._options.syntax)

    def _python(self) -> None:
        for path in self._sources.matching(self._folder, PYTHON):
            _refuse_writable(path)
            try:
                text = self._sources.read(path)
            except OSError as error:
                raise ConfigError(f"cannot read {path}: {error.strerror}", path=path) from error
            load_python(path, text, self._builder)


def apply_global_variables(dialplan: Dialplan, variables: MutableMapping[str, str]) -> None:
    """Give a node the global variables of a dialplan; ``clearglobalvars`` forgets others first."""
    if dialplan.clear_global_variables:
        variables.clear()
    variables.update(dialplan.global_variables)


def _refuse_writable(path: Path) -> None:
    """A program that anybody may change is not run."""
    with contextlib.suppress(FileNotFoundError):  # read from a copy: the file is gone
        if path.stat().st_mode & 0o002:
            message = f"{path.name} may be written by everybody; it is run only when it may not"
            raise ConfigError(message, path=path)
