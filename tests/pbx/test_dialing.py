"""What is told of dials that come to nothing: while it can be said of whom."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.pbx.events import DialEnded
from tests.support.calls import Parties
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

CONDUCTS = {"busy": "busy", "full": "congestion", "silent": "silent", "bob": "answer"}


@pytest.mark.parametrize(
    ("dialled", "wanted"),
    [
        ("Dial(PJSIP/busy,5)", [("busy", "BUSY")]),
        ("Dial(PJSIP/full,5)", [("full", "CONGESTION")]),
        ("Dial(PJSIP/silent,5)", [("silent", "NOANSWER")]),
        ("Dial(PJSIP/full&PJSIP/silent,5)", [("full", "CONGESTION"), ("silent", "NOANSWER")]),
        ("Dial(PJSIP/bob&PJSIP/silent,5)", [("bob", "ANSWER"), ("silent", "CANCEL")]),
    ],
)
def test_each_end_is_told_once_of_a_channel_that_is_there(
    dialled: str, wanted: list[tuple[str, str]]
) -> None:
    told: list[tuple[str, str]] = []

    async def main() -> None:
        pbx = make_pbx(
            make_interpreter(f"[in]\nexten => s,1,{dialled}\n"),
            technologies={"PJSIP": Parties("PJSIP", CONDUCTS)},
        )

        def hear(event: DialEnded) -> None:
            assert event.called in pbx.channels
            told.append((event.called.partition("/")[2].partition("-")[0], event.status))

        async with pbx:
            pbx.events.subscribe(DialEnded, hear)
            pbx.start(make_channel(pbx, context="in"))
            await asyncio.sleep(200)

    run_virtual(main())
    assert sorted(told) == sorted(wanted)
