"""How long a call may last from now: ``TIMEOUT(absolute)``."""

from __future__ import annotations

import asyncio

from switchroom.dialplan.exceptions import raise_exception
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause


class AbsoluteTimeout:
    """The limit of one channel; at its end ``T`` runs, or ``e``, or the call is over."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def set(self, channel: Channel, seconds: float) -> None:
        """Count from now; 0 is no limit."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        else:
            channel.at_end(self.clear)
        if seconds > 0:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self._expire, channel)

    def clear(self) -> None:
        """Forget the limit."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def left(self) -> float:
        """Seconds until the end; 0 where there is no limit."""
        if self._timer is None:
            return 0.0
        return max(0.0, self._timer.when() - asyncio.get_running_loop().time())

    def _expire(self, channel: Channel) -> None:
        self._timer = None
        dialplan = channel.pbx.dialplan
        if dialplan.exists(channel, "T"):
            channel.redirect(channel.context, "T", 1)
        elif dialplan.exists(channel, "e"):
            raise_exception(channel, "ABSOLUTETIMEOUT")
            channel.redirect(channel.context, "e", 1)
        else:
            channel.hangup(HangupCause.NORMAL_CLEARING)
