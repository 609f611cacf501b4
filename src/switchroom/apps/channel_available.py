"""ChanIsAvail(): who of several could be called.

Family: Calls
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.device_state import DeviceState, device_state
from switchroom.pbx.hangup_cause import HangupCause

_NUMBERS = list(DeviceState)
_FREE = frozenset({DeviceState.NOT_INUSE, DeviceState.UNKNOWN})
_REACHABLE = frozenset(DeviceState) - {DeviceState.INVALID, DeviceState.UNAVAILABLE}


@dataclass(frozen=True, slots=True)
class AvailableOptions:
    """Option letters of ChanIsAvail."""

    every: bool = option("a", "All that could be called, not only the first.")
    only_free: bool = option("s", "One that is in use counts as not available.")
    only_state: bool = option("t", "Ask for the state only; no channel is made to try.")


@application("ChanIsAvail")
async def channel_is_available(
    channel: Channel, resources: str, options: AvailableOptions = AvailableOptions()
) -> None:
    """Find out whom of several a call would reach.

    Args:
        channel: The channel.
        resources: ``Technology/resource``, joined by ``&``.
        options: Option letters.

    Variables:
        AVAILORIGCHAN: The resource that can be called; with ``a`` all of them, joined by ``&``.
        AVAILCHAN: The channel that a call to it had.
        AVAILSTATUS: The state of the last one as a number: 0 unknown, 1 not in use, 2 in use,
            3 busy, 4 invalid, 5 unavailable, 6 ringing, 7 ringing and in use, 8 on hold.
        AVAILCAUSECODE: The cause where none can be called.

    Examples:
        ChanIsAvail(PJSIP/100&PJSIP/101,s)
        ExecIf($["${AVAILORIGCHAN}" = ""]?Hangup(BUSY))
        Dial(${AVAILORIGCHAN},20)
    """
    found: list[tuple[str, str]] = []
    status, cause = DeviceState.INVALID, HangupCause.NOT_DEFINED
    for resource in filter(None, (word.strip() for word in resources.split("&"))):
        status = device_state(channel.pbx, resource)
        if status not in (_FREE if options.only_free else _REACHABLE):
            continue
        try:
            name = "" if options.only_state else await _name(channel, resource)
        except RequestError as error:
            cause = error.cause
            continue
        found.append((resource, name))
        if not options.every:
            break
    channel.set_variable("AVAILORIGCHAN", "&".join(resource for resource, _ in found))
    channel.set_variable("AVAILCHAN", "&".join(name for _, name in found if name))
    channel.set_variable("AVAILSTATUS", str(_NUMBERS.index(status)))
    channel.set_variable("AVAILCAUSECODE", str(int(cause)))


async def _name(channel: Channel, resource: str) -> str:
    """What a channel to a resource is called; it is made and given up at once."""
    made = await channel.pbx.request(resource, channel)
    made.hangup()
    return made.name
