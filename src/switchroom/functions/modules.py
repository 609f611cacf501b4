"""IFMODULE: whether the original's module of that name would have something to do here.

Family: Files, commands and the machine
"""

from __future__ import annotations

from switchroom.dialplan.modules import is_module
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("IFMODULE")
def has_module(channel: Channel, name: str) -> str:
    """1 where what a module of Asterisk offers can be used here, 0 where not.

    Args:
        channel: The channel.
        name: Of the module, ``app_queue.so``, ``func_odbc.so``, ``chan_pjsip.so``.

    Examples:
        NoOp(${IFMODULE(func_strings.so)} ${IFMODULE(app_nothing.so)})  ; => 1 0
    """
    return "1" if is_module(channel.pbx, name) else "0"
