"""Carries out ExternalIVR(): starts the program, or connects to it; says how the call goes on."""

from __future__ import annotations

from pathlib import Path

from switchroom.agi.ivr.session import IvrSession
from switchroom.agi.ivr.wire import End
from switchroom.agi.network import Lookup, Server, parse_place
from switchroom.agi.program import Program
from switchroom.agi.session import ScriptError
from switchroom.apps.external_ivr import IvrRequest
from switchroom.base.errors import ApplicationFailedError
from switchroom.pbx.channel import Channel, HangupError

PORT = 2949


class IvrDoor:
    """Fulfils what :class:`~switchroom.apps.external_ivr.ExternalIvrDoor` asks for.

    Args:
        lookup: Who resolves the names of servers.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def run(self, channel: Channel, request: IvrRequest) -> None:
        """Let the program drive the call until it lets go of it.

        Raises:
            ApplicationFailedError: It cannot be started, or ended without a word.
            HangupError: The call is over.
        """
        try:
            script = await self._start(channel, request)
        except ScriptError as error:
            raise ApplicationFailedError(f"ExternalIVR: {error}") from error
        was_over = channel.is_hung_up
        try:
            end = await IvrSession(channel, script, request).run()
        finally:
            await script.end()
        if channel.is_hung_up and not was_over:
            raise HangupError(channel.name)
        # Only a program that says E lets the dialplan go on.
        if end is End.GONE and not was_over:
            raise ApplicationFailedError(f"ExternalIVR: {request.command} ended without a word")

    async def _start(self, channel: Channel, request: IvrRequest) -> Program | Server:
        if request.command.lower().startswith("ivr://"):
            return await Server.connect(parse_place(request.command, PORT), self._lookup)
        directories = channel.pbx.directories
        own = directories.astagidir / request.command
        path = own if own.is_file() else Path(request.command)
        return await Program.start(path, request.arguments, directories)
