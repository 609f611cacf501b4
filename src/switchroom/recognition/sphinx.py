"""PocketSphinx: recognises what fits small grammars, on this machine.

The library works in processes of its own, so that it never holds up calls; a pipe brings them the
party's voice, which no Python of the node touches.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from switchroom.base.errors import MediaError
from switchroom.media.api import MediaEvent, SpyPlan
from switchroom.media.feeds import Feed, FeedEvent, FeedPlan, Framing
from switchroom.pbx.channel import Channel
from switchroom.recognition.engine import (
    Broken,
    Recognised,
    RecognitionError,
    Result,
    SpeechBegan,
    SpeechEnded,
    Told,
)
from switchroom.recognition.jsgf import read_grammar
from switchroom.recognition.sphinx_workers import MODULE, SphinxWorker, SphinxWorkers

logger = logging.getLogger(__name__)

CODEC = "slin16"
PARTIAL_TIMEOUT = 2.0  #: seconds for an answer to what was understood by now
MAX_GRAMMARS = 20  #: of a call

#: Settings of our own, in seconds, and their least and greatest value.
_TIMES: Mapping[str, tuple[float, float, float]] = {
    "silence": (0.7, 0.1, 10.0),
    "longest": (20.0, 1.0, 60.0),
}
#: The library's that may be changed: models, and how they are weighed.
_SETTINGS: Mapping[str, type] = {
    "hmm": str, "dict": str, "lm": str, "lw": float, "wip": float, "beam": float, "wbeam": float,
    "pbeam": float, "topn": int, "ds": int, "maxhmmpf": int, "maxwpf": int,
}  # fmt: skip
#: With grammars: no model of English sentences, and scores that can be compared.
_FOR_GRAMMARS: Mapping[str, object] = {"lm": None, "topn": 8, "compallsen": True}

_SAID = SpyPlan(hears_said=True, hears_heard=False)


def _ignore(_: MediaEvent | FeedEvent) -> None:
    """A worker that closes the pipe is told of by its socket."""


class SphinxEngine:
    """Fulfils :class:`~switchroom.recognition.engine.RecognitionEngine`."""

    def __init__(self) -> None:
        self._workers = SphinxWorkers()

    async def create(self, channel: Channel) -> SphinxRecogniser:
        """One for a call; sees that a worker is there.

        Raises:
            RecognitionError: The library is not installed, or does not start.
        """
        if importlib.util.find_spec(MODULE) is None:
            raise RecognitionError(f"pip install 'switchroom[recognition]' brings {MODULE}")
        await self._workers.warm()
        return SphinxRecogniser(channel, self._workers)

    async def close(self) -> None:
        """End all workers."""
        await self._workers.close()


class SphinxRecogniser:
    """Of one call. Fulfils :class:`~switchroom.recognition.engine.Recogniser`."""

    def __init__(self, channel: Channel, workers: SphinxWorkers) -> None:
        self._channel = channel
        self._workers = workers
        self._grammars: dict[str, str] = {}
        self._active: list[str] = []
        self._settings: dict[str, object] = {}  #: of the library
        self._times = {name: usual for name, (usual, _, _) in _TIMES.items()}
        self._feed: Feed | None = None
        self._worker: SphinxWorker | None = None
        self._told: Told | None = None
        self._partial: asyncio.Future[tuple[Result, ...]] | None = None

    async def load_grammar(self, name: str, path: str) -> None:
        """Read a file in JSGF, or one of ours."""
        if len(self._grammars) >= MAX_GRAMMARS:
            raise RecognitionError(f"{MAX_GRAMMARS} grammars are loaded already")
        self._grammars[name] = await asyncio.to_thread(read_grammar, path)

    async def unload_grammar(self, name: str) -> None:
        """Forget a grammar."""
        self._known(name)
        del self._grammars[name]
        if name in self._active:
            self._active.remove(name)

    async def activate_grammar(self, name: str) -> None:
        """Recognise what fits it; ``builtin:…`` need not be loaded."""
        if name not in self._grammars and name.lower().startswith("builtin:"):
            await self.load_grammar(name, name)
        self._known(name)
        if name not in self._active:
            self._active.append(name)

    async def deactivate_grammar(self, name: str) -> None:
        """Do so no longer."""
        self._known(name)
        if name in self._active:
            self._active.remove(name)

    def _known(self, name: str) -> None:
        if name not in self._grammars:
            raise RecognitionError(f"no grammar {name!r} is loaded")

    async def change(self, name: str, value: str) -> None:
        """Change one of our settings, or one of the library's."""
        name = name.lower()
        if name in self._times:
            _, least, most = _TIMES[name]
            seconds = _parsed(name, value, float)
            if not least <= seconds <= most:
                raise RecognitionError(f"{name} is {least:g} to {most:g} seconds, not {value}")
            self._times[name] = seconds
        elif name in _SETTINGS:
            self._settings[name] = _parsed(name, value, _SETTINGS[name])
        else:
            raise RecognitionError(f"{MODULE} has no setting {name!r} that may be changed")

    async def setting(self, name: str) -> str:
        """What was set; empty where the library's own default counts."""
        name = name.lower()
        if name in self._times:
            return f"{self._times[name]:g}"
        if name not in _SETTINGS:
            raise RecognitionError(f"{MODULE} has no setting {name!r}")
        return str(self._settings.get(name, ""))

    async def start(self, told: Told, *, alternatives: bool) -> None:
        """Give a worker the party's voice."""
        worker = await self._workers.lease()
        try:
            stream = await self._channel.stream()
            reading, writing = os.pipe()
        except BaseException:
            worker.end()
            raise
        job = {
            "settings": {**_FOR_GRAMMARS, **self._settings} if self._active else self._settings,
            "grammars": {name: self._grammars[name] for name in self._active},
            "alternatives": alternatives,
            **self._times,
        }
        engine = self._channel.pbx.engine
        try:
            self._feed = engine.open_feed(writing, FeedPlan(Framing.NONE, CODEC), _ignore)
        except MediaError as error:
            os.close(reading)
            os.close(writing)
            worker.end()
            raise RecognitionError(str(error)) from error
        self._worker, self._told = worker, told
        worker.on_answer = self._hear
        try:
            worker.give(job, reading)
        except RecognitionError:
            self.stop()
            worker.end()
            raise
        finally:
            os.close(reading)
        engine.listen_in(self._feed, stream, _SAID)

    async def partial_results(self) -> Sequence[Result]:
        """Ask the worker."""
        if self._worker is None:
            return ()
        self._partial = asyncio.get_running_loop().create_future()
        self._worker.ask_partial()
        try:
            async with asyncio.timeout(PARTIAL_TIMEOUT):
                return await self._partial
        except TimeoutError:
            return ()
        finally:
            self._partial = None

    def stop(self) -> None:
        """Close the pipe: that ends the worker's job."""
        self._told = None
        if self._worker is not None:
            self._worker.leave()
            self._worker = None
        if self._feed is not None:
            self._feed.close()
            self._feed = None

    def close(self) -> None:
        """Nothing is kept but by :meth:`start`."""
        self.stop()

    def _hear(self, answer: Mapping[str, Any]) -> None:
        told = self._told
        if told is None:
            return
        match answer["event"]:
            case "began":
                told(SpeechBegan())
            case "ended":
                told(SpeechEnded())
            case "results":
                told(Recognised(_results(answer)))
            case "failed":
                told(Broken(f"{MODULE}: {answer['why']}"))
            case _:  # partial
                if self._partial is not None and not self._partial.done():
                    self._partial.set_result(_results(answer))


def _results(answer: Mapping[str, Any]) -> tuple[Result, ...]:
    return tuple(
        Result(each["text"], each["score"], each["grammar"], each["best"])
        for each in answer["results"]
    )


def _parsed(name: str, value: str, kind: type) -> Any:
    try:
        return kind(value.strip())
    except ValueError as error:
        raise RecognitionError(f"{name} cannot be {value!r}") from error
