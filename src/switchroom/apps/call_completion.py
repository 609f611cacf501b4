"""CallCompletionRequest(), CallCompletionCancel(): be called back when somebody is free.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.call_completion import CallCompletions
from switchroom.pbx.channel import Channel


@application("CallCompletionRequest")
def call_completion_request(channel: Channel) -> None:
    """Ask to be called back when who was dialled last, and was busy or did not answer, is free.

    Both phones must want it: ``cc_agent_policy`` of the caller's and ``cc_monitor_policy`` of the
    called one are ``generic`` (``ccss.conf``, ``sip.conf``, CALLCOMPLETION).

    Args:
        channel: The channel.

    Variables:
        CC_REQUEST_RESULT: SUCCESS or FAIL.
        CC_REQUEST_REASON: Why it failed: NO_CORE_INSTANCE (nothing was offered, or that is too
            long ago), NOT_GENERIC, TOO_MANY_REQUESTS or UNSPECIFIED.

    Examples:
        exten => *30,1,CallCompletionRequest()
         same => n,NoOp(${CC_REQUEST_RESULT} ${CC_REQUEST_REASON})
    """
    reason = channel.pbx.datastore(CallCompletions).request(channel)
    channel.set_variable("CC_REQUEST_RESULT", "SUCCESS" if reason is None else "FAIL")
    channel.set_variable("CC_REQUEST_REASON", "" if reason is None else reason)


@application("CallCompletionCancel")
def call_completion_cancel(channel: Channel) -> None:
    """Do not be called back any more.

    Args:
        channel: The channel.

    Variables:
        CC_CANCEL_RESULT: SUCCESS or FAIL.
        CC_CANCEL_REASON: Why it failed: NO_CORE_INSTANCE, NOT_GENERIC or UNSPECIFIED.

    Examples:
        exten => *31,1,CallCompletionCancel()
         same => n,NoOp(${CC_CANCEL_RESULT} ${CC_CANCEL_REASON})
    """
    reason = channel.pbx.datastore(CallCompletions).cancel(channel)
    channel.set_variable("CC_CANCEL_RESULT", "SUCCESS" if reason is None else "FAIL")
    channel.set_variable("CC_CANCEL_REASON", "" if reason is None else reason)
