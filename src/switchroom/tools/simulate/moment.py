"""Points of time as people write them: ``2026-12-24 17:55``, ``17:55``, ``fri 17:55``."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

from switchroom.tools.simulate.script import ScriptError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = re.compile(r"(?:(?P<day>[a-z]+)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})$", re.IGNORECASE)


def parse_moment(text: str, *, now: float | None = None) -> float:
    """Read a point of local time.

    Args:
        text: A date and a time (ISO 8601), a time (of today), or a day of the week and a time (the
            next one, today included).
        now: What today is, in seconds since the epoch; None: by the clock.

    Returns:
        Seconds since the epoch.

    Raises:
        ScriptError: It is none of them.
    """
    match = _CLOCK.match(text.strip())
    if match is None:
        try:
            return datetime.fromisoformat(text.strip()).timestamp()
        except ValueError as error:
            raise _unreadable(text) from error
    today = datetime.fromtimestamp(time.time() if now is None else now)  # noqa: DTZ006, TID251  # local
    ahead = 0
    if match["day"] is not None:
        name = match["day"].lower()[:3]
        if name not in _DAYS:
            raise _unreadable(text)
        ahead = (_DAYS.index(name) - today.weekday()) % len(_DAYS)
    try:
        moment = today.replace(
            hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0
        )
    except ValueError as error:
        raise _unreadable(text) from error
    return (moment + timedelta(days=ahead)).timestamp()


def _unreadable(text: str) -> ScriptError:
    return ScriptError(f"{text!r} is no time; write 2026-12-24 17:55, 17:55 or fri 17:55")
