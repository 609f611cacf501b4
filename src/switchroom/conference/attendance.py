"""One channel's stay in a conference, in the channel's own task."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.conference.conference import Conference, spoken
from switchroom.conference.menu import Keys, Meant
from switchroom.conference.room import Leaving, Member, Said
from switchroom.config.confbridge import Menu
from switchroom.media.api import SeatPlan, Stream
from switchroom.pbx.channel import Channel
from switchroom.pbx.cleaning import SAID, Cleaning
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.harness import tell_state
from switchroom.pbx.listening.talking import TalkWatch
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.pbx.texting import take_texts

logger = logging.getLogger(__name__)

STEP_DB = 3.0  #: of each key that makes something louder
MOST_STEPS = 5
MOST_WAITING = 64  #: keys and announcements; of more keys nobody knows what they were meant for
OWN_JOIN_WITHIN = 5.0  #: seconds that who does not want to hear his own join sound waits for it

#: Does what a key means; returns whether the stay goes on.
Perform = Callable[["Attendance", Meant], Awaitable[None]]


@dataclass(slots=True)
class Volume:
    """Steps of loudness."""

    steps: int = 0

    def change(self, more: int) -> None:
        """Louder, or quieter, within limits; 0 as it was."""
        self.steps = max(-MOST_STEPS, min(MOST_STEPS, self.steps + more)) if more else 0

    @property
    def gain(self) -> float:
        """The factor."""
        return float(10.0 ** (STEP_DB * self.steps / 20))


class Attendance:
    """From coming to leaving.

    Args:
        conference: Which.
        channel: Who; its task is the one that runs :meth:`stay`.
        member: Its place in the room.
        stream: The channel's audio.
        menu: What its keys do.
        perform: Does it.
    """

    def __init__(  # what a stay is made of
        self,
        conference: Conference,
        channel: Channel,
        member: Member,
        stream: Stream,
        *,
        menu: Menu,
        perform: Perform,
    ) -> None:
        self.conference = conference
        self.channel = channel
        self.member = member
        self.stream = stream
        self.menu = menu
        self.talk_volume, self.listen_volume = Volume(), Volume()
        self.keys = Keys(menu)
        self.over: asyncio.Future[Leaving] = asyncio.get_running_loop().create_future()
        self.joined_at = channel.pbx.now()
        self.last_keys = ""  #: that meant something
        self._perform = perform
        self._inbox: asyncio.Queue[str | tuple[Said, ...] | None] = asyncio.Queue()
        self._is_seated = False
        self._is_aside = 0  # how many things keep it from talking and hearing
        self._listens_for_keys = False
        self._music: bool = False

    @property
    def duration(self) -> float:
        """Seconds since it came."""
        return self.channel.pbx.now() - self.joined_at

    @property
    def sound_language(self) -> str:
        """Of what is said to it alone."""
        return self.channel.language

    # what the conference asks for

    def seat(self) -> None:
        """Let it talk and hear as it may now."""
        if not self._is_seated:
            return
        profile, room = self.member.profile, self.conference.room
        here = not self._is_aside
        self.conference.mix.join(
            self.stream,
            SeatPlan(
                talks=here and room.talks(self.member),
                hears=here
                and not (self.member.is_waiting or self.member.is_blocked or profile.is_deaf),
                talk_gain=self.talk_volume.gain,
                listen_gain=self.listen_volume.gain,
                drops_silence=profile.drops_silence,
                talk_level=profile.talk_level,
                silence=profile.silence,
                buffers=profile.buffers or self.conference.profile.buffers,
            ),
        )

    def change_music(self) -> None:
        """Music begins or ends."""
        if self._is_seated:
            self.channel.pbx.spawn(self._change_music(), name=f"music of {self.channel.name}")

    async def _change_music(self) -> None:
        wanted = self.member.hears_music and not self._is_aside and not self.channel.is_hung_up
        if wanted and not self._music:
            self._music = True
            await start_music(self.channel, self.member.profile.music_class)
        elif not wanted and self._music:
            self._music = False
            stop_music(self.channel)

    def tell(self, sounds: tuple[Said, ...]) -> None:
        """Say something to it alone."""
        self._inbox.put_nowait(sounds)

    def expel(self, why: Leaving) -> None:
        """It has to go, as soon as it heard what was told before."""
        if not self.over.done():
            self.over.set_result(why)
            if why is Leaving.KICKED:
                tell_stay(self, "CONF_KICK", f"participant {self.channel.name} kicked")
            self._inbox.put_nowait(None)
            if why is not Leaving.ENDMARKED:
                self.stream.stop_playback()

    # the stay

    async def stay(self) -> Leaving:
        """Be in the conference until it is over for this channel.

        Cancelled when the channel hangs up or is sent elsewhere.
        """
        conference, profile = self.conference, self.member.profile
        is_watched = profile.tells_talking or conference.showing.follows_talkers
        watch = self._watch_talking() if is_watched else None
        self.channel.on_key = self._key
        if self.member.is_person:
            take_texts(self.channel, lambda text: conference.pass_text(self, text))
        conference.attendances[self.member.channel] = self
        try:
            conference.carry_out(conference.room.join(self.member))
            await self._hear_what_waits()
            if not profile.hears_own_join:
                await conference.until_announced(OWN_JOIN_WITHIN)
            self._is_seated = True
            self.seat()
            self.change_music()
            conference.showing.join(self)
            if watch is not None:
                await watch.start()
            async with self._denoised():
                return await self._go_on()
        finally:
            if watch is not None:
                watch.stop()
            self._is_seated = False
            self.channel.on_key = None
            if self.member.is_person:
                take_texts(self.channel, None)
            conference.showing.leave(self)
            conference.leave(self)
            if self.channel.is_hung_up:  # as who leaves a bridge
                cause = self.channel.hangup_cause
                self.channel.hangup_cause = cause or HangupCause.NORMAL_CLEARING
            if self._music:
                self._music = False
                stop_music(self.channel)

    @asynccontextmanager
    async def _denoised(self) -> AsyncIterator[None]:
        """Noise is taken out of what it says, where its profile says so."""
        cleaning = self.channel.datastore(Cleaning) if self.member.profile.denoises else None
        if cleaning is None or cleaning.denoises[SAID]:
            yield
            return
        try:
            cleaning.denoises[SAID] = True
            try:
                await cleaning.apply(self.channel, SAID)
            except MediaError as error:
                logger.warning("%s: denoise: %s", self.channel.name, error)
            yield
        finally:
            cleaning.denoises[SAID] = False
            if not self.channel.is_hung_up:
                await cleaning.apply(self.channel, SAID)

    def _watch_talking(self) -> TalkWatch:
        profile, room = self.member.profile, self.conference.room

        def tell(*, talking: bool) -> None:
            if profile.tells_talking:
                self.conference.carry_out(room.talk(self.member, talking=talking))
            if talking and room.talks(self.member):
                self.conference.showing.talk(self.member.channel)

        return TalkWatch(
            self.channel, pause=profile.silence, level=profile.talk_level,
            on_talk=lambda: tell(talking=True), on_silence=lambda _: tell(talking=False),
        )  # fmt: skip

    async def _hear_what_waits(self) -> None:
        """What is said to it before it is in."""
        pressed: list[str] = []
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if isinstance(item, tuple):
                await self.hear(item)
            elif item is not None:
                pressed.append(item)
        for key in pressed:
            self._inbox.put_nowait(key)

    async def _go_on(self) -> Leaving:
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        while not (self.over.done() and self._inbox.empty()):
            ends_at = began_at + self._lasts_at_most()
            waits_until = [ends_at]
            if self.keys.may_go_on:
                waits_until.append(loop.time() + self.channel.digit_timeout)
            item: str | tuple[Said, ...] | None
            try:
                async with asyncio.timeout_at(
                    None if min(waits_until) == math.inf else min(waits_until)
                ):
                    item = await self._inbox.get()
            except TimeoutError:
                if loop.time() >= ends_at:
                    return Leaving.TIMEOUT
                await self._do(self.keys.give_up())
                item = ""
            if isinstance(item, tuple):
                async with self.aside():
                    await self.hear(item)
            elif item:
                await self._do(self.keys.press(item))
        return self.over.result()

    def _lasts_at_most(self) -> float:
        """Seconds, as it is now."""
        profile = self.member.profile
        waits = profile.waits_at_most if self.member.is_waiting else 0
        return min((float(limit) for limit in (profile.timeout, waits) if limit), default=math.inf)

    async def _do(self, meanings: Sequence[Meant]) -> None:
        for meant in meanings:
            if self.over.done():
                return
            if meant.actions:
                self.last_keys = meant.keys
                await self._perform(self, meant)
            elif self.member.profile.passes_digits:
                self._pass_on(meant.unknown)

    def _pass_on(self, digit: str) -> None:
        """Let the others hear a key."""
        for other in self.conference.attendances.values():
            if other is not self:
                with suppress(
                    MediaError
                ):  # too many wait for him; that is no fault of who pressed it
                    other.stream.send_digit(digit)

    def _key(self, digit: str, _duration: float) -> None:
        if self._inbox.qsize() < MOST_WAITING:
            self._inbox.put_nowait(digit)
        if self._listens_for_keys:
            self.stream.stop_playback()

    # what menus do with it

    async def hear(self, sounds: Sequence[Said], *, until_key: bool = False) -> bool:
        """Play to this channel alone; returns whether a key ended it."""
        for name in spoken(sounds, self.sound_language):
            if self.over.done() and self.over.result() is not Leaving.ENDMARKED:
                return False
            self._listens_for_keys = until_key
            try:
                await self.channel.play(name)
            except SoundNotFoundError as error:
                logger.warning("%s: conference: %s", self.channel.name, error)
            finally:
                self._listens_for_keys = False
            if until_key and not self._inbox.empty():
                return True
        return False

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Beside the conference: neither heard nor hearing."""
        self._is_aside += 1
        self.seat()
        if self._music:
            await self._change_music()
        try:
            yield
        finally:
            self._is_aside -= 1
            if not (self._is_aside or self.channel.is_hung_up):
                self.seat()
                await self._change_music()


def tell_stay(attendance: Attendance, state: str, message: str, *further: tuple[str, str]) -> None:
    """What happens in a stay, for test harnesses.

    Args:
        attendance: Whose.
        state: ``CONF_KICK``, ``CONF_MENU_PLAYBACK`` …
        message: In words.
        further: What is told besides.
    """
    tell_state(
        attendance.channel.pbx,
        state,
        ("Message", message),
        ("Conference", attendance.conference.name),
        ("Channel", attendance.channel.name),
        *further,
        place=("app_confbridge.c", "conf_handle_dtmf"),
    )
