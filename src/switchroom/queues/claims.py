"""Who may ring a device: one call at a time, whichever queue it is of.

The one place where an agent is taken. A claim is made by comparing and setting: it succeeds for one
of two that want the same device, and is given back by who made it and by nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Claims:
    """Devices that are taken, with who took them."""

    _holders: dict[str, object] = field(default_factory=dict)
    on_given_back: Callable[[str], None] | None = None  #: hears of devices that are free again

    def take(self, device: str, holder: object) -> bool:
        """Take a device; False where somebody else has it."""
        return self._holders.setdefault(device.lower(), holder) is holder

    def give_back(self, device: str, holder: object) -> None:
        """Let a device go; nothing where somebody else has it."""
        if self._holders.get(device.lower()) is holder:
            del self._holders[device.lower()]
            if self.on_given_back is not None:
                self.on_given_back(device)

    def is_taken(self, device: str) -> bool:
        """Whether somebody has it."""
        return device.lower() in self._holders

    def holder(self, device: str) -> object:
        """Who has it; None: nobody."""
        return self._holders.get(device.lower())

    def __len__(self) -> int:
        return len(self._holders)
