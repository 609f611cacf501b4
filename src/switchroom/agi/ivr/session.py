"""One program and the call it drives: its commands, one at a time; keys and hangups told."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable
from typing import TypeVar

from switchroom.agi.ivr.commands import COMMANDS, OF_A_CALLER
from switchroom.agi.ivr.mail import Mail
from switchroom.agi.ivr.playlist import Playlist
from switchroom.agi.ivr.wire import End, Tag, event_text, parse_command
from switchroom.agi.session import COMMANDS_BETWEEN_PAUSES, LINGER, Script, ScriptError
from switchroom.apps.external_ivr import IvrRequest
from switchroom.pbx.channel import Channel, HangupError

logger = logging.getLogger(__name__)

T = TypeVar("T")


class IvrSession:
    """One run of ExternalIVR(), in the channel's task.

    Args:
        channel: The call.
        script: Who drives it.
        request: What the dialplan asks for.
    """

    def __init__(self, channel: Channel, script: Script, request: IvrRequest) -> None:
        self.channel = channel
        self._script = script
        self.request = request
        self._mail = Mail(script)
        self.playlist = Playlist(channel, lambda name: self.tell(Tag.FINISHED, name))
        self.clears = False  #: a key ends what is heard
        self._is_over = channel.is_hung_up
        self.end: End | None = None  #: set by the command that lets go of the call

    async def run(self) -> End:
        """Carry out what the program says until it lets go, or the call is over."""
        self.channel.on_key = self._key
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._mail.run())]
                if not self._is_over:
                    tasks.append(group.create_task(self.playlist.run()))
                try:
                    await self._converse()
                    await self._mail.flush()
                finally:
                    for task in tasks:
                        task.cancel()
        finally:
            self.channel.on_key = None
        return self.end or End.GONE

    async def _converse(self) -> None:
        for count in itertools.count(1):
            try:
                line = await self._next_line()
            except ScriptError as error:
                logger.warning("%s: ExternalIVR: %s", self.channel.name, error)
                return
            if line is not None:
                await self._while_it_lasts(self._obey(line))
            if line is None or self.end is not None:
                return
            if count % COMMANDS_BETWEEN_PAUSES == 0:
                await self._while_it_lasts(asyncio.sleep(0))

    async def _next_line(self) -> str | None:
        """What it says next; None at its end, and where it may say nothing more."""
        if not self._is_over:
            line = await self._while_it_lasts(self._script.read_line())
            if line is not None or not self._is_over or self.end is not None:
                return line
        try:
            async with asyncio.timeout(LINGER):
                return await self._script.read_line()
        except TimeoutError:
            message = "%s: ExternalIVR: a program still runs %.0f s after its call: ending it"
            logger.warning(message, self.channel.name, LINGER)
            self._script.kill()
            return None

    async def _while_it_lasts(self, work: Awaitable[T]) -> T | None:
        """Do something; None when the call ended meanwhile."""
        try:
            return await work
        except HangupError:
            pass
        except asyncio.CancelledError:
            if not self.channel.is_hung_up:  # it goes elsewhere, or the node ends
                raise
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
        self._note_hangup()
        return None

    def _note_hangup(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        self.playlist.clear()
        if self.request.is_dead:
            return
        if self.request.tells_hangup_only:
            self.tell(Tag.INFORMATION, "HANGUP")
        else:
            self.tell(Tag.HANGUP)
            self.end = End.HANGUP

    def tell(self, tag: Tag | str, data: str = "") -> None:
        """Tell the program; nobody waits for it to listen."""
        self._mail.add(event_text(tag, self.channel.pbx.now(), data))

    def _key(self, digit: str, _: float) -> None:
        self.tell(digit)
        if self.clears:
            self.interrupt()

    def interrupt(self) -> None:
        """End what is heard, drop what waits, and tell that, where there is anything."""
        if self.playlist.is_silent:
            return
        self.tell(Tag.INTERRUPTED)
        for name in self.playlist.clear():
            self.tell(Tag.DROPPED, name)

    def hang_up(self) -> None:
        """The program ends the call."""
        self._is_over = True
        self.tell(Tag.HANGUP)
        self.end = End.HANGUP
        self.channel.hangup()

    async def _obey(self, line: str) -> None:
        command = parse_command(line)
        run = COMMANDS.get(command.letter) if command is not None else None
        if command is None or run is None:
            logger.warning("%s: ExternalIVR: %r is no command", self.channel.name, line[:80])
            self.tell(Tag.FAILED, line[:80])
        elif command.letter in OF_A_CALLER and self._is_over:
            self.tell(Tag.FAILED, command.data)
        else:
            await run(self, command)
