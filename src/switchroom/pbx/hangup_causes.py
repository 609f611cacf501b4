"""Why the channels that a channel dialled have ended: HANGUPCAUSE() reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause


@runtime_checkable
class HasReason(Protocol):
    """A driver that knows the reason in its protocol's own words."""

    @property
    def reason(self) -> str:
        """``SIP 486 Busy Here``."""
        ...


@dataclass(frozen=True, slots=True)
class DialledEnd:
    """How one dialled channel ended."""

    cause: HangupCause
    reason: str = ""  #: in the words of its protocol


class DialledEnds(dict[str, DialledEnd]):
    """Of the channels that one channel dialled, by their names."""


def note_end(caller: Channel, dialled: Channel) -> None:
    """Keep how ``dialled`` ended, for the dialplan of ``caller``."""
    driver = dialled.driver
    reason = driver.reason if isinstance(driver, HasReason) else ""
    caller.datastore(DialledEnds)[dialled.name] = DialledEnd(dialled.hangup_cause, reason)
