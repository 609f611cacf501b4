"""Variables of channels."""

from __future__ import annotations

from typing import Annotated, Any

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.asterisk import Variable, Variables
from switchroom.ari.registry import InBody, Wire, operation
from switchroom.ari.variables import is_function, read_variable, texts, write_variable
from switchroom.pbx.channel import Channel

ERRORS = (400, 404, 409)

RequiredVariables = Annotated[dict[str, Any], InBody()]


async def _value(ari: Request, channel: Channel, name: str) -> str | None:
    """None: there is no such variable."""
    value = await read_variable(ari, channel, name)
    known = value or is_function(name) or name in channel.variables
    return value if known or name in ari.pbx.global_variables else None


@operation("GET", "/channels/{channelId}/variable", "getChannelVar", errors=ERRORS)
async def get_variable(ari: Request, channel_id: str, variable: str) -> Variable:
    """Read a variable or a function of a channel.

    Args:
        ari: The request.
        channel_id: Of the channel.
        variable: Its name.
    """
    value = await _value(ari, ari.channel(channel_id), variable)
    if value is None:
        raise AriError(404, "Provided variable was not found")
    return Variable(value=value)


@operation("POST", "/channels/{channelId}/variable", "setChannelVar", errors=ERRORS)
async def set_variable(
    ari: Request,
    channel_id: str,
    variable: str,
    value: str = "",
    report_events: Annotated[bool, Wire("report_events")] = False,  # noqa: FBT002  # on the wire
) -> None:
    """Set a variable of a channel, or write a function.

    Args:
        ari: The request.
        channel_id: Of the channel.
        variable: Its name.
        value: Its value.
        report_events: Accepted; it is told to all who hear of the channel.
    """
    await write_variable(ari, ari.channel(channel_id), variable, value)


@operation("GET", "/channels/{channelId}/variables", "getChannelVars", errors=ERRORS)
async def get_variables(ari: Request, channel_id: str, variables: str) -> Variables:
    """Read several variables of a channel; those that there are not are empty.

    Args:
        ari: The request.
        channel_id: Of the channel.
        variables: Their names, separated by commas.
    """
    channel = ari.channel(channel_id)
    names = [name.strip() for name in variables.split(",") if name.strip()]
    found = {name: await _value(ari, channel, name) or "" for name in names}
    return Variables(variables=found)


@operation("POST", "/channels/{channelId}/variables", "setChannelVars", errors=ERRORS)
async def set_variables(ari: Request, channel_id: str, variables: RequiredVariables) -> None:
    """Set several variables of a channel.

    Args:
        ari: The request.
        channel_id: Of the channel.
        variables: Their values by their names.
    """
    channel = ari.channel(channel_id)
    for name, value in texts(variables).items():
        await write_variable(ari, channel, name, value)
