"""What one run of the phone does, from the registration to the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from switchroom.media.api import MediaEngine
from switchroom.sip.events import EndReason
from switchroom.sip.uri import SipUri
from switchroom.tools.phone.agent import UserAgent
from switchroom.tools.phone.call import Call
from switchroom.tools.phone.identity import parse_address
from switchroom.tools.phone.outcome import ExitCode, code_of_status
from switchroom.tools.phone.performance import Performance
from switchroom.tools.phone.report import Report, Tone
from switchroom.tools.phone.settings import Greeting, Incoming, PhoneSettings

STAY = 60.0  #: seconds on the line after a script, where nobody says otherwise


class Phone:
    """One run.

    Args:
        settings: What was asked for.
        make_engine: Makes the media engine.
        report: Is told what happens.
    """

    def __init__(
        self, settings: PhoneSettings, make_engine: Callable[[], MediaEngine], report: Report
    ) -> None:
        self._settings = settings
        self._report = report
        self._make_engine = make_engine

    async def run(self) -> ExitCode:
        """Do what was asked for; cancelling hangs up and unregisters.

        Raises:
            NetworkError: No such host, or no socket.
            MediaError: No audio.
        """
        settings = self._settings
        async with UserAgent(settings, self._make_engine, self._report) as agent:
            if settings.registers:
                code = await agent.register()
                if code is not ExitCode.DONE:
                    return code
            if settings.dial is not None:
                return await self._dial(agent, settings.dial)
            if settings.incoming is not None:
                return await self._wait_for_call(agent, settings.incoming)
            await asyncio.sleep(settings.stay or 0.0)
            return ExitCode.DONE

    async def _dial(self, agent: UserAgent, target: SipUri) -> ExitCode:
        call = await agent.dial(target)
        try:
            async with asyncio.timeout(self._settings.ring_for):
                answered = await asyncio.shield(call.answered)
        except TimeoutError:
            text = f"nobody answered within {self._settings.ring_for:g} s"
            self._report.tell("failed", text, tone=Tone.BAD)
            return ExitCode.NOT_ANSWERED
        if not answered:
            ended = call.ended.result()
            if ended.reason is EndReason.TIMED_OUT:
                return ExitCode.NETWORK
            return code_of_status(ended.status)
        return await self._talk(call)

    async def _wait_for_call(self, agent: UserAgent, incoming: Incoming) -> ExitCode:
        where = await agent.listen()
        self._report.tell("waiting", f"waiting for a call at {where}", contact=where)
        try:
            async with asyncio.timeout(incoming.within):
                call = await asyncio.shield(agent.incoming)
        except TimeoutError:
            text = f"nobody called within {incoming.within:g} s"
            self._report.tell("failed", text, tone=Tone.BAD)
            return ExitCode.NOT_ANSWERED
        if incoming.greeting is Greeting.REFUSE:
            call.refuse(incoming.status)
            await asyncio.shield(call.ended)
            return ExitCode.DONE
        if not await self._answer(call, incoming.answer_after):
            return ExitCode.NOT_ANSWERED
        return await self._talk(call)

    async def _answer(self, call: Call, after: float) -> bool:
        """Let it ring and answer it; returns whether the caller was still there."""
        call.ring()
        try:
            async with asyncio.timeout(after):
                await asyncio.shield(call.ended)
        except TimeoutError:
            await call.answer()
        return await asyncio.shield(call.answered)

    async def _talk(self, call: Call) -> ExitCode:
        async with asyncio.TaskGroup() as tasks:
            silence = tasks.create_task(call.audio.send_silence())
            code = await self._perform(call)
            silence.cancel()
        return code

    async def _perform(self, call: Call) -> ExitCode:
        settings = self._settings
        code = await Performance(
            call, settings.script, settings.sounds, self._report, self._address
        ).run()
        stay = settings.stay if settings.stay is not None else STAY if settings.script else None
        if code is ExitCode.DONE and not call.ended.done():
            try:
                async with asyncio.timeout(stay):
                    await asyncio.shield(call.ended)
            except TimeoutError:
                call.hang_up()
        return code

    def _address(self, target: str) -> str:
        return str(address_of(target, self._settings.identity.server))


def address_of(target: str, server: SipUri) -> SipUri:
    """Whom a number or an address means.

    Args:
        target: ``500`` at the server, or ``sip:bob@192.0.2.7``.
        server: Where numbers are known.

    Raises:
        IdentityError: It is neither.
    """
    if target.startswith(("sip:", "sips:")) or "@" in target:
        return parse_address(target, transport=server.transport)
    return SipUri("sip", target, server.host, server.port, server.parameters)
