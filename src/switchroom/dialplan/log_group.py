"""A name that sets the messages of some calls apart in the log: ``LOG_GROUP()``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class LogGroup:
    """Of one channel; no name: it is in none."""

    name: str = ""
