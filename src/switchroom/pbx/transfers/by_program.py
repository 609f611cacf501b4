"""Transfers that a phone asks for and a program carries out (``PJSIP_TRANSFER_HANDLING``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class TransferProgress(StrEnum):
    """How it goes, as a program tells."""

    PROGRESS = "channel_progress"
    ANSWERED = "channel_answered"
    UNAVAILABLE = "channel_unavailable"
    DECLINED = "channel_declined"

    @property
    def is_over(self) -> bool:
        """Whether nothing follows."""
        return self is not TransferProgress.PROGRESS


@dataclass(frozen=True, slots=True)
class TransferWanted:
    """A channel's party wants the call to go elsewhere, and a program decides."""

    channel: str
    unique_id: str
    destination: str  #: the number, or whatever stands for it
    call_id: str = ""  #: of another call of the party, that the call is to take the place of
    parameters: tuple[tuple[str, str], ...] = ()  #: of the protocol
    other: str = ""  #: the channel of that other call, where it is one of ours


class ProgramTransfers:
    """Of one channel, by ``channel.datastore(ProgramTransfers)``."""

    def __init__(self) -> None:
        self.is_on = False
        #: Tells the party how it goes, while it wants to know.
        self._report: Callable[[TransferProgress], None] | None = None

    def begin(self, report: Callable[[TransferProgress], None]) -> None:
        """The party has asked."""
        self._report = report

    def report(self, progress: TransferProgress) -> bool:
        """Tell the party; returns whether it has asked for something that is not over."""
        report = self._report
        if progress.is_over:
            self._report = None
        if report is not None:
            report(progress)
        return report is not None
