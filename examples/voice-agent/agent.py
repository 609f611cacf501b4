"""A voice agent in a call: greets, listens, says again what it heard; speak, and it is silent.

Run it beside a node whose ``websocket_client.conf`` and ``extensions.conf`` are those in ``etc``:

    python agent.py --port 8765

A real one sends what it hears to a speech recogniser and plays what its synthesiser says. Pacing,
re-framing and barge-in stay as they are here: the node clocks audio out, and drops it on request.
"""

from __future__ import annotations

import argparse
import array
import math

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

RATE = 8000  # of c(slin): 16 bits a sample, the lower octet first
LOUD = 500  # mean magnitude from which on a frame of 20 ms is speech
PAUSE = 30  # silent frames that end what somebody says: 0.6 s
SHORTEST = 5  # loud frames: less is a cough


def chime(*hertz: float) -> bytes:
    """The greeting: tones, each a third of a second long."""
    count = RATE // 3
    waves = (math.sin(2 * math.pi * hz * at / RATE) for hz in hertz for at in range(count))
    return array.array("h", (round(6000 * wave) for wave in waves)).tobytes()


class Agent:
    """One call."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.said = b""  # what the caller has said since he began
        self.loud = self.silent = 0  # frames
        self.speaks = 0  # how many of our own texts are not heard to their end yet

    async def say(self, audio: bytes) -> None:
        """Send it all at once: the node plays it in time, and tells when it was heard."""
        self.speaks += 1
        await self.socket.send_text("START_MEDIA_BUFFERING")
        for at in range(0, len(audio), 32000):
            await self.socket.send_bytes(audio[at : at + 32000])
        await self.socket.send_text("STOP_MEDIA_BUFFERING")

    async def hear(self, frame: bytes) -> None:
        """20 ms of the caller; he who speaks interrupts us."""
        samples = array.array("h", frame)
        if sum(map(abs, samples)) / len(samples) >= LOUD:
            self.loud, self.silent = self.loud + 1, 0
            if self.speaks and self.loud >= SHORTEST:
                await self.socket.send_text("FLUSH_MEDIA")
                self.speaks = 0
        elif self.loud:
            self.silent += 1
        if self.loud:
            self.said += frame
        if self.silent >= PAUSE:
            said, loud = self.said[: -PAUSE * len(frame)], self.loud
            self.said, self.loud, self.silent = b"", 0, 0
            if loud >= SHORTEST:
                await self.say(said)

    async def told(self, event: str) -> None:
        """Something happened."""
        name, _, rest = event.partition(" ")
        if name == "MEDIA_START":
            await self.say(chime(523, 659, 784))
        elif name == "MEDIA_BUFFERING_COMPLETED":
            self.speaks = max(0, self.speaks - 1)
        elif name == "DTMF_END" and rest == "digit:#":
            await self.socket.send_text("HANGUP")


async def call(socket: WebSocket) -> None:
    """Take part in one call until it ends."""
    await socket.accept(subprotocol="media")
    agent = Agent(socket)
    while (message := await socket.receive())["type"] == "websocket.receive":
        if message.get("text") is not None:
            await agent.told(message["text"])
        elif message.get("bytes"):
            await agent.hear(message["bytes"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A voice agent that echoes.")
    parser.add_argument("--port", type=int, default=8765)
    app = Starlette(routes=[WebSocketRoute("/agent", call)])
    uvicorn.run(app, host="127.0.0.1", port=parser.parse_args().port, log_level="warning")
