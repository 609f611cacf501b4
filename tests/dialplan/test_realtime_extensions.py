"""Extensions that stand in a table: looked up, changed, and next to those that are written."""

from __future__ import annotations

import asyncio

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.realtime_extensions import RealtimeExtensions
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.look_ups import LookUps
from tests.channels.test_sip_realtime import Row, Tables
from tests.support.fakes import make_channel, make_pbx, run_virtual

CONF = """\
[in]
exten => 1,1,Set(GLOBAL(said)=written)
switch => Realtime/@
[other]
switch => Realtime/far@lines/p
"""


def row(exten: str, priority: int | str, app: str, data: str = "", context: str = "in") -> Row:
    return {
        "context": context,
        "exten": exten,
        "priority": str(priority),
        "app": app,
        "appdata": data,
    }


def play(found: Tables, *calls: tuple[str, str]) -> list[str]:
    """What calls to these places have said, one after the other; ``!`` changes the tables."""
    source = RealtimeExtensions()
    source.use(found)
    dialplan = parse_dialplan(parse_config(CONF), sources={"realtime": source})
    interpreter = Interpreter(
        collect_applications(switchroom.apps), collect_functions(switchroom.functions), dialplan
    )

    async def main() -> list[str]:
        for family in found.families:
            await found.refresh(family)
        said: list[str] = []
        async with make_pbx(interpreter) as pbx:
            pbx.datastore(LookUps).append(source.freshen)
            interpreter.has_extension("in", "9")  # a call has looked into it
            for context, extension in calls:
                if context == "!":
                    found.set("extensions", row(extension, 1, "Set", "GLOBAL(said)=changed"))
                    await asyncio.sleep(1)
                    continue
                pbx.global_variables["said"] = ""
                channel = make_channel(pbx, context=context, extension=extension)
                pbx.start(channel)
                await asyncio.sleep(1)
                said.append(pbx.global_variables["said"])
        return said

    return run_virtual(main())


ROWS = [
    row("2", 1, "Set", "x=${EXTEN};3"), row("2", 2, "Set", "GLOBAL(said)=${x}"),
    row("_3X", 1, "Set", "GLOBAL(said)=pattern ${EXTEN}"), row("1", 1, "Set", "GLOBAL(said)=table"),
    row("4", "hint", "PJSIP/alice"), row("5", "rubbish", "NoOp"),
]  # fmt: skip


def test_rows_are_extensions(caplog: pytest.LogCaptureFixture) -> None:
    found = Tables(
        extensions=[dict(each) for each in ROWS],
        lines=[row("7", 1, "Set", "GLOBAL(said)=far", "far")],
    )
    said = play(found, ("in", "2"), ("in", "34"), ("in", "1"), ("in", "8"), ("other", "7"))
    assert said == ["2;3", "pattern 34", "written", "", "far"]
    assert "rubbish" in caplog.text


def test_a_changed_row_acts_on_the_next_call() -> None:
    found = Tables(extensions=[dict(each) for each in ROWS])
    assert play(found, ("in", "2"), ("!", "2"), ("in", "2"), ("in", "34")) == ["2;3", "changed", ""]


def test_a_family_that_is_not_mapped_has_nothing() -> None:
    assert play(Tables(lines=[]), ("in", "2"), ("in", "1")) == ["", "written"]
