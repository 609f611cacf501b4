"""How often what evaluates the dialplan may lead to the same again: EVAL in EVAL, Exec in Exec."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from switchroom.base.errors import DialplanError

MAX_NESTED = 32  #: Python's own stack would end the call at some hundred

_depth: ContextVar[int] = ContextVar("depth of what evaluates", default=0)


@contextmanager
def nested(name: str) -> Iterator[None]:
    """Evaluate something that may lead to the same again.

    Args:
        name: Of the function or application, for the message.

    Raises:
        DialplanError: It did, too often.
    """
    depth = _depth.get()
    if depth >= MAX_NESTED:
        raise DialplanError(f"{name}: nested deeper than {MAX_NESTED}")
    token = _depth.set(depth + 1)
    try:
        yield
    finally:
        _depth.reset(token)
