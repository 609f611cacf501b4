"""Channel technologies: how one is declared, and how they are collected."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TypeVar

from switchroom.base.errors import SwitchroomError
from switchroom.pbx.technology import Technology

TechnologyT = TypeVar("TechnologyT", bound=type[Technology])
_MARK = "__switchroom_technologies__"


class DuplicateTechnologyError(SwitchroomError):
    """Two drivers claim the same technology name."""


def technology(*names: str) -> Callable[[TechnologyT], TechnologyT]:
    """Mark a class as the driver of the technologies ``names``."""

    def mark(driver: TechnologyT) -> TechnologyT:
        setattr(driver, _MARK, names)
        return driver

    return mark


def technology_names(driver: type[Technology]) -> tuple[str, ...]:
    """The names a driver was marked with, as written in ``Dial(name/…)``."""
    names: tuple[str, ...] = getattr(driver, _MARK, ())
    return names


def collect_technologies(package: ModuleType) -> dict[str, type[Technology]]:
    """Return the marked drivers in ``package`` and its packages by upper-case name.

    What a driver needs lies deeper, and is imported when it is needed first.

    Raises:
        DuplicateTechnologyError: Two of them claim one name.
    """
    found: dict[str, type[Technology]] = {}
    for module in _modules(package, levels=2):
        for value in vars(module).values():
            if getattr(value, "__module__", None) != module.__name__ or _MARK not in vars(value):
                continue
            for name in technology_names(value):
                if found.setdefault(name.upper(), value) is not value:
                    raise DuplicateTechnologyError(name)
    return found


def _modules(package: ModuleType, *, levels: int) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        yield module
        if info.ispkg and levels > 1:
            yield from _modules(module, levels=levels - 1)
