"""A process that recognises speech with PocketSphinx, one party after the other.

Run as ``python -m switchroom.recognition.sphinx_worker``. Its standard input is a socket that keeps
messages apart. A job is an object with a pipe beside it, on which the party's voice comes: signed
linear, 16 kHz. Answers are objects with an ``event``: ``ready``, ``began``, ``ended``, ``results``,
``failed``; ``idle`` is the last of each job. What comes while a job runs asks for what was
understood by then: ``partial``. The end of the pipe ends the job, that of the socket the process.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pocketsphinx import Decoder, Vad

from switchroom.recognition.endpoints import Edge, EndpointRules, Endpoints

RATE = 16000
FRAME = 960  #: octets of 30 ms
NICENESS = 5  #: media goes first
MOST_MESSAGE = 200_000
MOST_ALTERNATIVES = 5
HIGHEST_SCORE = 1000
#: What a frame lacks (a natural logarithm) of words that fit very well, and of those that do not:
#: measured with voices of espeak-ng over G.711, words in a grammar and words that were not.
BEST_FIT, WORST_FIT = 5.5, 11.0
NO_GRAMMAR = ""  #: the name of the search for anything

Answer = dict[str, Any]
Job = Mapping[str, Any]


class Worker:
    """The process.

    Args:
        control: Jobs come, and answers go over it.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._decoder: Decoder | None = None
        self._made_for: Mapping[str, Any] | None = None
        self._grammars: dict[str, str] = {}

    def run(self) -> None:
        """Do jobs until the socket ends."""
        self._tell("ready")
        while True:
            data, descriptors, _, _ = socket.recv_fds(self._control, MOST_MESSAGE, 1)
            if not data:
                return
            if not descriptors:
                continue  # a question about a job that is over
            [voice] = descriptors
            try:
                self._do(json.loads(data), voice)
            except (RuntimeError, ValueError) as error:  # the library's words for all that fails
                self._tell("failed", why=str(error))
            finally:
                os.close(voice)
            self._tell("idle")

    def _tell(self, event: str, **fields: Any) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._control.send(json.dumps({"event": event, **fields}).encode())

    def _do(self, job: Job, voice: int) -> None:
        """Listen until one thing was said.

        It is decoded when it is over: what is known of all of it makes that better, and by a
        grammar it takes a tenth of the time that it was said in.
        """
        decoder = self._prepare(job)
        names = list(job["grammars"]) or [NO_GRAMMAR]
        vad = Vad(mode=Vad.MEDIUM_STRICT, sample_rate=RATE, frame_length=0.03)
        rules = replace(EndpointRules(), silence=job["silence"], longest=job["longest"])
        endpoints = Endpoints(rules)
        said = bytearray()
        ahead = round(rules.before / rules.frame) * FRAME

        def tell_partial() -> None:
            results = _results(decoder, said, names, job) if endpoints.is_speech else []
            self._tell("partial", results=results)

        for frame in self._frames(voice, tell_partial):
            edge = endpoints.frame(is_voiced=vad.is_speech(frame))
            said += frame
            if edge is Edge.BEGIN:
                self._tell("began")
            elif edge is Edge.END:
                self._tell("ended")
                self._tell("results", results=_results(decoder, said, names, job))
                return
            elif not endpoints.is_speech:
                del said[:-ahead]

    def _frames(self, voice: int, on_question: Callable[[], None]) -> Iterator[bytes]:
        """The party's voice in frames, until it ends; questions are answered in between."""
        data = b""
        while True:
            control = self._control.fileno()
            ready, _, _ = select.select([voice, control], [], [])
            if control in ready:
                if not self._control.recv(MOST_MESSAGE):
                    return
                on_question()
            if voice in ready:
                more = os.read(voice, FRAME - len(data))
                if not more:
                    return
                data += more
                if len(data) == FRAME:
                    yield data
                    data = b""

    def _prepare(self, job: Job) -> Decoder:
        """A decoder with the settings and the grammars of a job; the last one where they fit."""
        if self._decoder is None or self._made_for != job["settings"]:
            self._decoder = Decoder(samprate=RATE, loglevel="FATAL", **job["settings"])
            self._made_for, self._grammars = job["settings"], {}
        decoder = self._decoder
        decoder.reinit_feat()  # what it knows of noise was another party's
        for name, text in job["grammars"].items():
            if self._grammars.get(name) != text:
                self._grammars.pop(name, None)
                decoder.add_jsgf_string(_search(name), text)
                self._grammars[name] = text
        return decoder


def _search(name: str) -> str:
    """What the decoder calls a grammar: none of its own names."""
    return f"grammar {name}"


def _activate(decoder: Decoder, name: str) -> None:
    decoder.activate_search(_search(name) if name else "_default")


def _results(decoder: Decoder, said: bytearray, names: list[str], job: Job) -> list[Answer]:
    """What each grammar makes of it, what fits best first; alternatives stand behind."""
    results = []
    for name in names:
        _activate(decoder, name)
        decoder.start_utt()
        decoder.process_raw(bytes(said), full_utt=True)
        decoder.end_utt()
        results += _heard(decoder, name, alternatives=job["alternatives"])
    return sorted(results, key=lambda each: (each["best"], -each["score"]))


def _heard(decoder: Decoder, name: str, *, alternatives: bool) -> list[Answer]:
    best = decoder.hyp()
    if best is None or not best.hypstr:
        return []
    found = [_result(best.hypstr, name, score=_score(decoder))]
    if alternatives:
        for each in decoder.nbest():
            if len(found) > MOST_ALTERNATIVES:
                break
            if each.hypstr and all(each.hypstr != other["text"] for other in found):
                found.append(_result(each.hypstr, name, best=len(found)))
    return found


def _result(text: str, grammar: str, *, score: int = 0, best: int = 0) -> Answer:
    return {"text": text, "score": score, "grammar": grammar, "best": best}


def _score(decoder: Decoder) -> int:
    """How well the words fit what was said: from what their frames lack to the best sounds."""
    lacking = frames = 0.0
    for segment in decoder.seg():
        if not segment.word.startswith(("<", "[", "(")):  # silence, noise, no word at all
            lacking -= math.log(max(segment.ascore, sys.float_info.min))
            frames += segment.end_frame - segment.start_frame + 1
    if not frames:
        return 0
    share = (WORST_FIT - lacking / frames) / (WORST_FIT - BEST_FIT)
    return max(0, min(HIGHEST_SCORE, round(HIGHEST_SCORE * share)))


if __name__ == "__main__":
    os.nice(NICENESS)
    Worker(socket.socket(fileno=0)).run()
