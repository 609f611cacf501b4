"""Functions that reach beyond a call: files, commands, the AstDB, other channels' fate.

A dialplan may use them; a protocol that asks for functions from outside (AMI, ARI) may not, unless
``live_dangerously`` is set in asterisk.conf. Its door evaluates what it was asked for within
:func:`from_outside`, and nothing else: a call that it starts is a call like others.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from switchroom.base.errors import DialplanError

CallableT = TypeVar("CallableT", bound=Callable[..., Any])

#: Reading these functions changes something: who may change nothing may not read them either.
CHANGING_WHEN_READ = frozenset(
    {"dec", "db_delete", "eval", "eval_exten", "inc", "lock", "pop", "push", "realtime_destroy",
     "set", "shift", "trylock", "unlock", "unshift"}
)  # fmt: skip

_MARK = "__switchroom_escalates__"
_is_outside = ContextVar("_is_outside", default=False)


class EscalationError(DialplanError):
    """Somebody outside asked for what only the dialplan may do."""


@contextmanager
def from_outside(*, live_dangerously: bool = False) -> Iterator[None]:
    """Within this, functions that escalate refuse."""
    token = _is_outside.set(not live_dangerously)
    try:
        yield
    finally:
        _is_outside.reset(token)


def _check(name: str) -> None:
    if _is_outside.get():
        raise EscalationError(f"{name} is refused from outside (live_dangerously = no)")


def escalates(run: CallableT) -> CallableT:
    """Mark one side of a function as reaching beyond the call; stands below ``@function``."""
    name = run.__name__
    wrapper: Callable[..., Any]
    if inspect.iscoroutinefunction(run):

        @functools.wraps(run)
        async def waiting(*args: Any, **kwargs: Any) -> Any:
            _check(name)
            return await run(*args, **kwargs)

        wrapper = waiting
    else:

        @functools.wraps(run)
        def plain(*args: Any, **kwargs: Any) -> Any:
            _check(name)
            return run(*args, **kwargs)

        wrapper = plain
    setattr(wrapper, _MARK, True)
    return wrapper  # type: ignore[return-value]  # it takes and gives what ``run`` does


def is_escalating(run: Callable[..., Any]) -> bool:
    """Whether :func:`escalates` marked it."""
    return hasattr(run, _MARK)
