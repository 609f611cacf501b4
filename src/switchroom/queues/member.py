"""A member of a queue: a device that calls are offered to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from switchroom.config.queues.queues import MemberSettings
from switchroom.config.queues.skills import NO_LEVELS, Levels
from switchroom.pbx.states.device_state import DeviceState

# Tuples: a state is found by identity, where a set would call its hash, which is Python's.
_FREE = (DeviceState.NOT_INUSE, DeviceState.UNKNOWN)
_REACHABLE = (
    *_FREE, DeviceState.INUSE, DeviceState.RINGING, DeviceState.RINGINUSE, DeviceState.ONHOLD,
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Member:
    """One member of one queue.

    Attributes:
        interface: What is dialled, ``PJSIP/alice``.
        device: Whose state counts.
        state: Of the device, as it was last told.
        calls: Taken since the statistics began.
        last_call: When the last call ended, 0: none; wrap-up counts from there.
        talks: Calls of this queue that it is in.
        place: Among the members of its queue, counted from 0.
        skills: What it can do; replaced as a whole, never changed.
        written_at: By the loop's clock, when its row was written last; what was read before is old.
    """

    interface: str
    name: str
    device: str
    penalty: int = 0
    rings_in_use: bool | None = None
    wrap_up: float | None = None
    is_dynamic: bool = False
    is_realtime: bool = False
    is_paused: bool = False
    pause_reason: str = ""
    paused_at: float = 0.0
    state: DeviceState = DeviceState.UNKNOWN
    calls: int = 0
    last_call: float = 0.0
    logged_in_at: float = 0.0
    talks: int = 0
    place: int = 0
    skills: Levels = field(default_factory=lambda: NO_LEVELS)
    written_at: float = -math.inf

    @classmethod
    def of(cls, settings: MemberSettings) -> Member:
        """A member that the configuration names."""
        return cls(
            settings.interface,
            settings.name or settings.interface,
            settings.state_interface or settings.interface,
            settings.penalty,
            settings.rings_in_use,
            settings.wrap_up,
            is_paused=settings.is_paused,
            pause_reason=settings.pause_reason,
            is_realtime=bool(settings.row),
        )

    @property
    def membership(self) -> str:
        """Where it comes from, as managers are told."""
        if self.is_realtime:
            return "realtime"
        return "dynamic" if self.is_dynamic else "static"

    @property
    def is_talking(self) -> bool:
        """Whether it is in a call of this queue."""
        return self.talks > 0

    def wraps_up_until(self, default: float) -> float:
        """When it is free again after its last call; ``default`` are the queue's seconds.

        Recorded: seconds are counted from the next whole one on.
        """
        seconds = self.wrap_up if self.wrap_up is not None else default
        return math.ceil(self.last_call) + seconds if self.last_call and seconds else 0.0

    def can_be_reached(self, *, rings_in_use: bool) -> bool:
        """Whether its device takes a call now."""
        in_use = self.rings_in_use if self.rings_in_use is not None else rings_in_use
        return self.state in (_REACHABLE if in_use else _FREE)

    def may_talk_twice(self, *, rings_in_use: bool) -> bool:
        """Whether a call may be offered during another."""
        return self.rings_in_use if self.rings_in_use is not None else rings_in_use
