"""States of devices and mailboxes as other systems tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

Said = TypeVar("Said")

MAX_NAMES = 10_000  #: that one system may tell of


class RemoteStates(Generic[Said]):
    """What others say of things that have the same name here, by name and system."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[str, Said]] = {}
        self._names_of: dict[str, dict[str, str]] = {}  # as they were spelled first

    def of(self, name: str) -> Mapping[str, Said]:
        """What each system says of a thing; its case does not count."""
        return self._by_name.get(name.lower(), {}) if self._by_name else {}

    def say(self, system: str, name: str, said: Said) -> bool:
        """Take one word of a system; returns whether it is news."""
        names, key = self._names_of.setdefault(system, {}), name.lower()
        if key not in names and len(names) >= MAX_NAMES:
            return False
        names.setdefault(key, name)
        systems = self._by_name.setdefault(key, {})
        is_news = systems.get(system) != said
        systems[system] = said
        return is_news

    def forget(self, system: str) -> list[str]:
        """A system is gone; returns what it spoke of."""
        names = self._names_of.pop(system, {})
        for key in names:
            systems = self._by_name[key]
            del systems[system]
            if not systems:
                del self._by_name[key]
        return sorted(names.values())
