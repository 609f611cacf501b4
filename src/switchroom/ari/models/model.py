"""What all models share."""

from __future__ import annotations

import datetime
from typing import NewType

import msgspec

Date = NewType("Date", str)  #: ISO 8601 with milliseconds, as :func:`date` writes it
Long = NewType("Long", int)  #: the original's word for what may need more than 32 bits


class Model(msgspec.Struct):
    """Something that is told as a JSON object; what is unset is left out."""


class Event(Model, tag_field="type", tag=True):
    """Something that happened; who is told, and by which node, is written behind it."""

    timestamp: Date


def date(moment: float) -> Date:
    """Seconds since the epoch as text, in the node's zone."""
    when = datetime.datetime.fromtimestamp(moment).astimezone()
    return Date(f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}{when:%z}")
