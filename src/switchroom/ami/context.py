"""What the actions need of the node; the node fills it once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from switchroom.ami.hub import EventHub
from switchroom.ami.login import Doorkeeper
from switchroom.ami.sip import SipSide
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.manager import ManagerConfig
from switchroom.pbx.pbx import Pbx


class DialplanEditor(Protocol):
    """The dialplan as actions change it."""

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


class Running(Protocol):
    """The node as a whole."""

    @property
    def started_at(self) -> float:
        """By the wall clock."""
        ...

    @property
    def reloaded_at(self) -> float:
        """By the wall clock; the start where nothing was reloaded."""
        ...

    @property
    def fully_booted(self) -> asyncio.Event:
        """Set once calls are accepted."""
        ...

    async def reload(self, what: str = "", *, tells: bool = True) -> None:
        """Read the configuration anew: all of it, or what a word such as ``pjsip`` stands for.

        Args:
            what: The word; empty: all.
            tells: Managers hear of it.

        Raises:
            ConfigError: What is wrong; what was there stays.
        """


@dataclass(slots=True)
class AmiContext:
    """Everything an action may use."""

    pbx: Pbx
    asterisk: AsteriskConfig
    node: Running
    dialplan: DialplanEditor
    sip: SipSide
    run_command: Callable[[str], Awaitable[str]]  #: runs a command of the CLI and returns its text
    hub: EventHub
    door: Doorkeeper
    config: ManagerConfig = field(default_factory=ManagerConfig)
    is_http_on: Callable[[], bool] = lambda: False
    version: str = ""  #: ``22.11.0-…``, as CoreSettings tells it
