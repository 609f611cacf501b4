"""How a fax of ours and the party come to T.38."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from switchroom.media.passages import Passage
from switchroom.pbx.fax.meeting import Meeting
from switchroom.pbx.fax.t38 import FaxEnd
from switchroom.sdp.sections import Section
from tests.support.fakes import make_channel, make_pbx, run_virtual

SECTION = Section("image", 4010, "UDPTL", ("t38",), "192.0.2.1")


class FakeParty:
    """Answers after some time; fulfils T38Party."""

    is_allowed = True
    passage: Passage | None = None
    ends_here: FaxEnd | None = None

    def __init__(self, answer: Section | None, after: float) -> None:
        self.answer = answer
        self.after = after
        self.asked = self.lefts = 0

    async def ask(self, terms: list[str]) -> Section | None:
        assert "T38FaxVersion:0" in terms
        self.asked += 1
        await asyncio.sleep(self.after)
        return self.answer

    async def leave(self) -> None:
        self.lefts += 1


def meet(party: FakeParty, *, allows_audio: bool, stays: float) -> tuple[Section | None, float]:
    """Ask within five seconds; returns what was settled while it stayed, and when: -1 is never."""

    async def story() -> tuple[Section | None, float]:
        loop = asyncio.get_running_loop()
        async with make_pbx() as pbx:
            async with Meeting(make_channel(pbx), party) as meeting:
                assert party.ends_here is meeting
                meeting.ask(5.0, allows_audio=allows_audio)
                await asyncio.wait((meeting.settled,), timeout=stays)
                known_at = loop.time() if meeting.settled.done() else -1.0
            assert party.ends_here is None
            await asyncio.sleep(60)
            return meeting.settled.result() if known_at >= 0 else None, known_at

    return run_virtual(story())


@pytest.mark.parametrize(
    ("answer", "after", "allows_audio", "expected"),
    [
        (SECTION, 1.0, True, (SECTION, 4.0)),
        (SECTION, 9.0, True, (SECTION, 12.0)),
        (None, 1.0, True, (None, -1.0)),
        (SECTION, 1.0, False, (SECTION, 4.0)),
        (None, 1.0, False, (None, 4.0)),
        (SECTION, 9.0, False, (None, 8.0)),
    ],
)
def test_what_is_settled_and_when(
    answer: Section | None,
    after: float,
    allows_audio: bool,  # noqa: FBT001  # a column of the table
    expected: tuple[Section | None, float],
) -> None:
    party = FakeParty(answer, after)
    assert meet(party, allows_audio=allows_audio, stays=20) == expected


@pytest.mark.parametrize(
    ("stays", "allows_audio", "asked", "lefts"),
    [(1, True, 0, 1), (20, True, 1, 1), (6, True, 1, 2), (20, False, 1, 2)],
)
def test_the_party_goes_back_to_audio_whenever_it_agreed(
    stays: float,
    allows_audio: bool,  # noqa: FBT001  # a column of the table
    asked: int,
    lefts: int,
) -> None:
    party = FakeParty(SECTION, 9.0)
    meet(party, allows_audio=allows_audio, stays=stays)
    assert (party.asked, party.lefts) == (asked, lefts)


def test_the_party_may_ask_and_leave_as_often_as_it_likes() -> None:
    async def story() -> None:
        async with make_pbx() as pbx:
            party = FakeParty(None, 0.0)
            async with Meeting(make_channel(pbx), party) as meeting:
                doings: tuple[Callable[[], None], ...] = (
                    lambda: meeting.begin(SECTION), meeting.end,
                )  # fmt: skip
                for do in doings * 2:
                    do()
                assert meeting.settled.result() is SECTION
                assert meeting.left.done()

    run_virtual(story())
