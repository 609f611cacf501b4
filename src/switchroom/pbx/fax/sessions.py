"""The faxes of the node: which run, and how many there were."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from switchroom.config.res_fax import FaxConfig
from switchroom.media.fax.terminal import FaxResult, Terminal


class FaxMode(StrEnum):
    """How a fax goes over; the values are those of FAXMODE."""

    AUDIO = "audio"
    T38 = "T38"


@dataclass(slots=True, eq=False)
class FaxSession:
    """One that runs."""

    number: int
    channel: str
    operation: str  #: send, receive, gateway
    path: Path
    mode: FaxMode = FaxMode.AUDIO
    terminal: Terminal | None = None

    @property
    def kind(self) -> str:
        """As it is listed."""
        return "T.38" if self.mode is FaxMode.T38 else "G.711"

    @property
    def state(self) -> str:
        """As it is listed."""
        if self.terminal is None:
            return "Initialized"
        return "Active" if self.terminal.result is None else "Complete"


class FaxSessions:
    """Of one node, by ``pbx.datastore(FaxSessions)``."""

    def __init__(self) -> None:
        self.config = FaxConfig()  #: ``res_fax.conf``
        self.running: dict[int, FaxSession] = {}
        self.sent = 0  #: attempts
        self.received = 0  #: attempts
        self.completed = 0
        self.failed = 0
        self._last = 0

    def begin(self, channel: str, operation: str, path: Path) -> FaxSession:
        """A new one."""
        self._last += 1
        session = FaxSession(self._last, channel, operation, path)
        self.running[session.number] = session
        self.sent += operation == "send"
        self.received += operation == "receive"
        return session

    def end(self, session: FaxSession, result: FaxResult | None) -> None:
        """It is over; None: it never began."""
        self.running.pop(session.number, None)
        is_success = result is not None and result.is_success
        self.completed += is_success
        self.failed += not is_success
