"""An engine that hears what a test says, at the times that it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.recognition.engine import (
    Engines,
    Recognised,
    RecognitionError,
    RecognitionEvent,
    Result,
    SpeechBegan,
    SpeechEnded,
    Told,
)

#: What happens, by seconds after a start.
Script = Mapping[float, RecognitionEvent]

YES = Result("yes", 870, "answers")


def spoken(at: float, *results: Result) -> Script:
    """Somebody speaks for a second, and is understood half a second later."""
    return {at: SpeechBegan(), at + 1.0: SpeechEnded(), at + 1.5: Recognised(results or (YES,))}


class FakeRecogniser:
    """Keeps what it was told to do in :attr:`log`."""

    def __init__(self, scripts: Sequence[Script], partial: Sequence[Result]) -> None:
        self._scripts = list(scripts)
        self._partial = partial
        self._timers: list[asyncio.TimerHandle] = []
        self._grammars: set[str] = set()
        self.settings: dict[str, str] = {}
        self.log: list[str] = []

    async def load_grammar(self, name: str, path: str) -> None:
        self.log.append(f"load {name} {path}")
        self._grammars.add(name)

    async def unload_grammar(self, name: str) -> None:
        self._use("unload", name)
        self._grammars.remove(name)

    async def activate_grammar(self, name: str) -> None:
        self._use("activate", name)

    async def deactivate_grammar(self, name: str) -> None:
        self._use("deactivate", name)

    def _use(self, word: str, name: str) -> None:
        if name not in self._grammars:
            raise RecognitionError(f"no grammar {name}")
        self.log.append(f"{word} {name}")

    async def change(self, name: str, value: str) -> None:
        self.settings[name] = value

    async def setting(self, name: str) -> str:
        if name not in self.settings:
            raise RecognitionError(f"no setting {name}")
        return self.settings[name]

    async def start(self, told: Told, *, alternatives: bool) -> None:
        self.log.append("start nbest" if alternatives else "start")
        loop = asyncio.get_running_loop()
        script = self._scripts.pop(0) if self._scripts else {}
        self._timers = [loop.call_later(at, told, event) for at, event in script.items()]

    async def partial_results(self) -> Sequence[Result]:
        return self._partial

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._timers:
            self.log.append("stop")
        self._timers = []

    def close(self) -> None:
        self.log.append("close")


class FakeRecognition:
    """The engine; :attr:`made` are its recognisers."""

    def __init__(self, *scripts: Script, partial: Sequence[Result] = ()) -> None:
        self._scripts = scripts
        self._partial = partial
        self.made: list[FakeRecogniser] = []

    async def create(self, channel: Channel) -> FakeRecogniser:
        self.made.append(FakeRecogniser(self._scripts, self._partial))
        return self.made[-1]

    def install(self, pbx: Pbx) -> None:
        """As ``fake``, the only engine there is."""
        pbx.datastore(Engines).known = MappingProxyType({"fake": self})
