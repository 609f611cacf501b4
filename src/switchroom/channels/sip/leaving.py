"""Phones that still ring for a call that is over.

A CANCEL takes its time: until the phone has confirmed it (487) its line is taken, and another call
would find it busy. A queue that offers the next call at once would count that against the agent.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from switchroom.sip.session import Session

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

LONGEST = 2.0  #: seconds that a phone may take; one that says nothing is not waited for any longer


class Leaving:
    """The calls that were taken back and are not confirmed yet.

    Args:
        service: Whose.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._sessions: dict[Session, tuple[str, asyncio.TimerHandle]] = {}
        self._of_devices: Counter[str] = Counter()

    def begin(self, session: Session, device: str) -> None:
        """A call to a device, ``PJSIP/alice``, was taken back."""
        if session not in self._sessions:
            loop = asyncio.get_running_loop()
            timer = loop.call_later(LONGEST, self.ended, session)
            self._sessions[session] = (device, timer)
            self._of_devices[device] += 1

    def ended(self, session: Session) -> None:
        """Its phone has confirmed it, or has said nothing for too long."""
        found = self._sessions.pop(session, None)
        if found is None:
            return
        device, timer = found
        timer.cancel()
        self._of_devices[device] -= 1
        if not self._of_devices[device]:
            del self._of_devices[device]
            self._service.device_changed(device)

    def has(self, device: str) -> bool:
        """Whether a device still rings for nothing."""
        return device in self._of_devices

    def close(self) -> None:
        """Wait for nobody any more."""
        for _, timer in self._sessions.values():
            timer.cancel()
        self._sessions.clear()
        self._of_devices.clear()
