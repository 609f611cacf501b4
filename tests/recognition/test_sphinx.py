"""PocketSphinx for real: a phone speaks with a voice of espeak-ng, and what it said is found out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from switchroom.recognition.engine import Engines
from switchroom.recognition.sphinx import SphinxEngine
from tests.recognition.voices import voice
from tests.support.heard_calls import HeardOffice, HeardPhone, heard_office

pytest.importorskip("pocketsphinx", reason="the extra 'recognition' is not installed")

DIGIT = "#JSGF V1.0;\ngrammar digit;\npublic <digit> = one | two | three | four | nine;\n"


@asynccontextmanager
async def office(*lines: str) -> AsyncIterator[HeardOffice]:
    """A node whose extension 1 runs lines behind SpeechCreate()."""
    numbered = "".join(f" same => n,{line}\n" for line in (*lines, "Wait(60)"))
    conf = f"[default]\nexten => 1,1,SpeechCreate(pocketsphinx)\n{numbered}"
    engine = SphinxEngine()
    try:
        async with heard_office(conf, timeout=120) as one:
            one.pbx.datastore(Engines).known = MappingProxyType({"pocketsphinx": engine})
            yield one
    finally:
        await engine.close()


async def variable(phone: HeardPhone, name: str) -> str:
    """Its value, once it has one."""
    async with asyncio.timeout(60):
        while name not in phone.channel.variables:
            await asyncio.sleep(0.01)
    return phone.channel.variables[name]


def run(test: Callable[[HeardOffice], Awaitable[None]], *lines: str) -> None:
    async def main() -> None:
        async with office(*lines) as one:
            await test(one)

    asyncio.run(main())


SAID = "Set(said=${SPEECH_TEXT(0)}/${SPEECH_GRAMMAR(0)}/${SPEECH(results)}/${SPEECH(spoke)})"


@pytest.mark.peer  # audio in real time
def test_a_spoken_digit(tmp_path: Path) -> None:
    """The sound lasts an hour: the caller's voice ends it."""
    grammar = tmp_path / "digit.gram"
    grammar.write_text(DIGIT)

    async def test(one: HeardOffice) -> None:
        phone = await one.call("1")
        await variable(phone, "asked")
        phone.party.start_saying(bytes(8000) + voice("two") + bytes(32000))
        assert await variable(phone, "said") == "two/digit/1/1"

    run(
        test,
        f"SpeechLoadGrammar(digit,{grammar})",
        "SpeechActivateGrammar(digit)",
        "Set(asked=1)",
        "SpeechBackground(silence/3600)",
        SAID,
    )


def test_silence_is_no_speech() -> None:
    async def test(one: HeardOffice) -> None:
        phone = await one.call("1")
        phone.party.start_saying(bytes(160000))
        assert await variable(phone, "said") == "//0/0"

    run(test, "SpeechActivateGrammar(builtin:boolean)", "SpeechBackground(silence/1,1)", SAID)


def test_partial_results_of_nothing() -> None:
    async def test(one: HeardOffice) -> None:
        assert await variable(await one.call("1"), "said") == "//0/0"

    run(test, "SpeechActivateGrammar(builtin:digits)", "SpeechBackground(silence/1,1,p)", SAID)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["Set(SPEECH_ENGINE(silence)=1.5)", "Set(got=${SPEECH_ENGINE(Silence)})"], "1.5"),
        (["Set(SPEECH_ENGINE(silence)=99)", "Set(got=${SPEECH_ENGINE(silence)})"], "0.7"),
        (["Set(SPEECH_ENGINE(topn)=2)", "Set(got=${SPEECH_ENGINE(topn)})"], "2"),
        (["Set(SPEECH_ENGINE(topn)=x)", "Set(got=[${SPEECH_ENGINE(topn)}])"], "[]"),
        (["Set(SPEECH_ENGINE(logfn)=/tmp/x)", "Set(got=[${SPEECH_ENGINE(logfn)}])"], "[]"),
        (["TryExec(SpeechActivateGrammar(none))", "Set(got=${TRYSTATUS})"], "FAILED"),
        (["TryExec(SpeechLoadGrammar(a,/nowhere))", "Set(got=${TRYSTATUS})"], "FAILED"),
        (
            [
                "SpeechActivateGrammar(builtin:digits)",
                "SpeechUnloadGrammar(builtin:digits)",
                "TryExec(SpeechDeactivateGrammar(builtin:digits))",
                "Set(got=${TRYSTATUS})",
            ],
            "FAILED",
        ),
    ],
)
def test_settings_and_grammars(lines: list[str], value: str) -> None:
    async def test(one: HeardOffice) -> None:
        assert await variable(await one.call("1"), "got") == value

    run(test, *lines)
