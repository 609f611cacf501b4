"""Variables and functions, read and written from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.base.errors import DialplanError
from switchroom.dialplan.escalation import CHANGING_WHEN_READ, from_outside, is_escalating
from switchroom.dialplan.registry import Function
from switchroom.pbx.channel import Channel

_CALL = re.compile(r"(\w+)\s*\(")


def is_function(name: str) -> bool:
    """Whether ``name`` is a function with its arguments, and not a variable."""
    return "(" in name and name.endswith(")")


async def read_variable(ari: Request, channel: Channel, name: str) -> str:
    """What ``${name}`` is on a channel.

    Raises:
        AriError: 400: it cannot be read; 403: a user who may change nothing would change something.
    """
    if not name:
        raise AriError(400, "Variable name is required")
    called = {each.lower() for each in _CALL.findall(name)}
    if ari.user.is_read_only and ("$" in name or called & CHANGING_WHEN_READ):
        raise AriError(403, "Write access denied")
    for each in called:
        _refuse_escalating(ari, each)
    with from_outside(live_dangerously=ari.context.asterisk.live_dangerously):
        try:
            return await ari.pbx.dialplan.substitute(channel, "${" + name + "}")
        except DialplanError as error:
            raise AriError(400, str(error)) from error


def _refuse_escalating(ari: Request, name: str) -> None:
    """Refuse what reaches beyond the call, in words; what is within it is refused in silence."""
    found = ari.pbx.dialplan.functions.get(name.upper())
    if not isinstance(found, Function) or ari.context.asterisk.live_dangerously:
        return
    if found.reader is not None and is_escalating(found.reader.run):
        message = f"{name.upper()} is refused from outside (live_dangerously = no)"
        raise AriError(400, message)


async def write_variable(ari: Request, channel: Channel, name: str, value: str) -> None:
    """Set a channel's variable, or write a function.

    Raises:
        AriError: 400: it cannot be written.
    """
    if not name:
        raise AriError(400, "Variable name is required")
    if not is_function(name):
        channel.set_variable(name, value)
        return
    function, _, arguments = name[:-1].partition("(")
    with from_outside(live_dangerously=ari.context.asterisk.live_dangerously):
        try:
            waits = channel.pbx.dialplan.write_function(channel, function, arguments, value)
            if waits is not None:
                await waits
        except DialplanError as error:
            raise AriError(400, str(error)) from error


def texts(variables: Mapping[str, Any] | None) -> dict[str, str]:
    """The ``variables`` of a body.

    Raises:
        AriError: 400: one of them is no text and no number.
    """
    found = {}
    for name, value in (variables or {}).items():
        if not isinstance(value, str | int | float):
            raise AriError(400, f"The value of {name} is no text")
        found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found
