"""AELSub(): call an AEL macro from elsewhere.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.apps.gosub import gosub
from switchroom.dialplan.ael import MACRO_EXTENSION
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("AELSub")
def ael_sub(channel: Channel, macro: str, arguments: Rest = "") -> None:
    """Call a macro that was written in AEL.

    Args:
        channel: The channel.
        macro: Its name.
        arguments: Its arguments.

    Examples:
        AELSub(ring-group,sales,20)
    """
    gosub(channel, f"{macro},{MACRO_EXTENSION},1({arguments})")
