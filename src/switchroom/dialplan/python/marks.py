"""How a Python dialplan declares its contexts, extensions and routines.

    internal = context("internal", include=["features"])

    @internal.extension("_1XX")
    async def ring(call: Call) -> None: ...

    @routine
    async def greet(call: Call, name: str, times: int = 1) -> None: ...

The decorators only mark: they note the function among its module's names, and the loader collects
what it finds there once the file has run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from switchroom.dialplan.python.call import Call

#: What runs a call: one coroutine, from the first priority to the end.
Handler = Callable[[Call], Awaitable[None]]
HandlerT = TypeVar("HandlerT", bound=Handler)
RoutineT = TypeVar("RoutineT", bound=Callable[..., Awaitable[object]])

MARKS = "__switchroom_dialplan__"  #: the module's name that holds the list of its marks


@dataclass(frozen=True, slots=True)
class ExtensionMark:
    """A function that is an extension."""

    run: Handler
    context: str
    name: str
    caller: str | None
    hint: str


@dataclass(frozen=True, slots=True)
class RoutineMark:
    """A function that ``Python(name,arguments)`` calls."""

    run: Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class ContextMark:
    """A context, and what it includes. Its module has it under a name of its own."""

    name: str
    include: tuple[str, ...] = ()
    switch: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def extension(
        self, name: str, *, caller: str | None = None, hint: str = ""
    ) -> Callable[[HandlerT], HandlerT]:
        """Mark a coroutine function as an extension of this context; see :func:`extension`."""
        return extension(self.name, name, caller=caller, hint=hint)


def context(
    name: str,
    *,
    include: Sequence[str] = (),
    switch: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> ContextMark:
    """Declare a context; assign what this returns to a name of the module.

    Args:
        name: As extensions.conf and channels call it; both may add to the same context.
        include: What ``include =>`` lines say: ``"night,18:00-8:00,mon-fri,*,*"``.
        switch: What ``switch =>`` lines say: ``"Local/@other"``.
        ignore: What ``ignorepat =>`` lines say.
    """
    return ContextMark(name, tuple(include), tuple(switch), tuple(ignore))


def extension(
    context: str | ContextMark, name: str, *, caller: str | None = None, hint: str = ""
) -> Callable[[HandlerT], HandlerT]:
    """Mark a coroutine function as an extension; one function may be several.

    Args:
        context: The context, or its name.
        name: The extension: ``"100"``, a pattern ``"_1XX"``, ``"s"``, ``"h"``.
        caller: Only calls of this caller number, or pattern.
        hint: The devices whose state the extension shows: ``"PJSIP/alice"``.
    """
    where = context.name if isinstance(context, ContextMark) else context

    def mark(run: HandlerT) -> HandlerT:
        _note(run, ExtensionMark(run, where, name, caller, hint))
        return run

    return mark


def routine(run: RoutineT) -> RoutineT:
    """Mark a coroutine function ``(call, …)`` as one that ``Python(name,…)`` calls.

    Its signature parses the arguments, as an application's does; what it returns becomes
    ``${PYTHON_RETVAL}``.
    """
    _note(run, RoutineMark(run))
    return run


def _note(run: Callable[..., Any], mark: ExtensionMark | RoutineMark) -> None:
    run.__globals__.setdefault(MARKS, []).append(mark)  # a function that is defined over is kept
