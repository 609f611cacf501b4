"""The members of all queues of a node, found by what is dialled and by whose state counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.queues.claims import device_key
from switchroom.queues.member import Member

if TYPE_CHECKING:
    from switchroom.queues.desk import Desk

Found = dict[tuple["Desk", Member], None]  #: in their order


class MemberIndex:
    """What happens to a device concerns the queues that have it, and no others."""

    def __init__(self) -> None:
        self._by_device: dict[str, Found] = {}
        self._by_interface: dict[str, Found] = {}

    def add(self, desk: Desk, member: Member) -> None:
        """A queue has a member."""
        for index, key in self._places(member):
            index.setdefault(key, {})[desk, member] = None

    def remove(self, desk: Desk, member: Member) -> None:
        """It has it no more; to be called before its device becomes another one."""
        for index, key in self._places(member):
            found = index.get(key, {})
            found.pop((desk, member), None)
            if not found:
                index.pop(key, None)

    def _places(self, member: Member) -> tuple[tuple[dict[str, Found], str], ...]:
        interface = member.interface.lower()
        return (self._by_device, device_key(member.device)), (self._by_interface, interface)

    def knows(self, device: str) -> bool:
        """Whether some member has a device."""
        return device_key(device) in self._by_device

    def of_device(self, device: str) -> list[tuple[Desk, Member]]:
        """Every queue that has a member whose state is that of a device."""
        return list(self._by_device.get(device_key(device), ()))

    def of_interface(self, interface: str) -> list[tuple[Desk, Member]]:
        """Every queue that has a member of an interface."""
        return list(self._by_interface.get(interface.lower(), ()))
