"""How a fax of ours and the party come to T.38."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from switchroom.media.passages import Passage
from switchroom.pbx.fax.meeting import FaxRefusedError, Meeting
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
        self.lefts = 0

    async def ask(self, terms: list[str]) -> Section | None:
        assert "T38FaxVersion:0" in terms
        await asyncio.sleep(self.after)
        return self.answer

    async def leave(self) -> None:
        self.lefts += 1


def meet(party: FakeParty, *, allows_audio: bool = True, then: float = 0.0) -> tuple[bool, float]:
    """Ask within five seconds and stay; returns whether it was agreed then, and when one knew."""

    async def story() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        async with make_pbx() as pbx:
            async with Meeting(make_channel(pbx), party) as meeting:
                assert party.ends_here is meeting
                await meeting.ask(5.0, allows_audio=allows_audio)
                known_at = loop.time()
                await asyncio.sleep(then)
                agreed = meeting.agreed.done()
            assert party.ends_here is None
            await asyncio.sleep(60)
            return agreed, known_at

    return run_virtual(story())


@pytest.mark.parametrize(
    ("answer", "after", "expected"),
    [(SECTION, 1.0, (True, 1.0)), (None, 1.0, (False, 1.0)), (SECTION, 9.0, (False, 5.0))],
)
def test_an_answer_is_waited_for(
    answer: Section | None, after: float, expected: tuple[bool, float]
) -> None:
    assert meet(FakeParty(answer, after)) == expected


def test_an_answer_that_comes_later_still_counts() -> None:
    assert meet(FakeParty(SECTION, 9.0), then=10.0) == (True, 5.0)


@pytest.mark.parametrize(("answer", "after", "lefts"), [(SECTION, 9.0, 2), (None, 1.0, 1)])
def test_the_party_goes_back_to_audio_whenever_it_agreed(
    answer: Section | None, after: float, lefts: int
) -> None:
    party = FakeParty(answer, after)
    meet(party)
    assert party.lefts == lefts


@pytest.mark.parametrize("after", [1.0, 9.0])
def test_without_audio_there_is_no_fax(after: float) -> None:
    with pytest.raises(FaxRefusedError, match="option f"):
        meet(FakeParty(None, after), allows_audio=False)


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
                assert meeting.agreed.result() is SECTION
                assert meeting.left.done()

    run_virtual(story())
