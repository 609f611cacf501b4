"""Hangup(): end the call.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import ALIASES, HangupCause
from switchroom.pbx.hangup_source import DIALPLAN, note_hangup_source


@application("Hangup")
def hangup(channel: Channel, cause: str = "") -> None:
    """End this channel's dialplan and hang it up.

    Args:
        channel: The channel.
        cause: A Q.850 cause, by number or by name.

    Examples:
        Hangup()

        Hangup(BUSY)
    """
    note_hangup_source(channel, DIALPLAN)
    channel.hangup_cause = HangupCause.NOT_DEFINED
    channel.hangup(_cause(cause.strip()))


def _cause(text: str) -> HangupCause:
    name = text.upper()
    if name in ALIASES:
        return ALIASES[name]
    try:
        return HangupCause(int(text)) if text.isdigit() else HangupCause[name]
    except (ValueError, KeyError):
        return HangupCause.NORMAL_CLEARING
