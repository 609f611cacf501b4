"""A blind transfer as its author sees it: REFER, and the NOTIFYs that tell what came of it."""

from __future__ import annotations

import asyncio
import re

from switchroom.sip.message import Request
from switchroom.tools.phone.report import Report

_STATUS = re.compile(rb"SIP/2\.0 (\d{3})")


class Transferring:
    """One REFER (RFC 3515)."""

    def __init__(self) -> None:
        #: The status that the other side got where it was sent, or that refuses to go.
        self.outcome: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._is_accepted = False

    def on_response(self, status: int) -> None:
        """The REFER was answered."""
        if status >= 300:
            self._settle(status)
        elif status >= 200:
            self._is_accepted = True

    def on_notify(self, request: Request, report: Report) -> None:
        """The other side tells how far it is by a status line (RFC 3515 §2.4.5)."""
        match = _STATUS.match(request.body)
        status = int(match[1]) if match is not None else 0
        if status:
            report.tell("transfer", f"they got {status} there", status=status)
        if status >= 200:
            self._settle(status)
        elif request.get("subscription-state").lower().startswith("terminated"):
            self._settle(200)  # on their way, and they tell no more

    def on_ended(self) -> None:
        """The call ended: many hang up as soon as they are on their way."""
        self._settle(200 if self._is_accepted else 487)

    def _settle(self, status: int) -> None:
        if not self.outcome.done():
            self.outcome.set_result(status)
