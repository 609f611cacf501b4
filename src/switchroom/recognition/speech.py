"""Speech recognition of one call: what SpeechCreate() makes, and all others use."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from switchroom.pbx.channel import Channel
from switchroom.recognition.engine import (
    Broken,
    Engines,
    Recognised,
    Recogniser,
    RecognitionError,
    RecognitionEvent,
    Result,
    SpeechBegan,
    SpeechEnded,
)


class Stage(Enum):
    """How far a recognition is."""

    NOT_READY = auto()
    LISTENING = auto()
    SPEAKING = auto()  #: the party does
    PROCESSING = auto()  #: it has stopped
    DONE = auto()


class Speech:
    """A recogniser, and what came of it.

    Args:
        recogniser: That of the call; closed with this.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self.stage = Stage.NOT_READY
        self.spoke = False  #: whether anything was said since the start
        self.results: tuple[Result, ...] = ()
        self.wants_alternatives = False
        self.processing_sound = ""
        #: Called whenever the stage changes: who waits for that.
        self.on_change: Callable[[], None] | None = None
        self._failure = ""

    async def start(self) -> None:
        """Listen, from now on; what came of the last time is forgotten.

        Raises:
            RecognitionError: The engine is gone, or has no room.
        """
        self.stop()
        self.results, self.spoke, self._failure = (), False, ""
        await self.recogniser.start(self._hear, alternatives=self.wants_alternatives)
        if self.stage is Stage.NOT_READY:
            self.stage = Stage.LISTENING

    def stop(self) -> None:
        """Listen no longer."""
        self.recogniser.stop()
        self.stage = Stage.NOT_READY

    def check(self) -> None:
        """See whether the engine is still there.

        Raises:
            RecognitionError: It is not.
        """
        if self._failure:
            raise RecognitionError(self._failure)

    def result(self, number: int, alternative: int = 0) -> Result | None:
        """A result by its number among those of one alternative; None where there is none."""
        found = [each for each in self.results if each.alternative == alternative]
        return found[number] if 0 <= number < len(found) else None

    def _hear(self, event: RecognitionEvent) -> None:
        match event:
            case SpeechBegan():
                self.spoke = True
                self.stage = Stage.SPEAKING
            case SpeechEnded():
                self.stage = Stage.PROCESSING
            case Recognised(results):
                self.results = results
                self.spoke = self.spoke or bool(results)
                self.stage = Stage.DONE
            case Broken(why):
                self._failure = why
                self.stage = Stage.DONE
        if self.on_change is not None:
            self.on_change()


class SpeechSlot:
    """Where a call keeps its :class:`Speech`: those of the dialplan and of a script are two."""

    def __init__(self) -> None:
        self.speech: Speech | None = None
        self._follows_call = False

    async def create(self, channel: Channel, engine: str) -> None:
        """Make one, instead of that which was there.

        Args:
            channel: The call; it ends with it.
            engine: Its name; empty: the first.

        Raises:
            RecognitionError: There is no such engine, or it does not answer.
        """
        self.destroy()
        recogniser = await channel.pbx.datastore(Engines).find(engine).create(channel)
        if not self._follows_call:
            self._follows_call = True
            channel.at_end(self.destroy)
        self.speech = Speech(recogniser)

    def destroy(self) -> bool:
        """Let it go; returns whether there was one."""
        if self.speech is None:
            return False
        speech, self.speech = self.speech, None
        speech.stop()
        speech.recogniser.close()
        return True


class DialplanSpeech(SpeechSlot):
    """Of the dialplan, by ``channel.datastore(DialplanSpeech)``."""


class ScriptSpeech(SpeechSlot):
    """Of the AGI script, by ``channel.datastore(ScriptSpeech)``."""


def speech_of(channel: Channel) -> Speech:
    """What SpeechCreate() made.

    Raises:
        RecognitionError: Nothing was made.
    """
    speech = channel.datastore(DialplanSpeech).speech
    if speech is None:
        raise RecognitionError("SpeechCreate() comes first")
    return speech
