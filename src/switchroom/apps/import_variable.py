"""ImportVar(): take over another channel's variable.

Family: Variables and data
"""

from __future__ import annotations

from switchroom.base.errors import BadArgumentsError, DialplanError
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel


@application("ImportVar")
def import_variable(channel: Channel, assignment: Rest) -> None:
    """Set a variable to the value that another channel's has.

    Args:
        channel: The channel.
        assignment: ``variable=channel,variable``.

    Examples:
        Set(order=4711)
        ImportVar(copy=${CHANNEL(name)},order)
        NoOp(${copy})  ; => 4711
    """
    own, equals, rest = assignment.partition("=")
    name, _, theirs = rest.partition(",")
    if not equals or not theirs:
        raise BadArgumentsError("ImportVar: expected variable=channel,variable")
    other = find_channel(channel.pbx, name)
    if other is None:
        raise DialplanError(f"ImportVar: there is no channel {name!r}")
    channel.set_variable(own.strip(), channel.pbx.dialplan.read_variable(other, theirs.strip()))
