"""Callers of queues that are transferred, or transfer, while they talk. No application itself."""

from __future__ import annotations

from collections.abc import Callable

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import AttendedTransferDone, TransferDone

#: Hears the event for the queue log, and where to.
Told = Callable[..., object]


class Transfers:
    """Of one node: who is told when a caller and a member part by a transfer. A datastore."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._is_listening = False

    def watch(self, caller: Channel, told: Told) -> None:
        """Tell ``told`` of the next transfer that a caller has a part in.

        Looked for by the caller: a member may be reached through Local channels that are left out,
        and is another channel then.
        """
        if not self._is_listening:
            self._is_listening = True
            caller.pbx.events.subscribe(TransferDone, self._sent_away)
            caller.pbx.events.subscribe(AttendedTransferDone, self._joined)
        self._told[caller.name] = told

    def forget(self, caller: str) -> None:
        """Its conversation is over."""
        self._told.pop(caller, None)

    def _sent_away(self, event: TransferDone) -> None:
        for name in (event.transferee, event.transferer):
            if (told := self._told.pop(name, None)) is not None:
                told("BLINDTRANSFER", event.extension, event.context)

    def _joined(self, event: AttendedTransferDone) -> None:
        for name in (event.transferee, event.target, event.first, event.second):
            if (told := self._told.pop(name, None)) is not None:
                told("ATTENDEDTRANSFER", "BRIDGE", event.bridge)
