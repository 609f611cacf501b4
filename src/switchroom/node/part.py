"""What a node consists of besides its core: pieces with configuration files of their own."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from switchroom.channels.sip.service import SipService
from switchroom.cli.context import CliContext
from switchroom.cluster.backend import Backend
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.language.reader import ConfigFile, read_config
from switchroom.pbx.pbx import Pbx

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """What a part finds when the core runs."""

    pbx: Pbx
    cli: CliContext  #: for doors that run commands, and the node to stop and reload
    sip: SipService
    cluster: Backend  #: what the nodes of a call centre share
    start_chore: Callable[[Coroutine[Any, Any, None], str], None]  #: runs until the node ends


class Part:
    """One piece: a module in :mod:`switchroom.node.parts` with a subclass of this is all it takes.

    ``read`` comes first, at start and at each reload; once, ``open`` and ``serve``; after each
    ``read`` that all parts got through, ``apply``.

    Args:
        asterisk: Where the files are.
    """

    words: ClassVar[frozenset[str]] = frozenset()  #: what ``module reload`` may call it

    is_first: ClassVar[bool] = False  #: others need what it opens until they have closed

    #: Names of all files that some part has looked for.
    looked_for: ClassVar[set[str]] = set()

    def __init__(self, asterisk: AsteriskConfig) -> None:
        self.asterisk = asterisk

    def read(self) -> Sequence[ConfigWarning]:
        """Read the files; nothing else changes yet.

        Returns:
            What is accepted without effect.

        Raises:
            ConfigError: A file cannot be used; what was read before stays.
        """
        return ()

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """Before the core runs; ``stack`` closes what was opened after the last call."""

    def apply(self, pbx: Pbx) -> None:
        """Let calls go by what was read from now on."""

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """When the core runs, before SIP listens; closed by ``stack`` before calls end."""

    def read_file(self, name: str, read: Callable[[ConfigFile], T]) -> T | None:
        """Read a file of the configuration folder; None where there is none.

        Raises:
            ConfigError: It cannot be used.
        """
        self.looked_for.add(name)
        path = self.asterisk.file(name)
        if not path.exists():
            return None
        return read(read_config(path, allow_exec=self.asterisk.exec_includes))


def collect_parts(package: ModuleType, asterisk: AsteriskConfig) -> list[Part]:
    """One of each subclass of :class:`Part` in the modules of ``package``.

    They are ordered by module name, behind those that come first.
    """
    parts: list[Part] = []
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        parts += [
            value(asterisk)
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Part)
            and value.__module__ == module.__name__
        ]
    return sorted(parts, key=lambda part: not part.is_first)
