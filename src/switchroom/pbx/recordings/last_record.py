"""What is known of the last Record() of a channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class RecordingInfo:
    """Of one channel, by ``channel.datastore(RecordingInfo)``."""

    duration: float = 0.0  #: seconds, without a silence that was cut off
