"""Actions: how one is declared and collected.

    @action("Ping")
    def ping(request: Request) -> Reply:
        \"\"\"Keep the connection alive.\"\"\"

The decorator only marks; :func:`collect_actions` imports the modules of ``ami/actions`` and builds
the table. The docstring's first line is what ListCommands says of it.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import Reply
from switchroom.base.errors import SwitchroomError

if TYPE_CHECKING:
    from switchroom.ami.request import Request

Handler = Callable[["Request"], "Reply | Awaitable[Reply]"]
HandlerT = TypeVar("HandlerT", bound=Callable[..., "Reply | Awaitable[Reply]"])

_MARK = "__switchroom_actions__"


class DuplicateActionError(SwitchroomError):
    """Two handlers claim one action."""


@dataclass(frozen=True, slots=True)
class ActionHandler:
    """One action."""

    name: str
    run: Handler
    privilege: Privilege = Privilege.NONE  #: one of these is needed in ``write``
    #: What it needs besides where ``privilege`` asks for nothing, or for reading only: whoever may
    #: change nothing must not reach it. Not told in ListCommands.
    changes: Privilege = Privilege.NONE
    needs_login: bool = True

    def may(self, write: Privilege) -> bool:
        """Whether somebody with these classes may do it."""
        if self.changes and not self.changes & write:
            return False
        return not self.privilege or bool(self.privilege & write)

    @property
    def summary(self) -> str:
        """The first line of its help."""
        return (inspect.getdoc(self.run) or "").partition("\n")[0]


def action(
    name: str,
    privilege: Privilege = Privilege.NONE,
    *,
    changes: Privilege = Privilege.NONE,
    needs_login: bool = True,
) -> Callable[[HandlerT], HandlerT]:
    """Mark a function as an action of the manager interface.

    Args:
        name: As ListCommands writes it; clients use any case of letters.
        privilege: The classes of which one is needed.
        changes: The classes of which one is needed besides, for what changes something.
        needs_login: Whether it is for users only.
    """

    def mark(run: HandlerT) -> HandlerT:
        declared = getattr(run, _MARK, ())
        handler = ActionHandler(name, run, privilege, changes, needs_login)
        setattr(run, _MARK, (*declared, handler))
        return run

    return mark


@functools.cache
def collect_actions() -> Mapping[str, ActionHandler]:
    """Import every module of ``ami/actions``; the actions by their names in lower case.

    Raises:
        DuplicateActionError: Two of them have one name.
    """
    package = importlib.import_module("switchroom.ami.actions")
    found: dict[str, ActionHandler] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for run in vars(module).values():
            if not inspect.isfunction(run) or run.__module__ != module.__name__:
                continue
            for handler in getattr(run, _MARK, ()):
                if found.setdefault(handler.name.lower(), handler) is not handler:
                    raise DuplicateActionError(f"two actions are called {handler.name}")
    return MappingProxyType(dict(sorted(found.items())))
