"""A configuration that can be read anew and is never left half read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")


class LastGood(Generic[ValueT]):
    """Holds the newest configuration that could be read whole.

    Args:
        load: Builds a new value aside; called at once and at every reload.

    Raises:
        ConfigError: The first reading failed; there is nothing to fall back to.
    """

    def __init__(self, load: Callable[[], ValueT]) -> None:
        self._load = load
        self._value = load()

    @property
    def value(self) -> ValueT:
        """The last good one."""
        return self._value

    def reload(self) -> ValueT:
        """Read anew, and swap only when all of it was good.

        Raises:
            ConfigError: What was wrong; :attr:`value` is still the one before.
        """
        self._value = self._load()
        return self._value
