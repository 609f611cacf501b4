"""Applications and functions that are known no longer, until they are put back."""

from __future__ import annotations

from collections.abc import Collection

from switchroom.dialplan.registry import Application, Function


class Aside:
    """Keeps what was taken out of the two tables of a dialplan."""

    def __init__(self) -> None:
        self._applications: dict[str, Application] = {}
        self._functions: dict[str, Function] = {}

    def change(
        self,
        applications: dict[str, Application],
        functions: dict[str, Function],
        names: Collection[str],
    ) -> None:
        """Take these out, and put back what was taken out before.

        Args:
            applications: By lower-case name.
            functions: By name.
            names: Of both.
        """
        applications |= self._applications
        functions |= self._functions
        gone = {name.lower() for name in names} & applications.keys()
        self._applications = {name: applications.pop(name) for name in gone}
        self._functions = {name: functions.pop(name) for name in names if name in functions}
