"""What an engine that recognises speech has to do, and what it tells.

An engine makes a :class:`Recogniser` for each call that wants one. Engines mark nothing and are no
singletons: who reads their configuration puts them into ``pbx.datastore(Engines)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from switchroom.base.errors import ApplicationFailedError
from switchroom.pbx.channel import Channel

HIGHEST_SCORE = 1000


class RecognitionError(ApplicationFailedError):
    """No engine, no such grammar, or an engine that is gone: the call cannot go on."""


@dataclass(frozen=True, slots=True)
class Result:
    """Something that the party may have said."""

    text: str
    score: int = 0  #: how sure that is, up to :data:`HIGHEST_SCORE`
    grammar: str = ""  #: that it fits, where there is one
    alternative: int = 0  #: 0: what was heard; 1 and more: what else it may have been


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """The party has begun to speak."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """It has stopped; results may take a while."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """It is over; no results: nothing was understood."""

    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The engine is gone."""

    why: str


RecognitionEvent = SpeechBegan | SpeechEnded | Recognised | Broken
Told = Callable[[RecognitionEvent], None]


class Recogniser(Protocol):
    """One engine at work for one call."""

    async def load_grammar(self, name: str, path: str) -> None:
        """Get a grammar ready.

        Raises:
            RecognitionError: It cannot be used.
        """
        ...

    async def unload_grammar(self, name: str) -> None:
        """Forget it.

        Raises:
            RecognitionError: There is no such grammar.
        """
        ...

    async def activate_grammar(self, name: str) -> None:
        """Recognise what fits it, besides what fits other ones, from the next start on.

        Raises:
            RecognitionError: There is no such grammar.
        """
        ...

    async def deactivate_grammar(self, name: str) -> None:
        """Do so no longer.

        Raises:
            RecognitionError: There is no such grammar.
        """
        ...

    async def change(self, name: str, value: str) -> None:
        """Change a setting of the engine.

        Raises:
            RecognitionError: There is no such setting, or no such value.
        """
        ...

    async def setting(self, name: str) -> str:
        """What a setting says.

        Raises:
            RecognitionError: There is no such setting.
        """
        ...

    async def start(self, told: Told, *, alternatives: bool) -> None:
        """Listen to the party, until there are results or :meth:`stop`.

        Args:
            told: Gets what happens; nothing more after :meth:`stop`.
            alternatives: Whether to tell what else it may have been.

        Raises:
            RecognitionError: The engine is gone, or has no room.
        """
        ...

    async def partial_results(self) -> Sequence[Result]:
        """What was understood by now."""
        ...

    def stop(self) -> None:
        """Listen no longer. Harmless where it does not."""
        ...

    def close(self) -> None:
        """Let the engine go. Closing twice is harmless."""
        ...


class RecognitionEngine(Protocol):
    """Makes recognisers."""

    async def create(self, channel: Channel) -> Recogniser:
        """One for a call.

        Raises:
            RecognitionError: The engine is not there.
        """
        ...


class Engines:
    """The engines of a node by name; ``pbx.datastore(Engines)``."""

    def __init__(self) -> None:
        self.known: Mapping[str, RecognitionEngine] = MappingProxyType({})
        self.any_other: RecognitionEngine | None = None  #: takes all names that are not known

    def find(self, name: str) -> RecognitionEngine:
        """An engine; without a name, the first.

        Raises:
            RecognitionError: There is none of that name.
        """
        if not name and self.known:
            return next(iter(self.known.values()))
        for each, engine in self.known.items():
            if each.lower() == name.lower():
                return engine
        if self.any_other is not None:
            return self.any_other
        raise RecognitionError(f"there is no engine {name!r} for speech recognition")
