"""Speech recognition in a simulation: a party says words, and they are understood.

Every engine that a dialplan asks for is there. What is said is understood half a second after it
was said, as of the first grammar that is active; while nobody listens it is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from switchroom.pbx.channel import Channel
from switchroom.recognition.engine import (
    HIGHEST_SCORE,
    Recognised,
    RecognitionError,
    Result,
    SpeechBegan,
    SpeechEnded,
    Told,
)

UNDERSTOOD_AFTER = 0.5  #: seconds
NOT_UNDERSTOOD = "?"  #: words that nobody understands


class Ear:
    """Who listens to a channel's party; ``channel.datastore(Ear)``."""

    def __init__(self) -> None:
        self.listener: SimulatedRecogniser | None = None

    def hear(self, words: str, seconds: float) -> bool:
        """The party says something; returns whether anybody listens."""
        if self.listener is None:
            return False
        self.listener.hear(words, seconds)
        return True


class SimulatedRecogniser:
    """Fulfils :class:`~switchroom.recognition.engine.Recogniser`; settings are only kept."""

    def __init__(self, channel: Channel) -> None:
        self._ear = channel.datastore(Ear)
        self._grammars: dict[str, bool] = {}  # whether each is active
        self._settings: dict[str, str] = {}
        self._timers: list[asyncio.TimerHandle] = []
        self._told: Told | None = None

    async def load_grammar(self, name: str, path: str) -> None:
        """Any is good."""
        self._grammars[name] = False

    async def unload_grammar(self, name: str) -> None:
        """Forget it."""
        self._known(name)
        del self._grammars[name]

    async def activate_grammar(self, name: str) -> None:
        """What is said fits the first."""
        if name.lower().startswith("builtin:"):
            self._grammars.setdefault(name, False)
        self._known(name)
        self._grammars[name] = True

    async def deactivate_grammar(self, name: str) -> None:
        """Do so no longer."""
        self._known(name)
        self._grammars[name] = False

    def _known(self, name: str) -> None:
        if name not in self._grammars:
            raise RecognitionError(f"no grammar {name!r} is loaded")

    async def change(self, name: str, value: str) -> None:
        """Keep it."""
        self._settings[name] = value

    async def setting(self, name: str) -> str:
        """What was kept."""
        return self._settings.get(name, "")

    async def start(self, told: Told, *, alternatives: bool) -> None:
        """Listen."""
        self._told = told
        self._ear.listener = self

    def hear(self, words: str, seconds: float) -> None:
        """The party says something that takes so long."""
        assert self._told is not None
        loop, told = asyncio.get_running_loop(), self._told
        results = () if words == NOT_UNDERSTOOD else (self._result(words),)
        told(SpeechBegan())
        self._timers += [
            loop.call_later(seconds, told, SpeechEnded()),
            loop.call_later(seconds + UNDERSTOOD_AFTER, told, Recognised(results)),
        ]

    def _result(self, words: str) -> Result:
        active = (name for name, is_active in self._grammars.items() if is_active)
        return Result(words, HIGHEST_SCORE, next(active, ""))

    async def partial_results(self) -> Sequence[Result]:
        """Nothing is half understood."""
        return ()

    def stop(self) -> None:
        """Listen no longer."""
        self._told = None
        if self._ear.listener is self:
            self._ear.listener = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def close(self) -> None:
        """Nothing is kept."""
        self.stop()


class SimulatedRecognition:
    """Fulfils :class:`~switchroom.recognition.engine.RecognitionEngine`."""

    async def create(self, channel: Channel) -> SimulatedRecogniser:
        """One for a call."""
        return SimulatedRecogniser(channel)
