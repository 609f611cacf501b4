"""Configuration objects as the doors see and change them: what keeps them is below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from switchroom.base.errors import SwitchroomError

Attributes = Sequence[tuple[str, str]]  #: names with values; a name may come several times


class ConfigObjectError(SwitchroomError):
    """An object cannot be read or changed."""

    http_status: ClassVar[int] = 403


class UnknownObjectError(ConfigObjectError):
    """There is no such object, or no such kind of objects."""

    http_status = 404


class BadObjectError(ConfigObjectError):
    """What was to be written is nothing that such an object can be."""

    http_status = 400


class UnchangeableObjectError(ConfigObjectError):
    """It is read from a file, or what keeps it refuses."""


class ConfigObjects(Protocol):
    """Objects by class (the original's module), kind and name."""

    async def find(self, config_class: str, kind: str, name: str) -> Attributes:
        """All attributes of an object but its secrets.

        Raises:
            UnknownObjectError: There is none.
        """
        ...

    async def put(self, config_class: str, kind: str, name: str, changes: Attributes) -> Attributes:
        """Make an object, or change some of its attributes; it counts at once.

        Args:
            config_class: ``res_pjsip``.
            kind: Of the object.
            name: Of the object.
            changes: An attribute without a value has its default again; others stay.

        Returns:
            All its attributes.

        Raises:
            ConfigObjectError: It stays as it was.
        """
        ...

    async def delete(self, config_class: str, kind: str, name: str) -> None:
        """Take an object away.

        Raises:
            ConfigObjectError: It stays, or was never there.
        """
        ...
