"""Dial(): call somebody and join both.

Family: Calls
"""

from __future__ import annotations

from switchroom.apps.dialing.call import DialCall
from switchroom.apps.dialing.options import NO_OPTIONS, DialOptions, seconds_of, silence_of
from switchroom.dialplan.priority_jumping import jump_far
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import DialStatus


@application("Dial")
async def dial(
    channel: Channel,
    destinations: str = "",
    timeout: str = "",  # noqa: ASYNC109  # the dialplan's own argument
    options: DialOptions = NO_OPTIONS,
    url: str = "",
) -> None:
    """Call one or more destinations at once and join the first that answers.

    Unless there was a conversation the dialplan goes on.

    Args:
        channel: The channel.
        destinations: ``Technology/resource``, several joined with ``&``.
        timeout: Seconds to wait for an answer; empty for no limit. Behind a ``^`` the seconds in
            which it shall ring, or it is CHANUNAVAIL.
        options: Option letters.
        url: Not sent by any technology here; accepted because old dialplans have it.

    Variables:
        DIALSTATUS: ANSWER, BUSY, NOANSWER, CANCEL, CONGESTION, CHANUNAVAIL, DONTCALL or TORTURE.
        DIALEDPEERNAME: The channel that answered.
        DIALEDPEERNUMBER: What was dialled of it, behind the technology.
        DIALEDTIME: The seconds since the beginning; DIALEDTIME_MS: in milliseconds, as all times.
        RINGTIME: The seconds until it rang.
        PROGRESSTIME: The seconds until early media came.
        ANSWEREDTIME: The seconds that were talked.
        FORWARDERNAME: The channel whose party sent the call elsewhere.

    Examples:
        exten => 100,1,Dial(PJSIP/100&PJSIP/101,20)
         same => n,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)
         same => n,Playback(vm-nobodyavail)
         same => n,Hangup()
         same => n(busy),Busy(10)
    """
    status = await DialCall(channel, options).run(
        destinations, seconds_of(timeout), silence_of(timeout)
    )
    if status is DialStatus.BUSY:
        jump_far(channel)
