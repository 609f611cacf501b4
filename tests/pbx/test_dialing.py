"""What is told of dials that come to nothing: while it can be said of whom."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import DialEnded
from switchroom.pbx.pbx import Pbx
from tests.support.calls import Parties
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeDriver, make_channel, make_pbx, run_virtual

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


class Slow(Parties):
    """Channels to ``slow`` take a while to make, or to dial."""

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        if resource == "slow":
            await asyncio.sleep(5)
        channel = await super().request(pbx, resource, requestor)
        assert isinstance(channel.driver, FakeDriver)
        if resource == "slowly-dialled":
            channel.driver.dial = lambda: asyncio.sleep(5)  # type: ignore[method-assign]  # no more than this
        return channel


@pytest.mark.parametrize(
    "dialled",
    [
        "Dial(PJSIP/bob&PJSIP/slow)",
        "Dial(PJSIP/slowly-dialled&PJSIP/bob)",
        "Dial(PJSIP/bob&PJSIP/silent,,b(routine^s^1))",
        "Page(PJSIP/bob&PJSIP/slow)",
        "Page(PJSIP/bob&PJSIP/silent,b(routine^s^1))",
    ],
)
def test_a_caller_who_goes_before_all_are_dialled_leaves_no_channel(dialled: str) -> None:
    conf = f"[in]\nexten => s,1,{dialled}\n[routine]\nexten => s,1,Wait(10)\n same => n,Return()\n"

    async def main() -> None:
        technologies = {"PJSIP": Slow("PJSIP", CONDUCTS | {"slow": "", "slowly-dialled": ""})}
        async with make_pbx(make_interpreter(conf), technologies=technologies) as pbx:
            caller = make_channel(pbx, context="in")
            pbx.start(caller)
            await asyncio.sleep(3)
            assert len(pbx.channels) > 1
            caller.hangup()
            await asyncio.sleep(10)
            assert pbx.channels == {}

    run_virtual(main())
