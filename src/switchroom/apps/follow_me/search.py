"""One search of FollowMe(), from its prompts to the end of the talk. No application itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchroom.apps.dialing.answered import call_routine
from switchroom.apps.dialing.options import commas
from switchroom.apps.dialing.requests import equip, route
from switchroom.apps.dialing.times import DialTimes
from switchroom.apps.prompts import play_prompts
from switchroom.config.followme import FollowMeProfile, FollowMeStep
from switchroom.dialplan.options import option
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party, hang_up_afterwards
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import ALL_DIGITS, Channel, HangupError, RequestError
from switchroom.pbx.dialing import Dialing, DialManners, hung_up_on_failure
from switchroom.pbx.feature_codes import keys_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.introduction import introduce
from switchroom.pbx.technology import Indication

logger = logging.getLogger(__name__)

NAME_SECONDS = 5.0  #: that a caller's name may take

#: The caller hears music meanwhile.
_MANNERS = DialManners(tells_caller=False)


@dataclass(frozen=True, slots=True)
class FollowMeOptions:
    """Option letters of FollowMe."""

    records_name: bool = option("a", "Let the caller say a name, for those who are called.")
    routine_here: str = option(
        "B", "A routine for the caller before anybody is dialled.", default=""
    )
    routine_there: str = option("b", "A routine for each dialled channel before that.", default="")
    no_hold_prompt: bool = option("d", "Do not say that the caller is to wait.")
    keep_connected: bool = option("I", "Do not tell either who the other is at the answer.")
    keep_local: bool = option("l", "Keep the Local channels in the path of the call.")
    no_answer: bool = option("N", "Answer the caller only when somebody takes the call.")
    says_sorry: bool = option("n", "Say that nobody was found.")
    says_status: bool = option("s", "Say at first that somebody is looked for.")


NO_OPTIONS = FollowMeOptions()


class FollowMeSearch:
    """One search.

    Args:
        channel: The caller; :meth:`run` is awaited in its task.
        profile: Where to look.
        options: Option letters of FollowMe().
    """

    def __init__(
        self, channel: Channel, profile: FollowMeProfile, options: FollowMeOptions
    ) -> None:
        self._channel = channel
        self._profile = profile
        self._options = options
        self._times = DialTimes(channel)
        self._name: Path | None = None  #: what the caller said
        self._routed = False

    async def run(self) -> None:
        """Look for somebody, and talk."""
        channel, profile = self._channel, self._profile
        async with AsyncExitStack() as stack:
            stack.callback(self._times.note_end)
            stack.callback(self._forget_name)
            await self._greet()
            found = await self._search()
            if found is None:
                if self._options.says_sorry and not self._options.no_answer:
                    await play_prompts(channel, [profile.sorry], "FollowMe")
                return
            await self._talk(found)

    async def _greet(self) -> None:
        channel, profile, options = self._channel, self._profile, self._options
        if options.no_answer:
            await channel.indicate(Indication.RINGING)
            return
        await channel.answer()
        if options.says_status:
            await play_prompts(channel, [profile.status], "FollowMe")
        if options.records_name:
            await self._record_name()
        if not options.no_hold_prompt:
            await play_prompts(channel, [profile.please_hold], "FollowMe")

    async def _record_name(self) -> None:
        channel = self._channel
        folder = channel.pbx.directories.astspooldir / "followme"
        folder.mkdir(parents=True, exist_ok=True)
        self._name = folder / f"{channel.unique_id}.wav"
        await play_prompts(channel, ["vm-rec-name", "beep"], "FollowMe")
        await channel.record(self._name, max_silence=2.0, max_duration=NAME_SECONDS)
        try:
            await channel.digit_or_recording_end()
        finally:
            await channel.stop_recording()

    def _forget_name(self) -> None:
        if self._name is not None:
            self._name.unlink(missing_ok=True)

    # looking

    async def _search(self) -> Channel | None:
        channel, options = self._channel, self._options
        if not options.no_answer:
            await begin_hold(channel, self._profile.music)
        try:
            for step in self._profile.steps:
                if (found := await self._try(step)) is not None:
                    return found
        finally:
            end_hold(channel)
        return None

    async def _try(self, step: FollowMeStep) -> Channel | None:
        """Ring the numbers of a step together; the first who takes the call."""
        if self._options.routine_here and not self._routed:
            self._routed = True
            await call_routine(self._channel, commas(self._options.routine_here))
        taken: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()
        called = await self._request(step.numbers)
        if not called:
            return None
        tasks = [self._start(each, step.within, taken) for each in called]
        try:
            while not taken.done() and (ringing := [task for task in tasks if not task.done()]):
                some: set[asyncio.Future[Any]] = {taken, *ringing}
                await asyncio.wait(some, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            if taken.done():
                taken.result().hangup(HangupCause.NORMAL_CLEARING)
            raise
        finally:
            for each in called:
                if taken.done() and each is not taken.result():
                    each.hangup(HangupCause.ANSWERED_ELSEWHERE)
            for task in tasks:
                task.cancel()
        return taken.result() if taken.done() else None

    async def _request(self, numbers: Iterable[str]) -> list[Channel]:
        made: list[Channel] = []
        with hung_up_on_failure(made):
            for number in numbers:
                await self._request_one(number, made)
        return made

    async def _request_one(self, number: str, made: list[Channel]) -> None:
        channel, options = self._channel, self._options
        resource = f"Local/{number}@{self._profile.context}"
        try:
            called = await channel.pbx.request(
                f"{resource}/n" if options.keep_local else resource, channel
            )
        except RequestError as error:
            logger.warning("%s: FollowMe: %s", channel.name, error)
            return
        made.append(called)
        introduce(called, channel.caller.copy(), CallerId(number=number))
        equip(channel, called)
        if not await route(called, options.routine_there):
            made.remove(called)

    def _start(
        self, called: Channel, within: float, taken: asyncio.Future[Channel]
    ) -> asyncio.Task[None]:
        task = called.pbx.spawn(self._offer(called, within, taken), name=called.name)

        def ended(_: asyncio.Task[None]) -> None:  # also where it was cancelled before it began
            if not (taken.done() and taken.result() is called):
                called.hangup(HangupCause.NORMAL_CLEARING)

        task.add_done_callback(ended)
        return task

    async def _offer(self, called: Channel, within: float, taken: asyncio.Future[Channel]) -> None:
        """Ring one number, and ask who answers there."""
        dialing = Dialing(self._channel, manners=_MANNERS)
        answered = (await dialing.run([called], within=within)).answered
        if answered is None:
            return
        try:
            if await self._accepts(answered) and not taken.done():
                taken.set_result(answered)
        finally:
            if not (taken.done() and taken.result() is answered):
                answered.hangup(HangupCause.NORMAL_CLEARING)

    async def _accepts(self, called: Channel) -> bool:
        profile = self._profile
        if not profile.asks:
            return not called.is_hung_up
        accepted = False

        async def ask() -> None:
            nonlocal accepted
            accepted = await self._ask(called)

        return await borrow(called, ask()) and accepted

    async def _ask(self, called: Channel) -> bool:
        profile = self._profile
        who = [profile.no_recording]
        if self._name is not None and self._name.exists():
            who = [profile.call_from, str(self._name.with_suffix(""))]
        names = filter(None, (*who, profile.options))
        played = await play_prompts(called, names, "FollowMe", interrupt=ALL_DIGITS)
        keyed, digit = "", played.digit or await called.read_digit(profile.digit_timeout)
        longest = max(len(profile.take), len(profile.decline))
        while digit:
            keyed = (keyed + digit)[-longest:]
            if profile.take and keyed.endswith(profile.take):
                if profile.connecting:
                    await play_prompts(called, [profile.connecting], "FollowMe")
                return True
            if profile.decline and keyed.endswith(profile.decline):
                return False
            digit = await called.read_digit(profile.digit_timeout)
        return False

    # talking

    async def _talk(self, called: Channel) -> Left:
        channel = self._channel
        joined = False
        try:
            await channel.answer()
            if not self._options.keep_connected:
                channel.connected = called.caller.copy()
            here = Party(channel, keys=keys_of(channel))
            there = Party(called, afterwards=hang_up_afterwards, keys=keys_of(called))
            try:
                await Bridge(channel.pbx).join(here, there)
            except HangupError:
                if channel.is_hung_up:
                    raise
                return Left(Departure.PEER_LEFT, called.hangup_cause)
            joined = True
            self._times.note_answer()
            return await here.stay()
        finally:
            if not joined:
                called.hangup(channel.hangup_cause or HangupCause.NORMAL_CLEARING)
