"""One script and the call it drives: commands in order, one at a time, hangups told."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Mapping
from enum import Enum
from typing import Protocol, TypeVar

from switchroom.agi.registry import AgiCommand, find_command
from switchroom.agi.wire import DEAD, UNKNOWN, Answer, facts_text, usage_text
from switchroom.apps.agi import MAX_WORDS
from switchroom.base.errors import SwitchroomError
from switchroom.base.words import split_words
from switchroom.dialplan.substitution import variable
from switchroom.pbx.agi_events import AgiCommandEnded, AgiCommandStarted
from switchroom.pbx.channel import Channel, HangupError
from switchroom.recognition.speech import ScriptSpeech

logger = logging.getLogger(__name__)

T = TypeVar("T")

COMMANDS_BETWEEN_PAUSES = 32
LINGER = 60.0  #: seconds that a script may still work when its call is over


_numbers = itertools.count(1)  # of commands, for those who watch them


class Status(Enum):
    """What AGISTATUS says."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    NOT_FOUND = "NOTFOUND"
    HANGUP = "HANGUP"


class Script(Protocol):
    """The other end of the line."""

    async def read_line(self) -> str | None:
        """The next line without its end; None when no more come.

        Raises:
            ScriptError: What it sends makes no sense.
        """

    async def write(self, text: str) -> None:
        """Send it something; nothing happens where it does not listen any more."""

    async def tell_hangup(self) -> None:
        """Tell it that the caller hung up."""

    def kill(self) -> None:
        """End it."""


class ScriptError(SwitchroomError):
    """A script does what no script does: it sends a line without an end, or is not there."""


class Session:
    """One run of AGI().

    Args:
        channel: The call; the session runs in its task.
        script: Who drives it.
        facts: What it is told first.
    """

    def __init__(self, channel: Channel, script: Script, facts: Mapping[str, str]) -> None:
        self._channel = channel
        self._script = script
        self._facts = facts
        self._is_over = channel.is_hung_up  #: the call; ``h`` runs in one that is
        self._began_over = self._is_over
        self._is_killed = False

    async def run(self) -> Status:
        """Carry out what the script says until it ends.

        Raises:
            HangupError: The call ended, or went elsewhere, meanwhile.
        """
        status = Status.SUCCESS
        try:
            await self._while_it_lasts(self._script.write(facts_text(self._facts)))
            await self._converse()
        except ScriptError as error:
            logger.warning("%s: AGI: %s", self._channel.name, error)
            self._script.kill()
            status = Status.FAILURE
        finally:
            self._channel.datastore(ScriptSpeech).destroy()
        if self._is_over and not self._began_over:
            self._channel.set_variable("AGISTATUS", Status.HANGUP.value)
            raise HangupError(self._channel.name)
        return status

    async def _converse(self) -> None:
        for count in itertools.count(1):
            line = await self._next_line()
            if line is None or self._is_killed:
                return
            if count % COMMANDS_BETWEEN_PAUSES == 0:
                await self._while_it_lasts(asyncio.sleep(0))
            await self._while_it_lasts(self._script.write(await self._answer(line) + "\n"))

    async def _next_line(self) -> str | None:
        if not self._is_over:
            line = await self._while_it_lasts(self._script.read_line())
            if line is not None or not self._is_over or self._is_killed:
                return line
        try:
            async with asyncio.timeout(LINGER):
                return await self._script.read_line()
        except TimeoutError:
            logger.warning(
                "%s: AGI: a script still runs %.0f s after its call: ending it",
                self._channel.name, LINGER,
            )  # fmt: skip
            self._script.kill()
            return None

    async def _answer(self, line: str) -> str:
        """Carry out one line."""
        words = split_words(line, MAX_WORDS)
        if not words:
            return UNKNOWN
        found = find_command(words)
        if found is None:
            return UNKNOWN
        command, arguments = found
        if self._channel.is_hung_up:
            await self._note_end()  # the script itself has hung up
        if self._is_over and not command.runs_when_dead:
            return DEAD
        if not command.takes(len(arguments)):
            return usage_text(command.usage)
        return await self._told(command, arguments, line)

    async def _told(self, command: AgiCommand, arguments: list[str], line: str) -> str:
        events, channel = self._channel.pbx.events, self._channel
        number = next(_numbers)
        if events.wants(AgiCommandStarted):
            events.publish(AgiCommandStarted(channel.name, channel.unique_id, line, number))
        answer = await self._while_it_lasts(self._carry_out(command, arguments))
        text = str(answer if answer is not None else Answer(-1))
        if events.wants(AgiCommandEnded):
            events.publish(AgiCommandEnded(channel.name, channel.unique_id, line, number, text))
        return text

    async def _carry_out(self, command: AgiCommand, arguments: list[str]) -> Answer:
        try:
            return await command.run(self._channel, *arguments)
        except HangupError:
            raise
        except SwitchroomError as error:
            logger.warning("%s: AGI: %s: %s", self._channel.name, command.name, error)
            return Answer(-1)

    async def _while_it_lasts(self, work: Awaitable[T]) -> T | None:
        """Do something; None when the call ended meanwhile, which the script is told then."""
        try:
            return await work
        except HangupError:
            pass
        except asyncio.CancelledError:
            if not (self._channel.is_hung_up or self._channel.is_redirected):
                self._script.kill()
                raise
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
        await self._note_end()
        return None

    async def _note_end(self) -> None:
        """The call is over; the script is told once."""
        if not self._is_over:
            self._is_over = True
            await self._tell_hangup()

    async def _tell_hangup(self) -> None:
        if variable(self._channel, "AGIEXITONHANGUP").strip().lower() in {"yes", "1", "true"}:
            self._is_killed = True
            self._script.kill()
        elif variable(self._channel, "AGISIGHUP").strip().lower() not in {"no", "0", "false"}:
            await self._script.tell_hangup()
