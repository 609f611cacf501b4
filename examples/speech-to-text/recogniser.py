"""A speech recogniser for SpeechCreate(): Vosk behind the protocol of ``aeap.conf``.

Run it beside a node whose ``aeap.conf`` and ``extensions.conf`` are those in ``etc``:

    pip install vosk
    python recogniser.py --port 9099 --model vosk-model-small-en-us-0.15

Without a model it only tells for how long somebody spoke, to try the rest. Another engine is
another class with the four methods of these two.
"""

from __future__ import annotations

import argparse
import array
import asyncio
import json
from functools import partial
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

RATE = 8000  # of the codec slin: 16 bits a sample, the lower octet first
LOUD = 500  # mean magnitude from which on a frame of 20 ms is speech
PAUSE = 30  # silent frames that end what somebody says: 0.6 s

Results = list[dict[str, Any]]


class Stopwatch:
    """Understands nothing, and tells for how long somebody spoke."""

    def __init__(self) -> None:
        self.loud = self.silent = 0  # frames

    def hear(self, audio: bytes) -> Results | None:
        """A frame; results when somebody has spoken."""
        samples = array.array("h", audio)
        if sum(map(abs, samples)) / max(1, len(samples)) >= LOUD:
            self.loud, self.silent = self.loud + 1, 0
        elif self.loud:
            self.silent += 1
        if self.silent < PAUSE:
            return None
        results = self.understood()
        self.loud = self.silent = 0
        return results

    def understood(self) -> Results:
        """What was said by now."""
        return [{"text": f"{self.loud / 50:.0f} seconds", "score": 1000}] if self.loud else []

    def change(self, name: str, value: str) -> None:
        """A setting: there is none."""
        raise ValueError(f"there is no setting {name}")

    def setting(self, name: str) -> str:
        """What a setting says."""
        raise ValueError(f"there is no setting {name}")


class Vosk:
    """Understands what its model does; ``phrases`` are those that it listens for.

    Args:
        model: A loaded one; calls share it.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.phrases = ""
        self.change("phrases", "")

    def hear(self, audio: bytes) -> Results | None:
        """A frame; results when somebody has spoken."""
        if not self.recogniser.AcceptWaveform(audio):
            return None
        found = json.loads(self.recogniser.Result())
        words = found.get("result", [])
        if not found["text"]:
            return None
        score = round(1000 * sum(word["conf"] for word in words) / max(1, len(words)))
        return [{"text": found["text"], "score": score}]

    def understood(self) -> Results:
        """What was said by now."""
        text = json.loads(self.recogniser.PartialResult())["partial"]
        return [{"text": text}] if text else []

    def change(self, name: str, value: str) -> None:
        """Listen for phrases, with commas between them; empty: for anything."""
        if name != "phrases":
            raise ValueError(f"there is no setting {name}")
        from vosk import KaldiRecognizer

        self.phrases = value
        words = [phrase.strip() for phrase in value.split(",") if phrase.strip()]
        grammar = [json.dumps([*words, "[unk]"])] if words else []
        self.recogniser = KaldiRecognizer(self.model, RATE, *grammar)
        self.recogniser.SetWords(True)  # noqa: FBT003  # as the library has it

    def setting(self, name: str) -> str:
        """What a setting says."""
        if name != "phrases":
            raise ValueError(f"there is no setting {name}")
        return self.phrases


def answer(engine: Stopwatch | Vosk, asked: dict[str, Any]) -> dict[str, Any]:
    """The response to what the node asks for."""
    reply: dict[str, Any] = {"response": asked["request"], "id": asked["id"]}
    try:
        return reply | carry_out(engine, asked["request"], asked)
    except ValueError as error:
        return reply | {"error_msg": str(error)}


def carry_out(engine: Stopwatch | Vosk, name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Do it; a ValueError tells why that cannot be done."""
    params = asked.get("params", {})
    if name == "setup":
        if {"name": "slin"} not in asked["codecs"]:
            raise ValueError("the codec has to be slin")
        return {"codecs": [{"name": "slin"}]}
    if name == "set":
        for setting, value in params.items():
            engine.change(setting, value)
        return {}
    if name == "get" and "results" in params:
        return {"params": {"results": engine.understood()}}
    if name == "get":
        return {"params": {setting: engine.setting(setting) for setting in params}}
    raise ValueError(f"there is no request {name}")


async def call(model: Any, socket: WebSocket) -> None:
    """Serve one call until it ends."""
    await socket.accept(subprotocol="speech_to_text")
    engine = Stopwatch() if model is None else await asyncio.to_thread(Vosk, model)
    number = 0
    while (message := await socket.receive())["type"] == "websocket.receive":
        if message.get("text") is not None:
            asked = json.loads(message["text"])
            if "request" in asked:  # and not the response to results
                await socket.send_json(await asyncio.to_thread(answer, engine, asked))
        elif message.get("bytes"):
            results = await asyncio.to_thread(engine.hear, message["bytes"])
            if results is not None:
                number += 1
                told = {"request": "set", "id": str(number), "params": {"results": results}}
                await socket.send_json(told)


def main() -> None:
    """Wait for calls."""
    parser = argparse.ArgumentParser(description="Recognises speech for a PBX.")
    parser.add_argument("--port", type=int, default=9099)
    parser.add_argument("--model", help="the folder of one of Vosk's models")
    options = parser.parse_args()
    model = None
    if options.model:
        from vosk import Model

        model = Model(options.model)
    app = Starlette(routes=[WebSocketRoute("/", partial(call, model))])
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
