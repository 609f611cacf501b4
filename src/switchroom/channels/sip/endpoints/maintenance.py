"""Endpoints in maintenance: nobody calls them and they call nobody; calls that are up go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from switchroom.pbx.pbx import Pbx


@dataclass(frozen=True, slots=True)
class MaintenanceChanged:
    """An endpoint's maintenance began or ended (AMI: PJSIPMaintenanceStatus)."""

    endpoint: str
    is_on: bool


class Maintenance:
    """Those of a node, by ``pbx.datastore(Maintenance)``; who takes calls fills it."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self.known: Callable[[], Sequence[str]] = lambda: ()
        self.on_change: Callable[[str], None] = lambda _: None

    def __contains__(self, name: str) -> bool:
        """Whether an endpoint is in maintenance."""
        return name in self._names

    def names(self) -> list[str]:
        """All that are in maintenance."""
        return sorted(self._names)

    def set(self, pbx: Pbx, name: str, *, on: bool) -> bool:
        """Begin or end it; returns whether there is such an endpoint.

        Args:
            pbx: The core.
            name: Of the endpoint.
            on: Begin it.
        """
        if name not in self.known() and name not in self._names:
            return False
        if on != (name in self._names):
            (self._names.add if on else self._names.discard)(name)
            self.on_change(name)
            if pbx.events.wants(MaintenanceChanged):
                pbx.events.publish(MaintenanceChanged(name, on))
        return True
