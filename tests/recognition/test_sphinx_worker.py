"""PocketSphinx's processes: what is written into their pipe at once is found out at once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from switchroom.media.codecs.samples import resample
from switchroom.recognition.engine import RecognitionError
from switchroom.recognition.jsgf import MAX_GRAMMAR, read_grammar
from switchroom.recognition.sphinx_workers import MOST_IDLE, SphinxWorker, SphinxWorkers
from tests.recognition.voices import voice

DIGITS = "#JSGF V1.0;\ngrammar digit;\npublic <digit> = one | two | three | four;\n"
MENU = "#JSGF V1.0;\ngrammar menu;\npublic <menu> = operator | cancel | help | support;\n"
SETTINGS = {"lm": None, "topn": 8, "compallsen": True}

Answer = Mapping[str, Any]


def spoken(text: str) -> bytes:
    """At 16,000 Hz, with silence around it."""
    return resample(bytes(8000) + voice(text) + bytes(16000), 8000, 16000)


def run(test: Callable[[SphinxWorkers], Awaitable[None]]) -> None:
    pytest.importorskip("pocketsphinx", reason="the extra 'recognition' is not installed")

    async def main() -> None:
        workers = SphinxWorkers()
        try:
            async with asyncio.timeout(100):
                await test(workers)
        finally:
            await workers.close()

    asyncio.run(main())


def job(*grammars: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "settings": SETTINGS,
        "grammars": dict(grammars),
        "alternatives": False,
        "silence": 0.7,
        "longest": 20.0,
        **more,
    }


class Job:
    """One that a worker works on."""

    def __init__(self, worker: SphinxWorker) -> None:
        self.worker = worker
        self.answers: list[Answer] = []
        self._came = asyncio.Event()
        worker.on_answer = self._take

    def _take(self, answer: Answer) -> None:
        self.answers.append(answer)
        self._came.set()

    async def until(self, event: str) -> Answer:
        while not self.answers or self.answers[-1]["event"] != event:
            self._came.clear()
            await self._came.wait()
        return self.answers[-1]


async def heard(workers: SphinxWorkers, what: dict[str, Any], text: str) -> list[Answer]:
    """What comes of it when somebody says a text."""
    reading, writing = os.pipe()
    worker = await workers.lease()
    one = Job(worker)
    worker.give(what, reading)
    os.close(reading)
    await asyncio.to_thread(say, writing, spoken(text))
    await one.until("results")
    assert [each["event"] for each in one.answers] == ["began", "ended", "results"]
    results: list[Answer] = one.answers[-1]["results"]
    return results


def say(writing: int, samples: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
        pipe.write(samples)  # until it has heard enough


def test_words_of_a_grammar() -> None:
    async def test(workers: SphinxWorkers) -> None:
        for word in ("one", "two", "three", "four"):
            [result] = await heard(workers, job(("digit", DIGITS)), word)
            assert (result["text"], result["grammar"], result["best"]) == (word, "digit", 0)
            assert 300 < result["score"] <= 1000
        for word in ("operator", "cancel", "help"):
            [result] = await heard(workers, job(("menu", MENU)), word)
            assert (result["text"], result["grammar"]) == (word, "menu")

    run(test)


def test_the_grammar_that_fits_best_is_first() -> None:
    async def test(workers: SphinxWorkers) -> None:
        both = job(
            ("answer", read_grammar("builtin:boolean")), ("digits", read_grammar("builtin:digits"))
        )
        first, *others = await heard(workers, both, "three four")
        assert (first["text"], first["grammar"]) == ("three four", "digits")
        assert all(each["score"] < first["score"] for each in others)

    run(test)


def test_alternatives() -> None:
    async def test(workers: SphinxWorkers) -> None:
        what = job(("digits", read_grammar("builtin:digits")), alternatives=True)
        first, *others = await heard(workers, what, "three four")
        assert first["text"] == "three four"
        assert [each["best"] for each in others] == list(range(1, len(others) + 1))
        assert len({each["text"] for each in (first, *others)}) == len(others) + 1 > 1

    run(test)


def test_what_was_understood_by_now() -> None:
    async def test(workers: SphinxWorkers) -> None:
        reading, writing = os.pipe()
        worker = await workers.lease()
        one = Job(worker)
        worker.give(job(("digit", DIGITS)), reading)
        os.close(reading)
        worker.ask_partial()
        assert (await one.until("partial"))["results"] == []
        await asyncio.to_thread(os.write, writing, spoken("three")[: -2 * 9000])
        await one.until("began")
        one.answers.clear()
        worker.ask_partial()
        [result] = (await one.until("partial"))["results"]
        assert result["text"] in {"one", "two", "three", "four"}, "as much as it has read by now"
        os.close(writing)

    run(test)


def test_a_worker_serves_one_after_the_other() -> None:
    async def test(workers: SphinxWorkers) -> None:
        served = []
        for _ in range(2):
            reading, writing = os.pipe()
            worker = await workers.lease()
            worker.give(job(("digit", DIGITS)), reading)
            os.close(reading)
            os.close(writing)  # nothing is said: the job is over
            while worker.on_idle is not None:  # it is when the worker is back
                await asyncio.sleep(0.01)
            served.append(worker)
        assert served[0] is served[1]

    run(test)


def test_two_at_once_are_two_workers() -> None:
    async def test(workers: SphinxWorkers) -> None:
        first, second = await workers.lease(), await workers.lease()
        assert first is not second
        assert MOST_IDLE >= 2

    run(test)


def test_a_grammar_that_is_none() -> None:
    async def test(workers: SphinxWorkers) -> None:
        reading, writing = os.pipe()
        worker = await workers.lease()
        one = Job(worker)
        worker.give(job(("bad", "#JSGF V1.0;\ngrammar bad;\npublic <bad> = ( one | ;")), reading)
        os.close(reading)
        assert (await one.until("failed"))["why"]
        os.close(writing)

    run(test)


def test_a_worker_that_dies() -> None:
    async def test(workers: SphinxWorkers) -> None:
        reading, writing = os.pipe()
        worker = await workers.lease()
        one = Job(worker)
        worker.give(job(("digit", DIGITS)), reading)
        os.close(reading)
        os.kill(worker._process.pid, signal.SIGKILL)
        assert (await one.until("failed"))["why"] == "its process has ended"
        os.close(writing)
        assert await workers.lease() is not worker

    run(test)


@pytest.mark.parametrize("name", ["builtin:digits", "builtin:grammar/boolean", "BUILTIN:Digits"])
def test_grammars_of_ours(name: str) -> None:
    assert read_grammar(name).startswith("#JSGF")


@pytest.mark.parametrize("text", ["", "one | two", "x" * (MAX_GRAMMAR + 1)])
def test_files_that_are_no_grammars(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.gram"
    path.write_text(text)
    with pytest.raises(RecognitionError):
        read_grammar(str(path))


@pytest.mark.parametrize("path", ["builtin:time", "builtin:../digits", "/nowhere", "a\0b"])
def test_grammars_that_are_not_there(path: str) -> None:
    with pytest.raises(RecognitionError):
        read_grammar(path)
