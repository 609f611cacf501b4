"""Verbose() and Log(): say something in the log.

Family: Programs and logs
"""

from __future__ import annotations

import logging

from switchroom.base.text import leading_int
from switchroom.dialplan.log_group import LogGroup
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)
_verbose = logging.getLogger("switchroom.verbose")  #: lines of the kind VERBOSE

_LEVELS = {
    "ERROR": logging.ERROR, "WARNING": logging.WARNING, "NOTICE": logging.INFO,
    "VERBOSE": logging.INFO, "DEBUG": logging.DEBUG, "DTMF": logging.DEBUG,
}  # fmt: skip


@application("Verbose")
def verbose(channel: Channel, message: Rest = "") -> None:
    """Log a message.

    Args:
        channel: The channel.
        message: ``[level,]text``; level 0 to 3, the higher the less important.

    Examples:
        Verbose(1,call of ${CALLERID(num)})
    """
    level, comma, text = message.partition(",")
    number = leading_int(level) if comma else None
    if number is None:
        number, text = 0, message
    severity = logging.INFO if number < 3 else logging.DEBUG
    _verbose.log(severity, "%s: %s%s", channel.name, _group(channel), text)


@application("Log", goes_on=True)
def log(channel: Channel, level: str, message: Rest = "") -> None:
    """Log a message at a level.

    Args:
        channel: The channel.
        level: ERROR, WARNING, NOTICE, VERBOSE or DEBUG.
        message: The text.

    Examples:
        Log(WARNING,no trunk is left)
    """
    kind = level.strip().upper()
    severity = _LEVELS.get(kind, logging.INFO)
    lines = _verbose if kind == "VERBOSE" else logger
    lines.log(severity, "%s: %s%s", channel.name, _group(channel), message)


def _group(channel: Channel) -> str:
    """What sets the messages of some calls apart from others, where LOG_GROUP() has set it."""
    name = channel.datastore(LogGroup).name
    return f"[{name}] " if name else ""
