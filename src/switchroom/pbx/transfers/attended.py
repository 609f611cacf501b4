"""Asking somebody first: attended transfer by a code.

The transferer leaves the call for a moment, dials, and talks to the target while the other waits,
or several go on talking. Hanging up, or a code, joins them; other codes go back, swap, join all, or
give up. Who hangs up while the target rings leaves the others to it; if nobody answers then, the
transferer is called back, and the target once more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party, hang_up_afterwards
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, HangupError, Progress, RequestError
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.channel_settings import variable_of
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.events import AttendedTransferDone
from switchroom.pbx.features import FeatureKeys, features_for
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.introduction import introduce
from switchroom.pbx.transfers.aside import Aside, ask_number, play_one, transfer_context

logger = logging.getLogger(__name__)


async def attended_transfer(party: Party) -> None:
    """The party keys whom to ask, and decides then."""
    if party.others:
        await _AttendedTransfer(party).run()


async def attended_transfer_to(party: Party, extension: str) -> None:
    """The same, where it is known whom to ask."""
    if party.others:
        await _AttendedTransfer(party).run(extension)


class _AttendedTransfer:
    def __init__(self, party: Party) -> None:
        self._aside = Aside(party)
        self._party = party
        self._channel = party.channel
        self._keys = party.keys
        self._settings = features_for(party.channel)
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._target: Channel | None = None  #: has answered, and nobody owns it yet

    async def run(self, extension: str = "") -> None:
        """From the first key to whoever talks to whom in the end."""
        aside = self._aside
        unwatch = self._watch(self._channel, "transferer")
        aside.deserted.add_done_callback(lambda _: self._events.put_nowait("others"))
        self._party.over.add_done_callback(lambda _: self._events.put_nowait("transferer"))
        try:
            number = extension or await self._ask()
            if number:
                await self._consult(number)
        finally:
            unwatch()
            self._party.keys = self._keys
            if self._aside.bridge.keeps_one:
                self._aside.come_back()

    def _watch(self, channel: Channel, word: str) -> Any:
        def hear(progress: Progress) -> None:
            if progress in {Progress.HUNG_UP, Progress.REDIRECTED}:
                self._events.put_nowait(word)

        return channel.watch(hear)

    async def _ask(self) -> str:
        number = ""

        async def ask() -> None:
            nonlocal number
            number = await ask_number(self._channel)

        return number if await self._aside.run(ask()) and number else ""

    async def _consult(self, number: str) -> None:
        aside, channel = self._aside, self._channel
        await aside.hold()
        dial = channel.pbx.spawn(self._dial(number), name=channel.name)
        try:
            gone = await self._wait_for(dial)
            if gone == "others":
                aside.bridge.keeps_one = False
                aside.let_go()
            elif gone == "transferer":
                await self._blonde(dial, number)
            elif gone == "abort" or self._target is None:
                await self._say_failure()
            else:
                target, self._target = self._target, None
                await self._talk(target)
        finally:
            dial.cancel()
            if self._target is not None:
                self._target.hangup(HangupCause.NORMAL_CLEARING)

    async def _dial(self, number: str) -> None:
        """Call whom the transferer asks, who hears it ring unless he has left."""
        caller = self._channel
        try:
            resource = f"Local/{number}@{transfer_context(caller)}"
            target = await caller.pbx.request(resource, caller)
        except RequestError as error:
            logger.warning("%s: transfer: %s", caller.name, error)
            return
        introduce(target, caller.caller.copy(), CallerId(number=number))
        target.language = caller.language
        target.inherit_variables(caller)
        target.set_variable("TRANSFERERNAME", caller.name)
        within = self._settings.no_answer_timeout
        dialing = Dialing(None if caller.is_hung_up else caller)
        self._target = (await dialing.run([target], within=within)).answered

    @property
    def _others(self) -> str:
        return ", ".join(each.channel.name for each in self._aside.bridge.parties)

    async def _wait_for(self, dial: asyncio.Task[None]) -> str:
        """Until the dial is through, or somebody is gone, or the transferer gives it up."""
        keyed = ""

        def key(digit: str, _duration: float) -> None:
            nonlocal keyed
            keyed += digit
            if keyed.endswith(self._settings.abort):
                self._events.put_nowait("abort")

        self._channel.on_key = key
        try:
            return await self._event_or(dial, {"others", "transferer", "abort"})
        finally:
            self._channel.on_key = None

    async def _event_or(self, task: asyncio.Task[None], words: set[str]) -> str:
        """The next event of some, or nothing once ``task`` is through."""
        word = ""

        async def get() -> None:
            nonlocal word
            while (told := await self._events.get()) not in words:
                pass
            word = told

        waiter = self._channel.pbx.spawn(get(), name=self._channel.name)
        try:
            await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        return word

    async def _say_failure(self) -> None:
        async def say() -> None:
            await play_one(self._channel, self._settings.failure_sound)

        await self._aside.run(say())

    # both talk, the other waits

    async def _talk(self, target: Channel) -> None:
        aside, party = self._aside, self._party
        asked = Party(target, afterwards=hang_up_afterwards)
        beside = Bridge(self._channel.pbx, keeps_one=True)
        unwatch = self._watch(target, "target")
        party.keys = self._codes()
        try:
            try:
                await asked.open()
            except HangupError:
                return  # comes back
            beside.attach(party)
            beside.attach(asked)
            while True:
                match await self._events.get():
                    case "swap":
                        await self._swap(aside.bridge, beside)
                        continue
                    case "target" | "abort":
                        self._return(beside, asked)
                    case "three_way":
                        self._join_all(beside, asked)
                    case "others":
                        beside.settle()
                        aside.bridge.keeps_one = False
                    case _:  # the transferer hung up, or joins the two
                        self._join(beside, asked)
                return
        finally:
            unwatch()

    def _codes(self) -> FeatureKeys:
        settings = self._settings
        words = {
            settings.abort: "abort",
            settings.complete: "complete",
            settings.swap: "swap",
            settings.three_way: "three_way",
        }

        def telling(word: str) -> Any:
            async def tell(_party: Party) -> None:
                self._events.put_nowait(word)

            return tell

        codes = {code: telling(word) for code, word in words.items() if code}
        return FeatureKeys(self._channel, codes, settings.digit_timeout)

    async def _swap(self, first: Bridge, second: Bridge) -> None:
        """The transferer talks to the one that waits; the other waits now."""
        party = self._party
        here = party.bridge
        there = second if here is first else first
        if here is None:
            return
        here.detach(party)
        for each in there.parties:
            end_hold(each.channel)
        there.attach(party)
        if len(here.parties) == 1:
            await begin_hold(here.parties[0].channel)

    def _return(self, beside: Bridge, asked: Party) -> None:
        """The transferer talks to the other again; the target is hung up."""
        if self._party.bridge is not None:
            self._party.bridge.detach(self._party)
        if asked.bridge is not None:
            asked.bridge.detach(asked)
        beside.keeps_one = False
        asked.channel.hangup(HangupCause.NORMAL_CLEARING)
        self._aside.come_back()

    def _join(self, beside: Bridge, asked: Party) -> None:
        """The other and the target talk; the transferer is let go."""
        aside, party = self._aside, self._party
        if party.bridge is not None:
            party.bridge.detach(party)
        if asked.bridge is not None:
            asked.bridge.detach(asked)
        beside.keeps_one = False
        self._give(asked)
        aside.let_go()

    def _join_all(self, beside: Bridge, asked: Party) -> None:
        """All three talk; who hangs up then leaves the others to each other."""
        aside, party = self._aside, self._party
        for each in (party, asked):
            if each.bridge is not None:
                each.bridge.detach(each)
        beside.keeps_one = False
        end_hold(asked.channel)
        if asked.channel.is_hung_up:
            asked.end(Left(Departure.PEER_LEFT))
        elif aside.is_awaited:
            logger.info("%s joins %s and %s, and stays", self._channel.name,
                        self._others, asked.channel.name)  # fmt: skip
            aside.bridge.attach(asked)
        else:
            asked.channel.hangup(HangupCause.NORMAL_CLEARING)
        aside.come_back()

    def _give(self, asked: Party) -> None:
        """Put the target into the call."""
        aside, others = self._aside, list(self._aside.bridge.parties)
        for each in (*others, asked):
            end_hold(each.channel)
        if asked.channel.is_hung_up or not others:
            asked.end(Left(Departure.PEER_LEFT))
            aside.bridge.settle()
            return
        for each in (*others, asked):
            each.channel.set_variable("ATTENDEDTRANSFER", self._channel.name)
        logger.info("%s joins %s and %s", self._channel.name, self._others, asked.channel.name)
        aside.bridge.attach(asked)
        events = self._channel.pbx.events
        if events.wants(AttendedTransferDone):
            by, here = self._channel, aside.bridge.id
            names = (by.name, by.name, others[0].channel.name, asked.channel.name)
            events.publish(AttendedTransferDone(*names, here, here, (by, by)))
        aside.bridge.settle()
        sound = variable_of(self._channel, "ATTENDED_TRANSFER_COMPLETE_SOUND")
        # Whoever stands behind a Local channel that is left out now.
        target = others[0].peer if len(others) == 1 else asked
        if sound and target is not None:
            target.channel.pbx.spawn(_play_to(target.channel, sound), name=target.channel.name)

    # the transferer left while it rings

    async def _blonde(self, dial: asyncio.Task[None], number: str) -> None:
        """The target rings on; then, in turn, the transferer's phone and the target again."""
        await self._event_or(dial, {"others"})
        retries = 0 if self._settings.drops_call else self._settings.callback_retries
        for attempt in range(retries):
            if attempt and self._is_wanted:
                await asyncio.sleep(self._settings.callback_delay)
                await self._until_answered(self._dial(number))
            if self._is_wanted:
                await self._until_answered(self._dial_back(device_of(self._channel)))
        if self._target is None:
            self._aside.bridge.settle()
            return
        asked, self._target = Party(self._target, afterwards=hang_up_afterwards), None
        try:
            await asked.open()
        except HangupError:
            self._aside.bridge.settle()
        else:
            self._give(asked)

    @property
    def _is_wanted(self) -> bool:
        """Whether those who wait have nobody to talk to yet."""
        return self._target is None and self._aside.is_awaited

    async def _until_answered(self, dial: Coroutine[Any, Any, None]) -> None:
        """Dial until somebody answers, or nobody waits any more."""
        task = self._channel.pbx.spawn(dial, name=self._channel.name)
        try:
            await self._event_or(task, {"others"})
        finally:
            task.cancel()

    async def _dial_back(self, device: str) -> None:
        other = self._aside.bridge.parties[0].channel
        try:
            target = await other.pbx.request(device, other)
        except RequestError as error:
            logger.warning("%s: calling back: %s", other.name, error)
            return
        introduce(target, other.caller.copy(), CallerId(number=self._channel.caller.number))
        dialing = Dialing(None, application="AppDial")
        within = self._settings.no_answer_timeout
        self._target = (await dialing.run([target], within=within)).answered


async def _play_to(channel: Channel, sound: str) -> None:
    try:
        await play_one(channel, sound)
    except HangupError:
        logger.debug("%s hung up while it was told of the transfer", channel.name)
