"""CALLCOMPLETION: whether and how a channel's calls are completed later.

Family: Channels and calls
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.call_completion import (
    CallCompletions,
    ChannelCompletion,
    changed,
    option_text,
)
from switchroom.pbx.channel import Channel


@function("CALLCOMPLETION")
def call_completion(channel: Channel, option: str) -> str:
    """How calls of this channel are completed later.

    Options: ``cc_agent_policy`` (``never``, ``generic``), ``cc_monitor_policy`` (also ``always``),
    ``cc_offer_timer``, ``ccnr_available_timer``, ``ccbs_available_timer``, ``cc_recall_timer``,
    ``cc_max_agents``, ``cc_max_monitors``, ``cc_agent_dialstring``, ``cc_callback_sub``.

    Args:
        channel: The channel.
        option: Which one.

    Examples:
        Set(CALLCOMPLETION(cc_agent_policy)=generic)
        Dial(PJSIP/100,20)
    """
    parameters = channel.pbx.datastore(CallCompletions).parameters_of(channel)
    found = option_text(parameters, option)
    if found is None:
        raise DialplanError(f"CALLCOMPLETION: there is no {option!r}")
    return found


@function("CALLCOMPLETION", write=True)
def set_call_completion(channel: Channel, value: str, option: str) -> None:
    """Say how calls of this channel are completed later.

    Args:
        channel: The channel.
        value: What it becomes.
        option: Which one.
    """
    parameters = channel.pbx.datastore(CallCompletions).parameters_of(channel)
    try:
        now = changed(parameters, option, value)
    except ValueError as error:
        raise DialplanError(f"CALLCOMPLETION({option}): {value!r} is no number") from error
    if now is None:
        raise DialplanError(f"CALLCOMPLETION: there is no {option!r}")
    channel.datastore(ChannelCompletion).parameters = now
