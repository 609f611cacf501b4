"""The time that a channel's conditions are about: now, or the one that TESTTIME() set."""

from __future__ import annotations

import logging

from switchroom.base.text import leading_float
from switchroom.dialplan.timing import TimingError, parse_timing
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

_FIRST, _LAST = -62_000_000_000, 253_000_000_000  #: the calendar has the years 1 to 9999
TEST_TIME = "TESTTIME"  #: the variable that holds it, seconds since the epoch


def moment_of(channel: Channel) -> float:
    """Seconds since the epoch."""
    text = channel.variables.get(TEST_TIME, "")
    moment = leading_float(text)
    if moment is None or not _FIRST < moment < _LAST:
        return channel.pbx.now()
    return moment


def holds(channel: Channel, text: str) -> bool:
    """Whether ``9:00-17:00,mon-fri,*,*`` is now; what cannot be read never is."""
    try:
        return parse_timing(text).holds(moment_of(channel))
    except TimingError as error:
        logger.warning("%s: %s", channel.name, error)
        return False
