"""ExternalIVR(): let a program play lists of sounds and hear what is keyed.

Family: Programs and other systems
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel, ChannelState


@dataclass(frozen=True, slots=True)
class ExternalIvrOptions:
    """Option letters of ExternalIVR."""

    no_answer: bool = option("n", "Do not answer first.")
    tells_hangup_only: bool = option(
        "i", "When the caller hangs up the program is told, and has to end the call by H."
    )
    is_dead: bool = option("d", "Run in a call that is over; the program has to end by E.")


@dataclass(frozen=True, slots=True)
class IvrRequest:
    """What the dialplan asks for."""

    command: str  #: a program, or ``ivr://host[:port]``
    arguments: tuple[str, ...] = ()
    tells_hangup_only: bool = False
    is_dead: bool = False


@dataclass(slots=True)
class ExternalIvrDoor:
    """Who carries requests out. A datastore of the core; the door itself is a layer above."""

    run: Callable[[Channel, IvrRequest], Awaitable[None]] | None = None


@application("ExternalIVR")
async def external_ivr(
    channel: Channel, command: str, options: ExternalIvrOptions = ExternalIvrOptions()
) -> None:
    """Let a program drive the call: it says what is played, and hears at once what is keyed.

    Answers first. The program reads events on its standard input and writes commands to its
    standard output, a line each; a server does so over its connection. A program that ends without
    the command ``E`` ends the call.

    Args:
        channel: The channel.
        command: A program, with its arguments in brackets, or ``ivr://host[:port]`` (port 2949).
        options: Option letters.

    Examples:
        ExternalIVR(/usr/local/bin/menu(${EXTEN},de))
        ExternalIVR(ivr://127.0.0.1:2949(${EXTEN}),i)
    """
    run = channel.pbx.datastore(ExternalIvrDoor).run
    if run is None:
        raise ApplicationFailedError("ExternalIVR: nothing here runs programs")
    name, bracket, rest = command.partition("(")
    arguments = separate(rest.removesuffix(")")) if bracket else ()
    if not options.is_dead:
        if channel.is_hung_up:
            raise ApplicationFailedError("ExternalIVR: the call is over; option d is for that")
        if channel.state is not ChannelState.UP and not options.no_answer:
            await channel.answer()
    await run(
        channel,
        IvrRequest(name.strip(), tuple(arguments), options.tells_hangup_only, options.is_dead),
    )
