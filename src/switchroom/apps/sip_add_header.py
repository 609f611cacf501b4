"""SIPAddHeader() and SIPRemoveHeader(): headers for the calls that follow.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import BadArgumentsError
from switchroom.channels.sip.added_headers import MAX_HEADERS, VARIABLE, HeaderError, checked
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("SIPAddHeader")
def sip_add_header(channel: Channel, header: Rest) -> None:
    """Add a header to the INVITEs of the calls that this channel makes.

    Args:
        channel: The caller.
        header: ``Name: value``.

    Examples:
        SIPAddHeader(X-Tenant: blue)
        Dial(SIP/alice)
    """
    name, _, value = header.partition(":")
    try:
        name, value = checked(name, value)
    except HeaderError as error:
        raise BadArgumentsError(f"SIPAddHeader: {error}") from error
    for number in range(1, MAX_HEADERS + 1):
        variable = f"{VARIABLE}{number:02}"
        if variable not in channel.variables:
            channel.set_variable(f"_{variable}", f"{name}: {value}")
            return
    raise BadArgumentsError(f"SIPAddHeader: more than {MAX_HEADERS} headers")


@application("SIPRemoveHeader")
def sip_remove_header(channel: Channel, header: Rest = "") -> None:
    """Remove headers that SIPAddHeader added.

    Args:
        channel: The caller.
        header: Its name, or the beginning of several; empty: all.

    Examples:
        SIPRemoveHeader(X-Tenant)
    """
    wanted = header.strip().rstrip(":").lower()
    for variable in [name for name in channel.variables if name.startswith(VARIABLE)]:
        if channel.variables[variable].lower().startswith(wanted):
            del channel.variables[variable]
            channel.inherited.pop(variable, None)
