"""Applications and functions: how one is declared, and how they are collected.

The decorators only mark; :func:`collect_applications` and :func:`collect_functions` import a
package's modules and build plain dicts. The signature is the argument parser, the docstring is the
help.

    @application("Wait")
    async def wait(channel: Channel, seconds: float = 1.0) -> None: ...

    @application("NoOp")
    def noop(channel: Channel, text: Rest = "") -> None: ...

    @function("DB")
    def db(channel: Channel, path: Rest) -> str: ...

    @function("DB", write=True)
    async def set_db(channel: Channel, value: str, path: Rest) -> None: ...

What waits is a coroutine function; everything else is a plain function and never touches the loop.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from switchroom.base.errors import (
    BadArgumentsError,
    DialplanError,
    PassedOverError,
    SwitchroomError,
)
from switchroom.dialplan.arguments import Signature
from switchroom.dialplan.rest import Rest

__all__ = [
    "Application", "DuplicateNameError", "Function", "Prepared", "Rest", "application",
    "collect_applications", "collect_functions", "function", "prepares",
]  # fmt: skip

AnyT = TypeVar("AnyT", bound=Callable[..., Any])

_APPLICATION_MARK = "__switchroom_application__"
_PREPARER_MARK = "__switchroom_preparer__"
_FUNCTION_MARK = "__switchroom_function__"


class DuplicateNameError(SwitchroomError):
    """Two modules declare the same application or function."""


def application(name: str, *, goes_on: bool = False) -> Callable[[AnyT], AnyT]:
    """Mark a function ``(channel, …) -> None`` as the dialplan application ``name``.

    Args:
        name: As the dialplan writes it.
        goes_on: Arguments that are missing, or are none, end no call.
    """

    def mark(run: AnyT) -> AnyT:
        setattr(run, _APPLICATION_MARK, (name, goes_on))
        return run

    return mark


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call of an application of which a part is settled when the dialplan is compiled.

    The data is ``before``, what ``argument`` is substituted to, and ``after``; ``run`` gets the
    channel and the substituted argument. It does what the application does with all of the data.
    """

    before: str
    argument: str  #: as written
    after: str
    run: Callable[[Any, str], Awaitable[None] | None]


def prepares(name: str) -> Callable[[AnyT], AnyT]:
    """Mark ``(data) -> Prepared | None`` as settling calls of the application ``name``.

    It gets the data as written, once; it returns None where nothing can be settled.
    """

    def mark(prepare: AnyT) -> AnyT:
        setattr(prepare, _PREPARER_MARK, name)
        return prepare

    return mark


def function(name: str, *, write: bool = False) -> Callable[[AnyT], AnyT]:
    """Mark ``(channel, …) -> str`` as reading ``name()``, or ``(channel, value, …)`` as writing."""

    def mark(run: AnyT) -> AnyT:
        setattr(run, _FUNCTION_MARK, (name, write))
        return run

    return mark


class Application:
    """One application as the interpreter and ``core show application`` see it."""

    def __init__(
        self, name: str, run: Callable[..., Awaitable[None] | None], *, goes_on: bool = False
    ) -> None:
        self.name = name
        self.run = run
        error = PassedOverError if goes_on else BadArgumentsError
        self.signature = Signature(name, run, error=error, is_lenient=True)
        self.prepare: Callable[[str], Prepared | None] | None = None

    def __call__(self, channel: Any, data: str) -> Awaitable[None] | None:
        """Start it; what it returns, if anything, must be awaited.

        Raises:
            BadArgumentsError: ``data`` is not what it takes.
        """
        return self.run(channel, *self.signature.bind(data))


@dataclass(slots=True)
class _Side:
    """Reading or writing."""

    run: Callable[..., Any]
    signature: Signature
    is_async: bool


class Function:
    """One function: what reads it, what writes it, or both."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.reader: _Side | None = None
        self.writer: _Side | None = None

    def add(self, run: Callable[..., Any], *, write: bool) -> None:
        """Take one side.

        Raises:
            DuplicateNameError: Somebody else has it.
        """
        signature = Signature(self.name, run, skip=2 if write else 1)
        side = _Side(run, signature, inspect.iscoroutinefunction(run))
        if (self.writer if write else self.reader) is not None:
            raise DuplicateNameError(self.name)
        if write:
            self.writer = side
        else:
            self.reader = side

    def read(self, channel: Any, arguments: str) -> Any:
        """Read it; a function that waits gives what must be awaited.

        Raises:
            DialplanError: It cannot be read so.
        """
        if self.reader is None:
            raise DialplanError(f"function {self.name} can only be written")
        return self.reader.run(channel, *self.reader.signature.bind(arguments))


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        yield importlib.import_module(info.name)


def _marked(package: ModuleType, mark: str) -> Iterator[Callable[..., Any]]:
    for module in _modules(package):
        for value in vars(module).values():
            if getattr(value, "__module__", None) == module.__name__ and hasattr(value, mark):
                yield value


def collect_applications(package: ModuleType) -> dict[str, Application]:
    """Import every module of ``package``; return what they declared, by lower-case name.

    Raises:
        DuplicateNameError: Two of them declare one name.
    """
    found: dict[str, Application] = {}
    for run in _marked(package, _APPLICATION_MARK):
        name, goes_on = getattr(run, _APPLICATION_MARK)
        declared = Application(name, run, goes_on=goes_on)
        if found.setdefault(declared.name.lower(), declared) is not declared:
            raise DuplicateNameError(declared.name)
    for prepare in _marked(package, _PREPARER_MARK):
        found[getattr(prepare, _PREPARER_MARK).lower()].prepare = prepare
    return found


def collect_functions(package: ModuleType) -> dict[str, Function]:
    """Import every module of ``package``; return what they declared, by name.

    Raises:
        DuplicateNameError: Two of them declare one side of one name.
    """
    found: dict[str, Function] = {}
    for run in _marked(package, _FUNCTION_MARK):
        name, write = getattr(run, _FUNCTION_MARK)
        found.setdefault(name, Function(name)).add(run, write=write)
    return found
