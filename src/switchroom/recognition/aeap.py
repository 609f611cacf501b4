"""Engines that are programs on WebSockets, by the Asterisk External Application Protocol.

The media engine sends the program its audio; no Python touches that. Whether the party speaks is
found here, since the protocol has no word for it.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence

from switchroom.base.errors import MediaError
from switchroom.channels.external.reaching_programs import reach_program
from switchroom.channels.external.upgrade import Opcode, UpgradeError
from switchroom.config.aeap import AeapClient
from switchroom.config.websocket import WebSocketClient
from switchroom.media.api import MediaEvent, SpyPlan
from switchroom.media.codecs.registry import all_codecs
from switchroom.media.feeds import Feed, FeedClosed, FeedEvent, FeedMessage, FeedPlan, Framing
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.talking import TalkWatch
from switchroom.recognition.aeap_greeting import TIMEOUT, Greeting, masked
from switchroom.recognition.aeap_messages import (
    AeapError,
    Message,
    Request,
    chosen_codec,
    parse_message,
    parse_results,
    response,
    setup,
)
from switchroom.recognition.engine import (
    Broken,
    Recognised,
    RecognitionError,
    RecognitionEvent,
    Result,
    SpeechBegan,
    SpeechEnded,
    Told,
)

logger = logging.getLogger(__name__)

DEFAULT_CODECS = ("ulaw", "alaw", "slin16", "slin")
PAUSE = 0.8  #: seconds of silence behind which the party has spoken
MAX_WAITING = 32  #: requests without an answer
_SAID = SpyPlan(hears_said=True, hears_heard=False)


class AeapEngine:
    """One client of ``aeap.conf``."""

    def __init__(self, client: AeapClient) -> None:
        self.client = client

    async def create(self, channel: Channel) -> AeapRecogniser:
        """Connect, and agree on the audio.

        Raises:
            RecognitionError: The program cannot be reached, or does not agree.
        """
        client = self.client
        place = WebSocketClient(
            client.name, client.url, (client.protocol,), timeout=TIMEOUT, attempts=0
        )
        try:
            descriptor, received = await reach_program(place)
        except UpgradeError as error:
            raise RecognitionError(f"{client.name}: {error}") from error
        try:
            codec, received = await self._greet(channel, descriptor, received)
            return AeapRecogniser(channel, client.name, codec, descriptor, received)
        except (AeapError, MediaError) as error:
            os.close(descriptor)
            raise RecognitionError(f"{client.name}: {error}") from error
        except BaseException:
            os.close(descriptor)
            raise

    async def _greet(self, channel: Channel, descriptor: int, received: bytes) -> tuple[str, bytes]:
        known = all_codecs()
        codecs = [name for name in self.client.codecs or DEFAULT_CODECS if name in known]
        if not codecs:
            raise AeapError("none of its codecs can be sent")
        greeting = Greeting(descriptor, received)
        try:
            params = {"language": channel.language, **self.client.parameters}
            answer = await greeting.ask(setup(codecs, params))
        finally:
            rest = greeting.release()
        return chosen_codec(answer, codecs), rest


class AeapRecogniser:
    """One connection. Fulfils :class:`~switchroom.recognition.engine.Recogniser`.

    Args:
        channel: Whose party is heard.
        name: Of the program, for messages.
        codec: That it takes.
        descriptor: Of the connection; closed with this, unless this cannot be made.
        received: What came already.

    Raises:
        MediaError: There is no room for its audio.
    """

    def __init__(
        self, channel: Channel, name: str, codec: str, descriptor: int, received: bytes
    ) -> None:
        self._channel = channel
        self._name = name
        self._told: Told | None = None
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._why_over = ""
        self._watch: TalkWatch | None = None
        plan = FeedPlan(Framing.WEBSOCKET_CLIENT, codec)
        self._feed: Feed = channel.pbx.engine.open_feed(None, plan, self._on_event)
        self._feed.direct(to_program=False, from_program=False)
        self._feed.attach(descriptor, received)

    # grammars: the protocol has no word for them

    async def load_grammar(self, name: str, path: str) -> None:
        """The program recognises by its own rules."""
        logger.info("%s: %s: a program is told no grammars", self._channel.name, self._name)

    async def unload_grammar(self, name: str) -> None:
        """There is nothing to forget."""

    async def activate_grammar(self, name: str) -> None:
        """The program recognises by its own rules."""

    async def deactivate_grammar(self, name: str) -> None:
        """The program recognises by its own rules."""

    # settings

    async def change(self, name: str, value: str) -> None:
        """Tell the program."""
        await self._ask(Request("set", {"params": {name: value}}))

    async def setting(self, name: str) -> str:
        """Ask the program."""
        answer = await self._ask(Request("get", {"params": [name]}))
        value = answer.params.get(name, "")
        return value if isinstance(value, str) else str(value)

    # listening

    async def start(self, told: Told, *, alternatives: bool) -> None:
        """Let the program hear the party."""
        self._check()
        stream = await self._channel.stream()
        watch = TalkWatch(
            self._channel,
            pause=PAUSE,
            on_talk=lambda: self._tell(SpeechBegan()),
            on_silence=lambda _: self._tell(SpeechEnded()),
        )
        await watch.start()
        self._told, self._watch = told, watch
        self._channel.pbx.engine.listen_in(self._feed, stream, _SAID)
        self._feed.direct(to_program=True, from_program=False)

    async def partial_results(self) -> Sequence[Result]:
        """Ask the program."""
        try:
            answer = await self._ask(Request("get", {"params": ["results"]}))
            return parse_results(answer.params.get("results", []))
        except (AeapError, RecognitionError) as error:
            logger.warning("%s: %s: %s", self._channel.name, self._name, error)
            return ()

    def stop(self) -> None:
        """Let the program hear nothing."""
        self._told = None
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
            self._feed.direct(to_program=False, from_program=False)
            self._channel.pbx.engine.stop_listening_in(self._feed)

    def close(self) -> None:
        """Close the connection."""
        if not self._why_over:
            self._feed.send(masked(Opcode.CLOSE, (1000).to_bytes(2)))
        self._end("the connection is closed")
        self._feed.close()

    # what goes over the connection

    def _check(self) -> None:
        if self._why_over:
            raise RecognitionError(f"{self._name}: {self._why_over}")

    async def _ask(self, request: Request) -> Message:
        """Ask the program, and wait for its answer.

        Raises:
            RecognitionError: It says no, or nothing.
        """
        self._check()
        if len(self._waiting) >= MAX_WAITING:
            raise RecognitionError(f"{self._name}: too many questions wait")
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = answer
        self._feed.send(masked(Opcode.TEXT, request.to_text()))
        try:
            async with asyncio.timeout(TIMEOUT):
                found = await answer
        except TimeoutError as error:
            raise RecognitionError(f"{self._name}: no answer to {request.name}") from error
        finally:
            del self._waiting[request.id]
        if found.error:
            raise RecognitionError(f"{self._name}: {found.error}")
        return found

    def _on_event(self, event: MediaEvent | FeedEvent) -> None:
        match event:
            case FeedMessage(Opcode.TEXT, data):
                self._on_text(data)
            case FeedMessage(Opcode.PING, data):
                self._feed.send(masked(Opcode.PONG, data))
            case FeedMessage(Opcode.CLOSE):
                self._end("it has closed the connection")
            case FeedClosed(reason):
                self._end(f"the connection is over: {reason.name.lower()}")
            case _:
                pass  # nothing it says is audio

    def _on_text(self, data: bytes) -> None:
        try:
            message = parse_message(data)
        except AeapError as error:
            logger.warning("%s: %s: %s", self._channel.name, self._name, error)
            return
        if message.is_request:
            self._feed.send(masked(Opcode.TEXT, response(message, self._carry_out(message))))
        elif (answer := self._waiting.get(message.id)) is not None and not answer.done():
            answer.set_result(message)

    def _carry_out(self, asked: Message) -> str:
        """Do what the program asks for; returns why that cannot be done, or nothing."""
        if asked.name != "set" or "results" not in asked.params:
            return f"there is no request {asked.name!r} of this kind"
        try:
            results = parse_results(asked.params["results"])
        except AeapError as error:
            return str(error)
        self._tell(Recognised(results))
        return ""

    def _end(self, why: str) -> None:
        if self._why_over:
            return
        self._why_over = why
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(RecognitionError(f"{self._name}: {why}"))
        self._tell(Broken(f"{self._name}: {why}"))

    def _tell(self, event: RecognitionEvent) -> None:
        if self._told is not None:
            self._told(event)
