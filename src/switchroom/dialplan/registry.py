"""Applications and functions: how one is declared, and how they are collected.

The decorators only mark; :func:`collect_applications` and :func:`collect_functions` import a
package's modules and build plain dicts. The signature is the argument parser, the docstring is the help.

    @application("Wait")
    async def wait(channel: Channel, seconds: float = 1.0) -> None: ...

    @application("NoOp")
    def noop(channel: Channel, text: Rest = Rest("")) -> None: ...

    @function("DB")
    def db(channel: Channel, path: Rest) -> str: ...

    @function("DB", write=True)
    async def set_db(channel: Channel, value: str, path: Rest) -> None: ...

What waits is a coroutine function; everything else is a plain function and never touches the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

AnyT = TypeVar("AnyT", bound=Callable[..., Any])

APPLICATION_MARK = "__switchroom_application__"
FUNCTION_MARK = "__switchroom_function__"


class Rest(str):
    """Annotation of a last parameter that takes all remaining text, commas and quotes included."""

    __slots__ = ()


def application(name: str) -> Callable[[AnyT], AnyT]:
    """Mark a function ``(channel, …) -> None`` as the dialplan application ``name``."""

    def mark(run: AnyT) -> AnyT:
        setattr(run, APPLICATION_MARK, name)
        return run

    return mark


def function(name: str, *, write: bool = False) -> Callable[[AnyT], AnyT]:
    """Mark ``(channel, …) -> str`` as reading ``name()``; with ``write`` ``(channel, value, …)``."""

    def mark(run: AnyT) -> AnyT:
        setattr(run, FUNCTION_MARK, (name, write))
        return run

    return mark
