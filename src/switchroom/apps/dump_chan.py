"""DumpChan(): write all about a channel into the log.

Family: Programs and logs
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from switchroom.dialplan.parties import full_text
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.groups import Groups

logger = logging.getLogger(__name__)


@application("DumpChan")
def dump_channel(channel: Channel, level: int = 0) -> None:
    """Write what this channel is, where it stands, and its variables into the log.

    Args:
        channel: The channel.
        level: How important it is, 0 to 3, the higher the less.

    Examples:
        DumpChan()
    """
    severity = logging.INFO if level < 3 else logging.DEBUG
    if logger.isEnabledFor(severity):
        text = "\n".join(f"{name:<18} {value}" for name, value in _facts(channel))
        logger.log(severity, "%s:\n%s", channel.name, text)


def _facts(channel: Channel) -> Iterator[tuple[str, str]]:
    yield "Name", channel.name
    yield "UniqueID", channel.unique_id
    yield "LinkedID", channel.linked_id
    yield "State", f"{channel.state.text} ({int(channel.state)})"
    yield "CallerID", full_text(channel.caller)
    yield "ConnectedLine", full_text(channel.connected)
    yield "DNID", channel.caller.dialed.number or "(N/A)"
    yield "RDNIS", channel.redirecting.sender.number or "(N/A)"
    yield "Language", channel.language
    yield "AccountCode", channel.account_code
    yield "Context", channel.context
    yield "Extension", channel.extension
    yield "Priority", str(channel.priority)
    yield "Application", channel.application
    yield "Data", channel.data
    yield "Groups", " ".join(map(str, channel.pbx.datastore(Groups).of(channel)))
    yield "Variables", ""
    for name, value in channel.variables.items():
        yield f"  {name}", value
