"""Who may ring a device: one call at a time, whichever queue it is of.

The one place where an agent is taken. A claim is made by comparing and setting: it succeeds for one
of two that want the same device, and is given back by who made it and by nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def device_key(device: str) -> str:
    """One name of a device, however queues call it.

    ``Local/x@y/n`` is the device of the channel ``Local/x@y-00000001;1``; an agent has two names.
    """
    plain = device.lower().removesuffix("/n")
    return f"agent:{plain[6:]}" if plain.startswith("agent/") else plain


@dataclass(slots=True)
class Claims:
    """Devices that are taken, with who took them."""

    _holders: dict[str, object] = field(default_factory=dict)
    on_given_back: Callable[[str], None] | None = None  #: hears of devices that are free again

    def take(self, device: str, holder: object) -> bool:
        """Take a device; False where somebody else has it."""
        return self._holders.setdefault(device_key(device), holder) is holder

    def give_back(self, device: str, holder: object) -> None:
        """Let a device go; nothing where somebody else has it."""
        key = device_key(device)
        if self._holders.get(key) is holder:
            del self._holders[key]
            if self.on_given_back is not None:
                self.on_given_back(device)

    def is_taken(self, device: str) -> bool:
        """Whether somebody has it."""
        return device_key(device) in self._holders

    def holder(self, device: str) -> object:
        """Who has it; None: nobody."""
        return self._holders.get(device_key(device))

    def __len__(self) -> int:
        return len(self._holders)
