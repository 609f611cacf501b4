"""Plays prompts and listens meanwhile: until something was understood, keyed, or time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from switchroom.base.errors import SoundNotFoundError
from switchroom.media.api import Stream
from switchroom.pbx.channel import Channel, HangupError
from switchroom.recognition.engine import HIGHEST_SCORE, Result
from switchroom.recognition.speech import Speech, Stage

NO_SOUND = "none"  #: a processing sound that is none
SHORTEST_SOUND = 0.05  #: seconds of a processing sound that is repeated
KEYED = "dtmf"  #: the grammar of what was keyed


class Ended(Enum):
    """Why listening ended."""

    RECOGNISED = auto()
    KEYED = auto()
    TIMEOUT = auto()


@dataclass(frozen=True, slots=True)
class Listening:
    """What is played, and how long is waited.

    Keys end the prompts. ``terminator`` ends what is keyed, or ``most_digits``, or a pause as long
    as the channel's digit timeout.
    """

    sounds: Sequence[str]
    timeout: float | None = None  #: seconds, from the end of the prompts on; None: as long as it is
    start: float = 0.0  #: seconds of the first sound that are left out
    wants_partial: bool = False  #: when time is over, take what was understood by then
    most_digits: int | None = None
    terminator: str = "#"


class Listener:
    """One time that a party is listened to, in its channel's task.

    Args:
        channel: Whom.
        speech: What is started, if it is not yet; it does not listen behind :meth:`run`.
        plan: What to do.
    """

    def __init__(self, channel: Channel, speech: Speech, plan: Listening) -> None:
        self._channel = channel
        self._speech = speech
        self._plan = plan
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._stream: Stream | None = None
        self._digits = ""
        self._is_keyed_out = False
        self._deadline: float | None = None
        self.missing: list[SoundNotFoundError] = []
        self.played = 0.0  #: seconds of the prompts that were heard

    @property
    def digits(self) -> str:
        """What was keyed, without the terminator."""
        return self._digits

    async def run(self) -> Ended:
        """Play and listen.

        Raises:
            RecognitionError: The engine is gone.
            HangupError: The channel had hung up.
        """
        channel, speech = self._channel, self._speech
        if channel.is_hung_up:
            raise HangupError(channel.name)
        self._stream = await channel.stream()
        for digit in tuple(channel.digits):
            self._key(digit, 0.0)
        channel.digits.clear()
        before, channel.on_key = channel.on_key, self._key
        speech.on_change = self._change
        try:
            if speech.stage is Stage.NOT_READY:  # otherwise SpeechStart() has begun
                await speech.start()
            await self._play_prompts()
            ended = await self._wait()
            speech.check()
            if ended is Ended.TIMEOUT and self._plan.wants_partial:
                speech.results = tuple(await speech.recogniser.partial_results())
            elif ended is Ended.KEYED and self._digits:
                speech.results = (Result(self._digits, HIGHEST_SCORE, KEYED),)
            return ended
        finally:
            speech.on_change = None
            channel.on_key = before
            speech.stop()

    # what happens meanwhile

    def _change(self) -> None:
        """The recognition went on: who speaks hears no prompt."""
        speaks = self._speech.stage in {Stage.SPEAKING, Stage.DONE}
        if self._speech.stage is Stage.SPEAKING:
            self._deadline = None
        elif self._speech.stage is Stage.PROCESSING:
            self._count_from_now(self._plan.timeout)
        self._wake(stops=speaks)

    def _key(self, digit: str, _duration: float) -> None:
        if digit in self._plan.terminator:
            self._is_keyed_out = True
        else:
            self._digits += digit
            self._is_keyed_out = len(self._digits) == self._plan.most_digits
            self._count_from_now(self._channel.digit_timeout)
        self._wake(stops=True)

    def _wake(self, *, stops: bool) -> None:
        self._changed.set()
        if stops and self._stream is not None:
            self._stream.stop_playback()

    def _count_from_now(self, seconds: float | None) -> None:
        self._deadline = None if seconds is None else self._loop.time() + seconds

    # what is done

    @property
    def _is_over(self) -> bool:
        return self._is_keyed_out or self._speech.stage is Stage.DONE

    @property
    def _is_interrupted(self) -> bool:
        return self._is_over or bool(self._digits) or self._speech.stage is not Stage.LISTENING

    async def _play_prompts(self) -> None:
        began_at = self._loop.time()
        for number, sound in enumerate(self._plan.sounds):
            if self._is_interrupted:
                break
            try:
                await self._channel.play(sound, start=0.0 if number else self._plan.start)
            except SoundNotFoundError as error:
                self.missing.append(error)
        self.played = self._loop.time() - began_at
        if self._deadline is None and self._speech.stage is not Stage.SPEAKING:
            self._count_from_now(self._plan.timeout)

    async def _wait(self) -> Ended:
        while not self._is_over:
            self._changed.clear()
            try:
                async with asyncio.timeout_at(self._deadline):
                    await self._wait_once()
            except TimeoutError:
                return Ended.KEYED if self._digits else Ended.TIMEOUT
        return Ended.KEYED if self._is_keyed_out else Ended.RECOGNISED

    async def _wait_once(self) -> None:
        """Until something happens, or the processing sound was heard once."""
        sound = self._speech.processing_sound
        is_heard = bool(sound) and sound.lower() != NO_SOUND and not self._digits
        if self._speech.stage is not Stage.PROCESSING or not is_heard:
            await self._changed.wait()
            return
        began_at = self._loop.time()
        try:
            await self._channel.play(sound)
        except SoundNotFoundError as error:
            self.missing.append(error)
            self._speech.processing_sound = ""
        if self._loop.time() - began_at < SHORTEST_SOUND:
            await self._changed.wait()  # what is no sound is not played again and again
