"""The call itself: answering, ending, its state, its place in the dialplan, applications."""

from __future__ import annotations

import logging

from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.base.errors import ApplicationFailedError, DialplanError
from switchroom.base.text import leading_float, leading_int
from switchroom.dialplan.absolute_timeout import AbsoluteTimeout
from switchroom.pbx.caller_id import parse_caller_id
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel

logger = logging.getLogger(__name__)

NO_SUCH_APPLICATION = -2
HIGHEST_SHOWN = 3  #: verbosity of what is no matter of debugging


@agi_command("answer")
async def answer(channel: Channel) -> Answer:
    """Answers the call, if it is not up already."""
    await channel.answer()
    return Answer(0)


@agi_command("hangup", "[<channel>]")
async def hangup(channel: Channel, name: str = "") -> Answer:
    """Hangs up this call, or another channel."""
    target = find_channel(channel.pbx, name) if name else channel
    if target is None:
        return Answer(-1)
    target.hangup()
    return Answer(1)


@agi_command("channel status", "[<channel>]")
async def channel_status(channel: Channel, name: str = "") -> Answer:
    """Tells the state of this channel or another: 0 down … 4 rings, 6 up, 7 busy."""
    target = find_channel(channel.pbx, name) if name else channel
    return Answer(-1 if target is None else int(target.state))


@agi_command("set autohangup", "<seconds>")
async def set_autohangup(channel: Channel, seconds: str) -> Answer:
    """Ends the call after so many seconds; 0: does not."""
    channel.datastore(AbsoluteTimeout).set(channel, max(0.0, leading_float(seconds) or 0.0))
    return Answer(0)


@agi_command("set callerid", "<number>")
async def set_callerid(channel: Channel, *words: str) -> Answer:
    """Sets the caller's number, or name and number as in "Alice" <100>."""
    party = parse_caller_id(" ".join(words))
    if party.number:
        channel.caller.number = party.number
    if party.name:
        channel.caller.name = party.name
    return Answer(1)


@agi_command("set context", "<context>")
async def set_context(channel: Channel, context: str) -> Answer:
    """Sets where the dialplan goes on behind the script."""
    channel.goto(context, channel.extension, _next_priority(channel))
    return Answer(0)


@agi_command("set extension", "<extension>")
async def set_extension(channel: Channel, extension: str) -> Answer:
    """Sets where the dialplan goes on behind the script."""
    channel.goto(channel.context, extension, _next_priority(channel))
    return Answer(0)


@agi_command("set priority", "<priority or label>")
async def set_priority(channel: Channel, word: str) -> Answer:
    """Sets where the dialplan goes on behind the script."""
    dialplan = channel.pbx.dialplan
    priority = dialplan.find_priority(channel, channel.context, channel.extension, word)
    if priority is None:
        return Answer(-1)
    channel.goto(channel.context, channel.extension, priority)
    return Answer(0)


def _next_priority(channel: Channel) -> int:
    """The next one, unless a command before this one has chosen already."""
    return channel.priority if channel.jumped else channel.priority + 1


@agi_command("exec", "<application> [<arguments>]", when_dead=True)
async def execute(channel: Channel, application: str, data: str = "", *_: str) -> Answer:
    """Runs an application of the dialplan: -2 where there is none of that name."""
    channel.announce(application, data)
    try:
        waiting = channel.pbx.dialplan.start_application(channel, application, data)
        if waiting is not None:
            await waiting
    except ApplicationFailedError as error:
        if str(error).startswith("there is no application"):
            logger.warning("%s: AGI: %s", channel.name, error)
            return Answer(NO_SUCH_APPLICATION)
        raise
    return Answer(0)


@agi_command("gosub", "<context> <extension> <priority> [<arguments>]")
async def gosub(
    channel: Channel, context: str, extension: str, word: str, arguments: str = ""
) -> Answer:
    """Runs a routine of the dialplan up to its Return()."""
    dialplan = channel.pbx.dialplan
    priority = dialplan.find_priority(channel, context, extension, word)
    if priority is None or not dialplan.exists(channel, extension, priority, context):
        raise DialplanError(f"gosub: there is no {context},{extension},{word}")
    given = arguments.split(",") if arguments else []
    await dialplan.call_routine(channel, (context, extension, priority), given)
    return Answer(0, remark="Gosub complete", before="100 result=0 Trying...")


@agi_command("noop", "[<text>]", when_dead=True)
async def noop(channel: Channel, *_: str) -> Answer:
    """Does nothing."""
    return Answer(0)


@agi_command("testnoop", "[<text>]")
async def testnoop(channel: Channel, *_: str) -> Answer:
    """Does nothing, on a live channel."""
    return Answer(0)


@agi_command("verbose", "<message> [<level>]", when_dead=True)
async def verbose(channel: Channel, message: str, level: str = "1") -> Answer:
    """Writes to the log."""
    severity = logging.INFO if (leading_int(level) or 0) <= HIGHEST_SHOWN else logging.DEBUG
    logger.log(severity, "%s: %s", channel.name, message)
    return Answer(1)


@agi_command("asyncagi break", when_dead=True)
async def break_(channel: Channel) -> Answer:
    """Ends AGI(agi:async); the dialplan goes on."""
    return Answer(0)


@agi_command("tdd mode", "<on|off>")
async def tdd_mode(channel: Channel, word: str) -> Answer:
    """Would switch to text telephony, which no channel here is capable of: 0."""
    return Answer(0)
