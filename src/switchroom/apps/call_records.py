"""ForkCDR(), ResetCDR(), NoCDR(): begin another call record, begin it anew, have none.

Family: Calls
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.records.cdr_recorder import recorder_of
from switchroom.pbx.records.properties import RecordProperties, RecordVariables


@dataclass(frozen=True, slots=True)
class ForkOptions:
    """Option letters of ForkCDR."""

    answers_now: bool = option("a", "If the call is answered, the new record says: just now.")
    closes: bool = option("e", "The record there is ends here.")
    resets: bool = option("r", "The new record starts now, and so does its answer.")
    forgets: bool = option("v", "The new record does not have the variables of the one there is.")


@dataclass(frozen=True, slots=True)
class ResetOptions:
    """Option letters of ResetCDR."""

    keeps: bool = option("v", "Keep the variables that were added to the record.")


@application("ForkCDR")
def fork_cdr(channel: Channel, options: ForkOptions = ForkOptions()) -> None:
    """Begin another record of what this channel does; the call ends with both.

    Args:
        channel: The channel.
        options: Option letters.

    Examples:
        ; a record for the menu, another for what comes after it
        exten => s,1,Answer()
         same => n,BackGround(vm-goodbye)
         same => n,ForkCDR(er)
         same => n,Dial(PJSIP/100,20)
    """
    recorder = recorder_of(channel.pbx)
    if recorder is not None:
        recorder.book.fork(
            channel.name,
            now=channel.pbx.now(),
            closes=options.closes,
            resets=options.resets,
            answers_now=options.answers_now,
        )
    if options.forgets:
        channel.datastore(RecordVariables).clear()


@application("ResetCDR")
def reset_cdr(channel: Channel, options: ResetOptions = ResetOptions()) -> None:
    """Begin the record anew: it starts now, and was answered now if the call is.

    Args:
        channel: The channel.
        options: Option letters.

    Examples:
        ; the announcement costs nothing
        exten => s,1,Answer()
         same => n,Playback(vm-goodbye)
         same => n,ResetCDR()
         same => n,Dial(PJSIP/100,20)
    """
    recorder = recorder_of(channel.pbx)
    if recorder is not None:
        recorder.book.reset(channel.name, now=channel.pbx.now())
    if not options.keeps:
        channel.datastore(RecordVariables).clear()


@application("NoCDR")
def no_cdr(channel: Channel) -> None:
    """Have no call record of this channel; ``Set(CDR_PROP(disable)=1)`` does the same.

    Args:
        channel: The channel.

    Examples:
        exten => 999,1,NoCDR()
         same => n,Echo()
    """
    channel.datastore(RecordProperties).is_disabled = True
