"""Carries out AGI(): finds the script, lets it drive the call, says how it ended."""

from __future__ import annotations

import logging
from typing import Protocol

from switchroom.agi.facts import facts_of
from switchroom.agi.hearing import caller_audio
from switchroom.agi.network import Lookup, Server, parse_place
from switchroom.agi.program import Program
from switchroom.agi.remote import Manager
from switchroom.agi.session import Script, ScriptError, Session, Status
from switchroom.agi.wire import facts_text
from switchroom.apps.agi import AgiRequest
from switchroom.pbx.agi_events import AsyncAgiEnded, AsyncAgiStarted
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


class _Ending(Script, Protocol):
    """A script, and how it is ended."""

    async def end(self) -> int:
        """See that it ends; returns its status."""


class Door:
    """Fulfils what :class:`~switchroom.apps.agi.AgiDoor` asks for.

    Args:
        lookup: Who resolves the names of FastAGI servers.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def run(self, channel: Channel, request: AgiRequest) -> str:
        """Let the script drive the call; returns, and sets, ``AGISTATUS``.

        Raises:
            HangupError: The call ended meanwhile.
        """
        try:
            status = await self._run(channel, request)
        except ScriptError as error:
            logger.warning("%s: AGI: %s", channel.name, error)
            status = Status.FAILURE
        channel.set_variable("AGISTATUS", status.value)
        return status.value

    async def _run(self, channel: Channel, request: AgiRequest) -> Status:
        command = request.command.strip()
        scheme = command.partition(":")[0].lower()
        if command.lower() == "agi:async":
            return await self._run_for_manager(channel, request)
        if scheme in {"agi", "hagi"} and command[len(scheme) :].startswith("://"):
            place = parse_place(command)
            server = await Server.connect(place, self._lookup)
            return await _drive(channel, server, facts_of(channel, request, script=place.script))
        directories = channel.pbx.directories
        path = directories.astagidir / command
        if not command or not path.is_file():
            logger.warning("%s: AGI: there is no %s", channel.name, path)
            return Status.NOT_FOUND
        facts = facts_of(channel, request)
        if not request.wants_audio:
            return await _drive(
                channel, await Program.start(path, request.arguments, directories), facts
            )
        async with caller_audio(channel) as voice:
            program = await Program.start(path, request.arguments, directories, voice=voice)
            return await _drive(channel, program, facts)

    async def _run_for_manager(self, channel: Channel, request: AgiRequest) -> Status:
        facts = facts_of(channel, request) | {"request": "async"}
        events = channel.pbx.events
        if events.wants(AsyncAgiStarted):
            events.publish(AsyncAgiStarted(channel.name, channel.unique_id, facts_text(facts)))
        try:
            return await _drive(channel, Manager(channel), facts)
        finally:
            if events.wants(AsyncAgiEnded):
                events.publish(AsyncAgiEnded(channel.name, channel.unique_id))


async def _drive(channel: Channel, script: _Ending, facts: dict[str, str]) -> Status:
    code = 0
    try:
        status = await Session(channel, script, facts).run()
    finally:
        code = await script.end()
    return Status.FAILURE if status is Status.SUCCESS and code else status
