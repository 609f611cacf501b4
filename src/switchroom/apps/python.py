"""Python(): run a function of the Python dialplan.

Family: Programs and logs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel

if TYPE_CHECKING:
    from switchroom.dialplan.interpreter import Interpreter


@application("Python")
async def python(channel: Channel, name: str, arguments: Rest = "") -> None:
    """Run a function of ``extensions.py``.

    Args:
        channel: The channel.
        name: The function; its decorator is ``@routine``, or ``@extension``.
        arguments: Its arguments behind the call itself.

    Variables:
        PYTHON_RETVAL: What the function returns.

    Examples:
        Python(opening_hours,${EPOCH})
        NoOp(${PYTHON_RETVAL})
    """
    dialplan = cast("Interpreter", channel.pbx.dialplan).dialplan_of(channel)
    routine = dialplan.routines.get(name)
    if routine is None:
        raise ApplicationFailedError(f"Python: extensions.py has no routine {name!r}")
    await routine(channel, arguments)
