"""What the commands need of the node; the node fills it once and hands it to the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from switchroom.cli.views import GuardView, SipView
from switchroom.dialplan.documentation import Documentation
from switchroom.pbx.pbx import Pbx


class StopMode(Enum):
    """How the node is asked to end."""

    NOW = auto()  #: hang up everything
    GRACEFULLY = auto()  #: take no new calls, end with the last one
    WHEN_CONVENIENT = auto()  #: go on as before, end when no call is up
    ABORT = auto()  #: forget that it was asked


class DialplanView(Protocol):
    """The dialplan as the commands see and change it."""

    def show(self, context: str = "", extension: str = "") -> str:
        """The listing with its last line of sums, for all contexts or what was asked for.

        Returns:
            An empty string when there is no such context or extension.
        """
        ...

    def context_names(self) -> Sequence[str]:
        """All contexts."""
        ...

    def extension_names(self, context: str) -> Sequence[str]:
        """All extensions of a context, patterns as written; empty where there is none."""
        ...

    async def reload(self) -> None:
        """Read the dialplan anew, aside.

        Raises:
            ConfigError: What is wrong; the last good dialplan stays.
        """

    async def rollback(self) -> None:
        """Return to the dialplan before the last reload.

        Raises:
            SwitchroomError: There is none.
        """

    def save(self, path: str) -> str:
        """Write what extensions.conf says now, and what was changed on the console, to a file.

        Args:
            path: The file; empty: extensions.conf itself, whose comments are lost.

        Returns:
            The file.

        Raises:
            SwitchroomError: It cannot be written, or must not be.
        """
        ...

    def add_extension(
        self, context: str, extension: str, priority: str, application: str, *, replace: bool
    ) -> None:
        """Add one priority; ``application`` is ``NoOp(hi)``, ``priority`` a number or ``hint``.

        Raises:
            SwitchroomError: It is there already, or the text is none.
        """

    def remove_extension(self, context: str, extension: str, priority: int | None) -> None:
        """Remove a whole extension, or one priority of it.

        Raises:
            SwitchroomError: There is none.
        """

    def change_parts(self, context: str, kind: str, text: str, *, add: bool) -> None:
        """Add or remove what a context has besides extensions, until the next reload.

        Args:
            context: Its name.
            kind: ``include``, ``ignorepat``, or ``context``: the whole of it.
            text: The included context, or the pattern.
            add: Or remove.

        Raises:
            SwitchroomError: It is there already, or is not there.
        """


class Lifecycle(Protocol):
    """The node as a whole."""

    @property
    def started_at(self) -> float:
        """On :attr:`CliContext.clock`."""
        ...

    @property
    def reloaded_at(self) -> float:
        """On :attr:`CliContext.clock`; the start where nothing was reloaded."""
        ...

    @property
    def fully_booted(self) -> asyncio.Event:
        """Set once calls are accepted."""
        ...

    def stop(self, mode: StopMode, *, restarts: bool = False) -> None:
        """Ask the node to end; returns at once, so that the command is still answered.

        Args:
            mode: How.
            restarts: It is started anew then, in the same process.
        """

    async def reload(self, what: str = "", *, tells: bool = True) -> None:
        """Read the configuration anew: all of it, or what a word such as ``pjsip`` stands for.

        Args:
            what: The word; empty: all.
            tells: Managers hear of it.

        Raises:
            ConfigError: What is wrong; what was there stays.
        """


@dataclass(frozen=True, slots=True)
class CliContext:
    """Everything a command may use."""

    pbx: Pbx
    applications: Mapping[str, Documentation]  #: by name as written
    functions: Mapping[str, Documentation]
    dialplan: DialplanView
    sip: SipView
    guard: GuardView
    node: Lifecycle
    census: Callable[[], Mapping[str, int]]  #: how much there is of what calls are made of
    clock: Callable[[], float]  #: the wall clock, which channels are stamped with
