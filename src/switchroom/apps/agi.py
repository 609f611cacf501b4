"""AGI(), EAGI() and DeadAGI(): let a program, or a server, drive the call.

Family: Programs and other systems
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

MAX_WORDS = 128  #: of a command
MAX_WAITING = 1000  #: commands of the manager interface that wait in one call


@dataclass(frozen=True, slots=True)
class AgiRequest:
    """What the dialplan asks for."""

    command: str  #: a file's name, ``agi://host…``, ``hagi://name…`` or ``agi:async``
    arguments: tuple[str, ...] = ()
    wants_audio: bool = False  #: EAGI: the caller's voice comes with it


@dataclass(slots=True)
class AgiDoor:
    """Who carries requests out. A datastore of the core; the door itself is a layer above."""

    run: Callable[[Channel, AgiRequest], Awaitable[str]] | None = None
    #: Of each command: whether it makes sense without a caller, and how it is used.
    usages: Mapping[str, tuple[bool, str]] = field(default_factory=dict)


class AsyncCommands:
    """What a call that waits in ``AGI(agi:async)`` is asked for. A datastore of the channel."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[str, str]] = deque()  #: commands and their ids
        self.arrived = asyncio.Event()
        self.is_open = False

    def open(self) -> None:
        """Take commands from now on."""
        self.is_open = True

    def close(self) -> None:
        """Take no more; what waits is dropped."""
        self.is_open = False
        self.waiting.clear()
        self.arrived.set()

    def add(self, command: str, command_id: str) -> bool:
        """Ask for something; returns whether the call takes it."""
        if not self.is_open or len(self.waiting) >= MAX_WAITING:
            return False
        self.waiting.append((command, command_id))
        self.arrived.set()
        return True


@application("AGI")
async def agi(channel: Channel, command: str, *arguments: str) -> None:
    """Let a program drive the call by the Asterisk Gateway Interface.

    The program reads facts of the call and answers on its standard input, and writes commands to
    its standard output. When the caller hangs up it gets a SIGHUP, or over the network the line
    ``HANGUP``; commands that need no caller go on working. The call's ``h`` waits for its end.

    Args:
        channel: The channel.
        command: A file in the folder of AGI programs, or a path; ``agi://host[:port]/script`` for
            a FastAGI server, ``hagi://name/script`` for one that SRV records name, ``agi:async``
            for commands that come over the manager interface.
        arguments: What the program gets as arguments.

    Variables:
        AGISTATUS: SUCCESS; FAILURE where the program ended with a status other than 0, or no
            server answered; NOTFOUND where there is no such program; HANGUP.
        AGISIGHUP: Set it to ``no`` to tell the program nothing of a hangup.
        AGIEXITONHANGUP: Set it to ``yes`` to end the program at a hangup.

    Examples:
        AGI(weather.py,${EXTEN})
        AGI(agi://127.0.0.1:4573/weather?city=Bern)
        ExecIf($["${AGISTATUS}" = "NOTFOUND"]?Playback(vm-goodbye))
    """
    await _run(channel, AgiRequest(command, arguments))


@application("EAGI")
async def eagi(channel: Channel, command: str, *arguments: str) -> None:
    """Let a program drive the call and hear the caller, as AGI() does.

    The caller's voice is on its file descriptor 3: signed linear of 8 kHz, 16 bits, one channel.
    Set ``EAGI_AUDIO_FORMAT`` to ``slin16`` for 16 kHz.

    Args:
        channel: The channel.
        command: A file in the folder of AGI programs, or a path.
        arguments: What the program gets as arguments.

    Variables:
        AGISTATUS: SUCCESS, FAILURE, NOTFOUND or HANGUP.

    Examples:
        EAGI(recognise.py)
    """
    await _run(channel, AgiRequest(command, arguments, wants_audio=True))


@application("DeadAGI")
async def dead_agi(channel: Channel, command: str, *arguments: str) -> None:
    """An older name of AGI(), for calls that are over.

    Args:
        channel: The channel.
        command: See AGI().
        arguments: What the program gets as arguments.

    Examples:
        exten => h,1,DeadAGI(bill.py,${CDR(billsec)})
    """
    await _run(channel, AgiRequest(command, arguments))


async def _run(channel: Channel, request: AgiRequest) -> None:
    run = channel.pbx.datastore(AgiDoor).run
    if run is None:
        logger.warning("%s: AGI: nothing here runs programs", channel.name)
        channel.set_variable("AGISTATUS", "FAILURE")
        return
    await run(channel, request)
