"""Acts a script out in a call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from switchroom.base.errors import MediaError, SwitchroomError
from switchroom.media.api import Sound
from switchroom.tools.phone.call import Call, status_line
from switchroom.tools.phone.outcome import ExitCode
from switchroom.tools.phone.report import Report, Tone
from switchroom.tools.phone.script import (
    PAUSE,
    ExpectHangUp,
    HangUp,
    HearDigits,
    HearPrompts,
    HearSilence,
    HearTalking,
    Hold,
    Play,
    Resume,
    SendDigits,
    Step,
    Transfer,
    Wait,
)


class UnmetError(SwitchroomError):
    """What the script wants did not happen."""


class Performance:
    """One script in one call.

    Args:
        call: An answered call.
        script: What to do in it.
        sounds: What it plays.
        report: Is told of each word.
        address: Makes a SIP URI of who is named in ``transfer``.
    """

    def __init__(
        self,
        call: Call,
        script: tuple[Step, ...],
        sounds: Mapping[Path, Sound],
        report: Report,
        address: Callable[[str], str],
    ) -> None:
        self._call = call
        self._script = script
        self._sounds = sounds
        self._report = report
        self._address = address
        self._may_be_hung_up = False

    async def run(self) -> ExitCode:
        """Act until the script or the call is at its end."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._act())
            self._call.ended.add_done_callback(lambda _: task.cancel())
        if not task.cancelled():
            return task.result()
        if self._may_be_hung_up or self._call.is_transferred:
            return ExitCode.DONE
        text = "they hung up before the script was at its end"
        self._report.tell("failed", text, tone=Tone.BAD)
        return ExitCode.HUNG_UP

    async def _act(self) -> ExitCode:
        for step in self._script:
            self._report.tell("script", f"> {step.word}", tone=Tone.QUIET, word=step.word)
            try:
                await _ACTIONS[type(step.action)](self, step.action)
            except TimeoutError:
                self._fail(step, "it did not happen in time")
                return ExitCode.UNMET
            except (UnmetError, MediaError) as error:
                self._fail(step, str(error))
                return ExitCode.UNMET
        return ExitCode.DONE

    def _fail(self, step: Step, why: str) -> None:
        self._report.tell("failed", f"{step.word}: {why}", tone=Tone.BAD, word=step.word)

    # what the words do

    async def send_digits(self, action: SendDigits) -> None:
        """``1234#``."""
        await self._call.send_digits(action.digits, pause=PAUSE)

    async def wait(self, action: Wait) -> None:
        """``wait:3``."""
        await asyncio.sleep(action.seconds)

    async def hear_prompts(self, action: HearPrompts) -> None:
        """``prompt``."""
        async with asyncio.timeout(action.limit):
            await self._call.audio.hearing.wait_for_prompts(action.count)

    async def hear_talking(self, action: HearTalking) -> None:
        """``talking``."""
        async with asyncio.timeout(action.limit):
            await self._call.audio.hearing.wait_for_talking()

    async def hear_silence(self, action: HearSilence) -> None:
        """``silence:1.5``."""
        async with asyncio.timeout(action.limit):
            await self._call.audio.hearing.wait_for_silence(action.seconds)

    async def hear_digits(self, action: HearDigits) -> None:
        """``expect:42``."""
        async with asyncio.timeout(action.limit):
            await self._call.audio.hearing.expect_digits(action.digits)

    async def play(self, action: Play) -> None:
        """``play:FILE``."""
        await self._call.audio.play(self._sounds[action.path])

    async def hold(self, _: Hold) -> None:
        """``hold``."""
        self._check(await self._call.hold(on=True))

    async def resume(self, _: Resume) -> None:
        """``resume``."""
        self._check(await self._call.hold(on=False))

    async def transfer(self, action: Transfer) -> None:
        """``transfer:500``."""
        async with asyncio.timeout(action.limit):
            self._check(await self._call.transfer(self._address(action.target)))
        self._may_be_hung_up = True
        self._call.hang_up()

    async def hang_up(self, _: HangUp) -> None:
        """``hangup``."""
        self._may_be_hung_up = True
        self._call.hang_up()

    async def expect_hang_up(self, action: ExpectHangUp) -> None:
        """``expect-hangup``."""
        self._may_be_hung_up = True
        async with asyncio.timeout(action.limit):
            await asyncio.shield(self._call.ended)

    def _check(self, status: int) -> None:
        if status >= 300:
            raise UnmetError(f"they refuse: {status_line(status)}")


_ACTIONS: Mapping[type, Callable[[Performance, Any], Awaitable[None]]] = MappingProxyType(
    {
        SendDigits: Performance.send_digits,
        Wait: Performance.wait,
        HearPrompts: Performance.hear_prompts,
        HearTalking: Performance.hear_talking,
        HearSilence: Performance.hear_silence,
        HearDigits: Performance.hear_digits,
        Play: Performance.play,
        Hold: Performance.hold,
        Resume: Performance.resume,
        Transfer: Performance.transfer,
        HangUp: Performance.hang_up,
        ExpectHangUp: Performance.expect_hang_up,
    }
)
