"""ChanIsAvail(): who of several could be called.

Family: Calls
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.states.device_state import (
    DeviceState,
    channels_of,
    device_state,
    state_of_channels,
)

_NUMBERS = list(DeviceState)
_FREE = frozenset({DeviceState.NOT_INUSE, DeviceState.UNKNOWN})
NOT_ASKED = -1  #: the state of a device that was not asked for


@dataclass(frozen=True, slots=True)
class AvailableOptions:
    """Option letters of ChanIsAvail."""

    every: bool = option("a", "All that could be called, not only the first.")
    only_free: bool = option("s", "One whose device is in use counts as not available.")
    only_channels: bool = option("t", "The same, but only the channels there are are looked at.")


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
        AVAILSTATUS: The state of each that was tried, joined by ``&``: 0 unknown, 1 not in use, 2
            in use, 3 busy, 4 invalid, 5 unavailable, 6 ringing, 7 ringing and in use, 8 on hold;
            -1 where it was not asked for (``s``, ``t``).
        AVAILCAUSECODE: Why each that was tried cannot be called, 0 where it can.

    Examples:
        ChanIsAvail(PJSIP/100&PJSIP/101,s)
        ExecIf($["${AVAILORIGCHAN}" = ""]?Hangup(BUSY))
        Dial(${AVAILORIGCHAN},20)
    """
    names: list[str] = []
    origins: list[str] = []
    states: list[str] = []
    causes: list[str] = []
    for resource in filter(None, (word.strip() for word in resources.split("&"))):
        state = _state(channel, resource, options)
        states.append(str(NOT_ASKED if state is None else _NUMBERS.index(state)))
        if state is not None and state not in _FREE:
            continue
        try:
            names.append(await _name(channel, resource))
        except RequestError as error:
            causes.append(str(int(error.cause)))
            continue
        origins.append(resource)
        causes.append(str(int(HangupCause.NOT_DEFINED)))
        if not options.every:
            break
    channel.set_variable("AVAILCHAN", "&".join(names))
    channel.set_variable("AVAILORIGCHAN", "&".join(origins))
    channel.set_variable("AVAILSTATUS", "&".join(states))
    channel.set_variable("AVAILCAUSECODE", "&".join(causes))


def _state(channel: Channel, resource: str, options: AvailableOptions) -> DeviceState | None:
    """The state of a device as far as it is asked for; None: it is only tried."""
    if options.only_channels:
        return state_of_channels(channels_of(channel.pbx, resource)) or DeviceState.UNKNOWN
    return device_state(channel.pbx, resource) if options.only_free else None


async def _name(channel: Channel, resource: str) -> str:
    """What a channel to a resource is called; it is made and given up at once."""
    made = await channel.pbx.request(resource, channel)
    made.hangup()
    return made.name
