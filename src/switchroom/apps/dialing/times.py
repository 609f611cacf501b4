"""The times that Dial() leaves in variables. No application itself."""

from __future__ import annotations

import asyncio

from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import Dialing

_CLEARED = (
    "DIALSTATUS", "DIALEDPEERNAME", "DIALEDPEERNUMBER", "DIALEDTIME", "DIALEDTIME_MS",
    "ANSWEREDTIME", "ANSWEREDTIME_MS", "RINGTIME", "RINGTIME_MS", "PROGRESSTIME", "PROGRESSTIME_MS",
)  # fmt: skip


class DialTimes:
    """Of one Dial(); made when it begins.

    Args:
        channel: Gets the variables; what an earlier Dial() left there is cleared.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._began_at = _now()
        self._answered_at: float | None = None
        for name in _CLEARED:
            if channel.variables.get(name):
                channel.set_variable(name, "")

    def note_progress(self, dialing: Dialing) -> None:
        """Keep when it rang and when early media came."""
        self._set("RINGTIME", dialing.rang_at, self._began_at)
        self._set("PROGRESSTIME", dialing.progressed_at, self._began_at)

    def note_answer(self) -> None:
        """The conversation begins."""
        self._answered_at = _now()

    def note_end(self) -> None:
        """It is over, whatever it came to."""
        now = _now()
        self._set("DIALEDTIME", now, self._began_at)
        if self._answered_at is not None:
            self._set("ANSWEREDTIME", now, self._answered_at)

    def _set(self, name: str, at: float | None, since: float) -> None:
        if at is not None:
            self._channel.set_variable(name, str(int(at - since)))
            self._channel.set_variable(f"{name}_MS", str(round((at - since) * 1000)))


def _now() -> float:
    return asyncio.get_running_loop().time()
