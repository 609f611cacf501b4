"""The guard of the SIP side as the commands show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from switchroom.cli.views import BanView
from switchroom.ops.guard import Guard


class GuardOfClock:
    """Answers :class:`~switchroom.cli.views.GuardView`.

    Args:
        guard: Who counts and bans.
        clock: The one that the guard's times are of.
    """

    def __init__(self, guard: Guard, clock: Callable[[], float]) -> None:
        self._guard = guard
        self._clock = clock

    def bans(self) -> Sequence[BanView]:
        """See :class:`~switchroom.cli.views.GuardView`."""
        now = self._clock()
        return [
            BanView(each.source, each.until - now, each.dropped)
            for each in self._guard.bans(now=now)
        ]

    def ban(self, address: str, seconds: float | None) -> None:
        """See :class:`~switchroom.cli.views.GuardView`."""
        self._guard.ban(address, now=self._clock(), seconds=seconds)

    def unban(self, address: str) -> bool:
        """See :class:`~switchroom.cli.views.GuardView`."""
        return self._guard.unban(address)
