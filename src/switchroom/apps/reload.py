"""Reload(): read the configuration anew.

Family: Programs and logs
"""

from __future__ import annotations

from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.pbx.reloading import Reloading


@application("Reload")
async def reload(channel: Channel, modules: Rest = "") -> None:
    """Read the configuration anew, and wait until that is done.

    What is wrong with it is told in the log, and what was there stays.

    Args:
        channel: The channel.
        modules: What is read, such as ``res_pjsip,pbx_config``; nothing: all.

    Variables:
        RELOADSTATUS: SUCCESS, or FAILURE where some of it cannot be used.

    Examples:
        Reload(pbx_config)
        NoOp(${RELOADSTATUS})
    """
    reloading = channel.pbx.datastore(Reloading)
    names = [name for each in modules.split(",") if (name := each.strip())] or [""]
    are_good = [await reloading.run(channel.pbx, name) for name in names]
    channel.set_variable("RELOADSTATUS", "SUCCESS" if all(are_good) else "FAILURE")
