"""Whether and how a channel gets a call record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class RecordProperties:
    """Of one channel, by ``channel.datastore(RecordProperties)``, for whoever writes records."""

    is_disabled: bool = False
    is_party_a: bool = False  #: of two that are bridged, this one's record is the call's
