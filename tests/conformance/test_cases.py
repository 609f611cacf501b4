"""The answers of a genuine Asterisk 22 to small dialplans (``cases.json``)."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.model import Context
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.channel import Channel
from tests.support.fakes import make_channel, make_pbx, run_virtual

RECORDED = json.loads((Path(__file__).parent / "cases.json").read_text())

#: Cases that are answered otherwise, with the reason.
KNOWN: dict[str, str] = {}

#: Cases that never come to an end: what they are asked for is read when the caller hangs up.
ENDLESS = {"vars-0016"}

HELPERS = r"""
[echoargs]
exten => s,1,Return(n=${ARGC} 1=<${ARG1}> 2=<${ARG2}> 3=<${ARG3}> 4=<${ARG4}>)
[lab]
exten => s,1,Return(first)
 same => n(here),Return(here ${ARG1})
[deep]
exten => s,1,GotoIf($[${ARG1} <= 0]?done)
 same => n,Gosub(deep,s,1($[${ARG1} - 1]))
 same => n,Return(${GOSUB_RETVAL}.${ARG1})
 same => n(done),Return(end)
[localvar]
exten => s,1,Set(LOCAL(x)=inner)
 same => n,Return(${x})
[peek]
exten => s,1,Return(${STACK_PEEK(1,c)}|${STACK_PEEK(1,e)}|${ARG1}|${LOCAL_PEEK(0,ARG2)})
[cases]
exten => sub1,1,Return(sub1 ${ARG1})
"""


@lru_cache(maxsize=1)
def registries() -> tuple[dict[str, Any], dict[str, Any]]:
    return collect_applications(switchroom.apps), collect_functions(switchroom.functions)


async def hang_up_soon(channel: Channel) -> None:
    for _ in range(100):
        await asyncio.sleep(0)
    channel.hangup()


def answer(case: dict[str, Any]) -> dict[str, str]:
    exten = case["exten"]
    lines = [f"exten => {exten},{n},{line}" for n, line in enumerate(case["lines"], start=1)]
    text = HELPERS + "\n".join(lines)
    dialplan = parse_dialplan(parse_config(text, path=Path("extensions.conf")))

    async def main() -> dict[str, str]:
        interpreter = Interpreter(*registries(), dialplan)
        async with make_pbx(interpreter) as pbx:
            name = f"Local/{exten}@cases-00000000;2"
            channel = make_channel(pbx, name=name, context="cases", extension=exten)
            if case["id"] in ENDLESS:
                pbx.spawn(hang_up_soon(channel), name="caller")
            await interpreter.run(channel)
            found = {name: channel.variables.get(name, "") for name in case["want"]}
            channel.finish()
            return found

    return run_virtual(main())


CASES = RECORDED["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    if case["id"] in KNOWN:
        assert answer(case) != case["want"], f"{case['id']} is answered as recorded now: delist it"
    else:
        assert answer(case) == case["want"], case["lines"]


@pytest.mark.parametrize("recorded", RECORDED["patterns"], ids=lambda each: each["id"])
def test_patterns(recorded: dict[str, Any]) -> None:
    context = Context(recorded["id"])
    for extension in recorded["patterns"]:
        context.add(extension)
    context.index()
    names = recorded["patterns"]
    found = {
        dialled: next((f"p{names.index(e.name)}" for e in context.candidates(dialled, "")), "")
        for dialled in recorded["want"]
    }
    assert found == recorded["want"]
