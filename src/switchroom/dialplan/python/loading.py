"""Runs ``extensions.py`` and adds what it declares to a dialplan that is being built."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from switchroom.base.errors import ConfigError
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import HINT, Context, Include, Priority
from switchroom.dialplan.parser import parse_include
from switchroom.dialplan.python.marks import MARKS, ContextMark, ExtensionMark, RoutineMark
from switchroom.dialplan.python.running import PYTHON, Routine
from switchroom.dialplan.switches import parse_switch
from switchroom.dialplan.timing import TimingError

REGISTRAR = "pbx_python"


def load_python(path: Path, text: str, builder: DialplanBuilder) -> None:
    """Run a file and collect its contexts, extensions and routines.

    Args:
        path: Where the text stood, for errors and the listing.
        text: Python source.
        builder: Takes what is found.

    Raises:
        ConfigError: The file is no Python, fails, or declares something that makes no sense.
    """
    module = _executed(path, text)
    _Collector(path, text, builder).collect(module)


def _executed(path: Path, text: str) -> ModuleType:
    module = ModuleType("extensions")
    module.__file__ = str(path)
    try:
        code = compile(text, str(path), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # the configuration of this node, which is its program
    except SyntaxError as error:
        raise _syntax_error(error, path) from error
    except (Exception, SystemExit) as error:
        line = _line_in(error, path)
        message = f"{type(error).__name__}: {error}"
        raise ConfigError(message, path=path, line=line, source=_source(text, line)) from error
    return module


def _syntax_error(error: SyntaxError, path: Path) -> ConfigError:
    return ConfigError(
        f"this is no Python: {error.msg}",
        path=path,
        line=error.lineno or 0,
        column=error.offset or 0,
        source=(error.text or "").rstrip("\n"),
    )


def _line_in(error: BaseException, path: Path) -> int:
    """The last line of the file that an error passed."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 0 for f in reversed(frames) if f.filename == str(path)), 0)


def _source(text: str, line: int) -> str:
    lines = text.split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


class _Collector:
    """Takes the marks of one module."""

    def __init__(self, path: Path, text: str, builder: DialplanBuilder) -> None:
        self._path = path
        self._text = text
        self._builder = builder

    def collect(self, module: ModuleType) -> None:
        for value in vars(module).values():
            if isinstance(value, ContextMark):
                self._context(value)
        marks: list[ExtensionMark | RoutineMark] = getattr(module, MARKS, [])
        for mark in marks:
            if isinstance(mark, RoutineMark):
                self._routine(mark.run)
        for mark in marks:
            if isinstance(mark, ExtensionMark):
                self._extension(mark)

    def _context(self, mark: ContextMark) -> None:
        context = self._builder.context(mark.name, REGISTRAR)
        for text in mark.include:
            try:
                name, timing = parse_include(text)
            except TimingError as error:
                raise self._error(f"include {text!r}: {error}", 0) from error
            include = Include(name, text, timing, REGISTRAR)
            self._builder.include(context, include, self._path, 0)
        for text in mark.switch:
            try:
                switch = parse_switch(text, self._builder.global_variables, made_by=REGISTRAR)
            except ValueError as error:
                raise self._error(f"switch {text!r}: {error}", 0) from error
            self._builder.switch(context, switch, self._path, 0)
        context.ignore_patterns += mark.ignore

    def _extension(self, mark: ExtensionMark) -> None:
        routine = self._routine(mark.run)
        context = self._builder.context(mark.context, REGISTRAR)
        if mark.hint:
            self._add(context, mark, HINT, mark.hint, "", routine.line)
        self._add(context, mark, 1, PYTHON, routine.name, routine.line)

    def _add(
        self,
        context: Context,
        mark: ExtensionMark,
        number: int,
        application: str,
        data: str,
        line: int,
    ) -> None:
        try:
            extension = context.add(mark.name, mark.caller)
        except ConfigError as error:
            raise self._error(error.message, line) from error
        priority = Priority(number, application, data, "", self._path, line, REGISTRAR)
        self._builder.add(context, extension, priority)

    def _routine(self, run: Any) -> Routine:
        """The routine of a function; two of one name are told apart by their lines."""
        try:
            routine = Routine(run)
        except (TypeError, NameError) as error:
            raise self._error(str(error), _line_of(run)) from error
        routines = self._builder.routines
        known = routines.setdefault(routine.name, routine)
        if known.run is not run:
            routine.name = f"{routine.name}:{routine.line}"
            return routines.setdefault(routine.name, routine)
        return known

    def _error(self, message: str, line: int) -> ConfigError:
        source = _source(self._text, line)
        return ConfigError(message, path=self._path, line=line, source=source)


def _line_of(run: Any) -> int:
    code = getattr(run, "__code__", None)
    return code.co_firstlineno if code is not None else 0
