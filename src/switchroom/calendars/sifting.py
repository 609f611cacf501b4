"""Leaves out of a calendar what is over long ago, before it is read: of most, nearly all.

To read a line takes a hundred times as long as to find it here, and the calls share the processor.
"""

from __future__ import annotations

import re
from datetime import date

_BEGIN, _END = "\nBEGIN:VEVENT", "\nEND:VEVENT"
#: What makes an event more than its beginning and its end.
_MORE = re.compile(r"^(?:RRULE|RDATE|RECURRENCE-ID|DURATION)[:;]", re.MULTILINE | re.IGNORECASE)
_TIME = re.compile(r"^DT(START|END)[;:](?:[^:\r\n]*:)?([0-9]{8})[T\r\n]", re.MULTILINE)


def sifted(text: str, first: date, last: date) -> str:
    """A calendar without single events that lie before a day or behind another one.

    What is not plain to see stays: series, what was changed in one, times on lines that are folded.

    Args:
        text: Calendars.
        first: The first day that matters, wherever on earth.
        last: The last one.
    """
    begin, end = f"{first:%Y%m%d}", f"{last:%Y%m%d}"
    head, *pieces = text.split(_BEGIN)
    found = [head]
    for piece in pieces:
        event, closing, rest = piece.partition(_END)
        if closing and _is_far(f"{event}\n", begin, end):
            found.append(rest.lstrip(" \t\r"))
        else:
            found += (_BEGIN, piece)
    return "".join(found)


def _is_far(event: str, begin: str, end: str) -> bool:
    """Whether a single event lies wholly before one day or behind another."""
    times = dict(_TIME.findall(event))
    start = times.get("START", "")
    if not start or _MORE.search(event):
        return False
    # An end that is on a folded line may be anywhere.
    until = times.get("END") or ("" if "DTEND" in event.upper() else start)
    return start > end or (bool(until) and max(start, until) < begin)
