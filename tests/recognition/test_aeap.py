"""Programs that recognise speech, on real WebSockets, with calls whose audio is real."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

from switchroom.config.aeap import AeapClient
from switchroom.media.codecs.samples import decode
from switchroom.recognition.aeap import AeapEngine
from switchroom.recognition.engine import Engines
from tests.channels.websocket_program import Program, let_in
from tests.media.calls import windows_of
from tests.media.feed_party import CLOSE, PING, TEXT, ws_frame
from tests.media.rtp_party import tone
from tests.support.heard_calls import HeardOffice, HeardPhone, heard_office

PONG = 10
Json = Mapping[str, Any]


class Recogniser:
    """The program: reads what it is asked, answers what a test wants."""

    def __init__(self, program: Program) -> None:
        self.program = program

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(event) for event in self.program.events]

    async def asked(self, name: str, count: int = 1) -> dict[str, Any]:
        """The ``count``-th request of a name."""

        def found() -> list[dict[str, Any]]:
            return [each for each in self.messages if each.get("request") == name]

        await self.program.until(lambda: len(found()) >= count)
        return found()[count - 1]

    async def response(self, number: str) -> dict[str, Any]:
        """What came back to a request of ours."""

        def found() -> list[dict[str, Any]]:
            return [
                each for each in self.messages if "response" in each and each["id"] == number
            ]  # fmt: skip

        await self.program.until(lambda: bool(found()))
        return found()[0]

    async def tell(self, **fields: Any) -> None:
        await self.program.send(TEXT, json.dumps(fields).encode())

    async def answer(self, asked: Json, **fields: Any) -> None:
        await self.tell(response=asked["request"], id=asked["id"], **fields)

    async def set_up(self, codec: str = "ulaw") -> dict[str, Any]:
        """Agree; returns what was asked for."""
        asked = await self.asked("setup")
        await self.answer(asked, codecs=[{"name": codec}])
        return asked


@dataclass(slots=True)
class House:
    """A node, and where its program listens."""

    office: HeardOffice
    listening: socket.socket
    programs: list[Program]

    async def call(self) -> HeardPhone:
        return await self.office.call("1")

    async def let_in(self) -> Recogniser:
        program = await let_in(self.listening)
        self.programs.append(program)
        return Recogniser(program)


@asynccontextmanager
async def house(*lines: str, **client: Any) -> AsyncIterator[House]:
    conf = "[default]\nexten => 1,1,Set(CHANNEL(language)=de)\n" + "".join(
        f" same => n,{line}\n" for line in ("SpeechCreate(stt)", *lines, "Wait(60)")
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # noqa: FBT003  # as the library has it
        url = f"ws://127.0.0.1:{listening.getsockname()[1]}/stt"
        async with heard_office(conf) as office:
            engine = AeapEngine(AeapClient("stt", url, **client))
            office.pbx.datastore(Engines).known = MappingProxyType({"stt": engine})
            one = House(office, listening, [])
            yield one
            for program in one.programs:
                program.close()


async def variable(phone: HeardPhone, name: str) -> str:
    """Its value, once it has one."""
    async with asyncio.timeout(20):
        while name not in phone.channel.variables:
            await asyncio.sleep(0.01)
    return phone.channel.variables[name]


def run(test: Callable[[House], Awaitable[None]], *lines: str, **client: Any) -> None:
    async def main() -> None:
        async with house(*lines, **client) as one:
            await test(one)

    asyncio.run(main())


SAID = "Set(said=${SPEECH_TEXT(0)}/${SPEECH_SCORE(0)}/${SPEECH_GRAMMAR(0)}/${SPEECH(spoke)})"


def test_a_caller_is_understood() -> None:
    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        assert stt.program.target == "/stt"
        asked = await stt.set_up("ulaw")
        assert asked["version"] == "0.1.0"
        assert asked["codecs"] == [{"name": "alaw"}, {"name": "ulaw"}]
        assert asked["params"] == {"language": "de", "model": "phone"}
        phone.party.start_saying(tone(500, 20))
        await stt.program.until(
            lambda: windows_of(decode("PCMU", stt.program.audio()), 500) >= 10
        )  # fmt: skip
        await stt.tell(
            request="set", id="r1",
            params={"results": [{"text": "guten tag", "score": 910, "grammar": "any"}]},
        )  # fmt: skip
        assert await stt.response("r1") == {"response": "set", "id": "r1"}
        assert await variable(phone, "said") == "guten tag/910/any/1"
        heard, said = stt.program.count, await phone.channel.stream()
        until = said.statistics().packets_received + 20
        async with asyncio.timeout(20):
            while said.statistics().packets_received < until:
                await asyncio.sleep(0.01)
        await stt.program.send(PING, b"still there?")
        await stt.program.until(lambda: (PONG, b"still there?") in stt.program.frames)
        assert stt.program.count <= heard + 2, "between two questions it hears nothing"
        phone.channel.hangup()
        await stt.program.until(lambda: stt.program.is_over)
        assert stt.program.was_told_goodbye

    parameters = MappingProxyType({"model": "phone"})
    run(
        test, "SpeechBackground(silence/1,30)", SAID, codecs=("alaw", "ulaw"), parameters=parameters
    )


def test_who_speaks_is_heard_without_a_word_of_the_program() -> None:
    """The sound lasts an hour: nothing but the caller's voice ends it."""

    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        await stt.set_up()
        await stt.program.until(lambda: stt.program.count > 0)
        await phone.party.say(tone(500, 1))
        assert await variable(phone, "said") == "///1"

    run(test, "SpeechBackground(silence/3600,1)", SAID)


def test_settings() -> None:
    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        await stt.set_up()
        asked = await stt.asked("set")
        assert asked["params"] == {"phrases": "yes no"}
        await stt.answer(asked)
        asked = await stt.asked("get")
        assert asked["params"] == ["model"]
        await stt.answer(asked, params={"model": "small"})
        assert await variable(phone, "model") == "small"
        await stt.answer(await stt.asked("get", 2), error_msg="there is none")
        assert await variable(phone, "none") == "[]"

    run(
        test,
        "Set(SPEECH_ENGINE(phrases)=yes no)",
        "Set(model=${SPEECH_ENGINE(model)})",
        "Set(none=[${SPEECH_ENGINE(nothing)}])",
    )


def test_partial_results() -> None:
    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        await stt.set_up()
        asked = await stt.asked("get")
        assert asked["params"] == ["results"]
        await stt.answer(asked, params={"results": [{"text": "guten"}]})
        assert await variable(phone, "said") == "guten/0//0"

    run(test, "SpeechBackground(silence/1,1,p)", SAID)


@pytest.mark.parametrize(
    "request_text",
    [
        {"request": "dance", "id": "x"},
        {"request": "set", "id": "x", "params": {"colour": "blue"}},
        {"request": "set", "id": "x", "params": {"results": "yes"}},
    ],
)
def test_a_request_that_cannot_be_done(request_text: Json) -> None:
    async def test(one: House) -> None:
        _, stt = await one.call(), await one.let_in()
        await stt.set_up()
        await stt.tell(**request_text)
        answer = await stt.response("x")
        assert answer["response"] == request_text["request"]
        assert answer["error_msg"]

    run(test, "SpeechBackground(silence/1,30)")


ERROR = "Set(e=${ERROR}/${SPEECH(status)})"


@pytest.mark.parametrize("how", ["says no", "takes another codec", "goes", "sends nonsense"])
def test_a_program_that_does_not_agree(how: str) -> None:
    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        asked = await stt.asked("setup")
        match how:
            case "says no":
                await stt.answer(asked, error_msg="no")
            case "takes another codec":
                await stt.answer(asked, codecs=[{"name": "opus"}])
            case "goes":
                stt.program.close()
            case _:
                await stt.program.send(TEXT, b"{")
        assert await variable(phone, "e") == "1/0"
        await stt.program.until(lambda: how == "goes" or stt.program.is_over)

    run(test, ERROR, codecs=("ulaw",))


def test_nobody_is_there() -> None:
    async def test(one: House) -> None:
        one.listening.close()
        assert await variable(await one.call(), "e") == "1/0"

    run(test, ERROR)


@pytest.mark.parametrize("says", [True, False])
def test_a_program_that_goes_ends_the_question(says: bool) -> None:  # noqa: FBT001  # a parameter
    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        await stt.set_up()
        await stt.program.until(lambda: stt.program.count > 0)
        if says:
            await stt.program.send(CLOSE, (1001).to_bytes(2))
        else:
            stt.program.close()
        assert await variable(phone, "tried") == "FAILED"
        assert await variable(phone, "again") == "FAILED"

    run(
        test,
        "TryExec(SpeechBackground(silence/1,30))",
        "Set(tried=${TRYSTATUS})",
        "TryExec(SpeechStart())",
        "Set(again=${TRYSTATUS})",
    )


def test_what_comes_right_behind_the_answer() -> None:
    """The greeting reads not an octet of it: the engine does."""

    async def test(one: House) -> None:
        _, stt = await one.call(), await one.let_in()
        asked = await stt.asked("setup")
        answer = {"response": "setup", "id": asked["id"], "codecs": [{"name": "ulaw"}]}
        frames = [ws_frame(TEXT, json.dumps(answer).encode(), masks=False)]
        frames += [ws_frame(PING, b"%d" % n, masks=False) for n in range(3)]
        await asyncio.get_running_loop().sock_sendall(stt.program.end, b"".join(frames))
        await stt.program.until(
            lambda: (
                [data for kind, data in stt.program.frames if kind == PONG] == [b"0", b"1", b"2"]
            )
        )

    run(test)


def test_grammars_are_no_matter_for_a_program() -> None:
    async def test(one: House) -> None:
        phone, stt = await one.call(), await one.let_in()
        await stt.set_up()
        assert await variable(phone, "done") == "1"

    run(
        test,
        "SpeechLoadGrammar(a,/nowhere)",
        "SpeechActivateGrammar(a)",
        "SpeechDeactivateGrammar(a)",
        "SpeechUnloadGrammar(a)",
        "Set(done=1)",
    )
