"""The book of call records: what happens goes in as a script, records come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.records.cdr import Facts, RecordBook, RecordRules
from switchroom.storage.call_record import CallRecord, Disposition, billed_seconds

Row = tuple[str, str, str, float, float | None, float | None]


class Script:
    """A book, what its channels say of themselves, and the records that came out."""

    def __init__(self, rules: RecordRules | None = None) -> None:
        self.facts: dict[str, Facts] = {}
        self.book = RecordBook(rules or RecordRules(), self.facts.__getitem__)
        self.records: list[CallRecord] = []

    def create(self, now: float, *names: str) -> None:
        for name in names:
            self.facts[name] = Facts(extension="s", context="in", application="NoOp")
            self.book.created(name, now=now)

    def change(self, name: str, **facts: object) -> None:
        self.facts[name] = replace(self.facts[name], **facts)  # type: ignore[arg-type]  # of a test

    def hang_up(self, now: float, *names: str, cause: int = 16) -> None:
        for name in names:
            self.change(name, cause=HangupCause(cause))
            self.book.left(name, now=now)
            self.book.dialplan_ended(name, now=now)
            self.records += self.book.hung_up(name, now=now)

    def talk(self, now: float, caller: str, called: str, bridge: str = "1") -> None:
        """``called`` answers ``caller``'s dial, and both talk."""
        self.book.answered(called, now=now)
        self.book.dial_ended(caller, called, "ANSWER", now=now)
        self.book.answered(caller, now=now)
        self.book.entered(caller, bridge, now=now)
        self.book.entered(called, bridge, now=now)

    @property
    def rows(self) -> list[Row]:
        return [
            (
                each.channel,
                each.dstchannel,
                str(each.disposition),
                each.start,
                each.answer,
                each.end,
            )
            for each in self.records
        ]


def dialled(script: Script) -> None:
    script.create(0, "A", "B")
    script.book.dial_began("A", "B", now=1)
    script.talk(5, "A", "B")
    script.hang_up(30, "B", "A")


def forked(script: Script) -> None:
    script.create(0, "A", "B", "C")
    script.book.dial_began("A", "B", now=1)
    script.book.dial_began("A", "C", now=1)
    script.book.dial_ended("A", "B", "CANCEL", now=5)
    script.hang_up(5, "B")
    script.talk(5, "A", "C")
    script.hang_up(30, "A", "C")


def failed_over(script: Script) -> None:
    script.create(0, "A", "B", "C")
    script.book.dial_began("A", "B", now=1)
    script.book.dial_ended("A", "B", "BUSY", now=2)
    script.hang_up(2, "B")
    script.book.dial_began("A", "C", now=3)
    script.talk(5, "A", "C")
    script.hang_up(30, "C", "A")


def went_on_after_the_call(script: Script) -> None:
    script.create(0, "A", "B")
    script.book.dial_began("A", "B", now=1)
    script.talk(5, "A", "B")
    script.hang_up(20, "B")
    script.book.executing("A", now=20)
    script.hang_up(22, "A")


def went_to_voicemail(script: Script) -> None:
    script.create(0, "A", "B")
    script.book.answered("A", now=0)
    script.book.dial_began("A", "B", now=1)
    script.book.dial_ended("A", "B", "NOANSWER", now=20)
    script.hang_up(20, "B")
    script.book.executing("A", now=20)
    script.hang_up(35, "A")


def blind_transfer(script: Script) -> None:
    """The caller transfers the called party, who dials somebody else."""
    script.create(0, "A", "B")
    script.book.dial_began("A", "B", now=1)
    script.talk(5, "A", "B")
    script.book.left("B", now=20)
    script.book.executing("B", now=20)
    script.hang_up(20, "A")
    script.create(20, "C")
    script.book.dial_began("B", "C", now=20)
    script.talk(25, "B", "C", bridge="2")
    script.hang_up(40, "C", "B")


def attended_transfer(script: Script) -> None:
    """B, called by A, asks C and then leaves the two alone."""
    script.create(0, "A", "B")
    script.book.dial_began("A", "B", now=1)
    script.talk(5, "A", "B")
    script.create(10, "C")
    script.book.left("B", now=10)
    script.book.executing("B", now=10)
    script.book.dial_began("B", "C", now=10)
    script.talk(15, "B", "C", bridge="2")
    script.book.left("B", now=20)
    script.book.left("A", now=20)
    script.book.entered("A", "2", now=20)
    script.hang_up(20, "B")
    script.hang_up(30, "A", "C")


def two_callers_bridged(script: Script) -> None:
    script.create(0, "A", "B")
    script.book.answered("A", now=1)
    script.book.answered("B", now=2)
    script.book.entered("B", "1", now=5)
    script.book.entered("A", "1", now=6)
    script.hang_up(10, "A", "B")


def parked_and_fetched(script: Script) -> None:
    """A call is parked, and picked up from the lot by a third one."""
    script.create(0, "A", "B")
    script.book.dial_began("A", "B", now=1)
    script.talk(5, "A", "B")
    script.book.left("A", now=10)
    script.hang_up(10, "B")
    script.book.executing("A", now=10)
    script.book.entered("A", "lot", now=10)
    script.create(20, "C")
    script.book.answered("C", now=20)
    script.book.left("A", now=20)
    script.book.entered("C", "2", now=20)
    script.book.entered("A", "2", now=20)
    script.hang_up(30, "C", "A")


ANSWERED, BUSY, NO_ANSWER, FAILED = "ANSWERED", "BUSY", "NO ANSWER", "FAILED"

CASES: list[tuple[Callable[[Script], None], list[Row]]] = [
    (dialled, [("A", "B", ANSWERED, 0, 5, 30)]),
    (forked, [("A", "B", NO_ANSWER, 0, None, 5), ("A", "C", ANSWERED, 1, 5, 30)]),
    (failed_over, [("A", "B", BUSY, 0, None, 2), ("A", "C", ANSWERED, 3, 5, 30)]),
    (went_on_after_the_call, [("A", "B", ANSWERED, 0, 5, 20), ("A", "", ANSWERED, 20, 20, 22)]),
    (went_to_voicemail, [("A", "B", NO_ANSWER, 0, 0, 20), ("A", "", ANSWERED, 20, 20, 35)]),
    (blind_transfer, [("A", "B", ANSWERED, 0, 5, 20), ("B", "C", ANSWERED, 20, 20, 40)]),
    (
        attended_transfer,
        [
            ("B", "C", ANSWERED, 10, 10, 20),
            ("A", "B", ANSWERED, 0, 5, 10),
            ("A", "C", ANSWERED, 20, 20, 30),
        ],
    ),
    (two_callers_bridged, [("A", "B", ANSWERED, 0, 1, 10), ("B", "", ANSWERED, 0, 2, 10)]),
    (
        parked_and_fetched,
        [
            ("C", "", ANSWERED, 20, 20, 30),
            ("A", "B", ANSWERED, 0, 5, 10),
            ("A", "C", ANSWERED, 10, 10, 30),
        ],
    ),
]


@pytest.mark.parametrize(("play", "rows"), CASES, ids=[case[0].__name__ for case in CASES])
def test_records(play: Callable[[Script], None], rows: list[Row]) -> None:
    script = Script()
    play(script)
    assert script.rows == rows


@pytest.mark.parametrize(
    ("status", "rules", "disposition"),
    [
        ("BUSY", RecordRules(), Disposition.BUSY),
        ("CONGESTION", RecordRules(), Disposition.FAILED),
        ("CONGESTION", RecordRules(tells_congestion=True), Disposition.CONGESTION),
        ("NOANSWER", RecordRules(), Disposition.NO_ANSWER),
        ("CANCEL", RecordRules(), Disposition.NO_ANSWER),
        ("CANCEL", RecordRules(tells_cancel=True), Disposition.CANCEL),
        ("CHANUNAVAIL", RecordRules(), Disposition.FAILED),
        ("CONTINUE", RecordRules(), Disposition.FAILED),
        ("ANSWER", RecordRules(), Disposition.ANSWERED),
    ],
)
def test_the_end_of_a_dial_decides(
    status: str, rules: RecordRules, disposition: Disposition
) -> None:
    script = Script(rules)
    script.create(0, "A", "B")
    script.book.dial_began("A", "B", now=0)
    script.book.dial_ended("A", "B", status, now=3)
    script.hang_up(4, "A", "B")
    assert [each.disposition for each in script.records] == [disposition]


@pytest.mark.parametrize(
    ("cause", "disposition"),
    [(16, NO_ANSWER), (19, NO_ANSWER), (17, BUSY), (34, FAILED), (0, FAILED)],
)
def test_an_unanswered_channel_alone(cause: int, disposition: str) -> None:
    quiet, telling = Script(), Script(RecordRules(keeps_unanswered=True))
    for script in (quiet, telling):
        script.create(0, "A")
        script.hang_up(4, "A", cause=cause)
    assert quiet.rows == []
    assert telling.rows == [("A", "", disposition, 0, None, 4)]


def test_a_disabled_channel_has_no_record() -> None:
    script = Script()
    script.create(0, "A")
    script.book.answered("A", now=0)
    script.change("A", is_disabled=True)
    script.hang_up(4, "A")
    assert script.rows == []


@pytest.mark.parametrize(("said", "count"), [(None, 0), (False, 1)])
def test_where_channels_have_none_by_default(*, said: bool | None, count: int) -> None:
    script = Script(RecordRules(records_by_default=False))
    script.create(0, "A")
    script.book.answered("A", now=0)
    script.change("A", is_disabled=said)
    script.hang_up(4, "A")
    assert len(script.rows) == count


def test_party_a_by_property() -> None:
    script = Script()
    script.create(0, "A", "B")
    script.change("B", is_party_a=True)
    for name in ("A", "B"):
        script.book.answered(name, now=1)
        script.book.entered(name, "1", now=1)
    script.hang_up(9, "A", "B")
    assert script.rows == [("A", "", ANSWERED, 0, 1, 9), ("B", "A", ANSWERED, 0, 1, 9)]


def test_h_finds_the_record_closed() -> None:
    closing, open_in_h = Script(), Script(RecordRules(ends_before_h=False))
    for script in (closing, open_in_h):
        script.create(0, "A")
        script.book.answered("A", now=1)
        script.book.dialplan_ended("A", now=5)
        script.change("A", extension="h", application="System")
        script.book.executing("A", now=5)
        script.records += script.book.hung_up("A", now=8)
    (closed,), (late,) = closing.records, open_in_h.records
    assert (closed.end, late.end) == (5, 8)
    assert (closed.dst, closed.lastapp) == (late.dst, late.lastapp) == ("s", "NoOp")


def test_what_the_caller_does_after_a_dial_does_not_change_its_record() -> None:
    script = Script()
    script.create(0, "A", "B")
    script.change("A", application="Dial", data="SIP/b")
    script.book.dial_began("A", "B", now=0)
    script.book.dial_ended("A", "B", "BUSY", now=2)
    script.change("A", extension="busy", application="Playback", data="sorry", user_field="late")
    script.hang_up(4, "A", "B")
    (record,) = script.records
    assert (record.dst, record.lastapp, record.lastdata) == ("s", "Dial", "SIP/b")
    assert record.userfield == "late"


def test_a_called_party_that_goes_on_is_called_what_was_dialled() -> None:
    script = Script()
    script.create(0, "A", "B")
    script.change("A", extension="200", src="100")
    script.change("B", src="100")
    script.book.dial_began("A", "B", now=0)
    script.talk(1, "A", "B")
    script.hang_up(5, "A")
    script.book.left("B", now=5)
    script.book.executing("B", now=5)
    script.hang_up(7, "B")
    assert script.rows[-1] == ("B", "", ANSWERED, 5, 5, 7)
    assert (script.records[-1].src, script.records[-1].clid) == ("200", '"" <200>')


@pytest.mark.parametrize(
    ("closes", "resets", "answers_now", "rows"),
    [
        (False, False, False, [(0, 1, 9), (0, 1, 9)]),
        (True, False, False, [(0, 1, 4), (0, 1, 9)]),
        (False, True, False, [(0, 1, 9), (4, 4, 9)]),
        (False, False, True, [(0, 1, 9), (0, 4, 9)]),
    ],
)
def test_fork(
    *, closes: bool, resets: bool, answers_now: bool, rows: list[tuple[float, float, float]]
) -> None:
    script = Script()
    script.create(0, "A")
    script.book.answered("A", now=1)
    script.book.fork("A", now=4, closes=closes, resets=resets, answers_now=answers_now)
    script.hang_up(9, "A")
    assert [row[3:] for row in script.rows] == rows


@pytest.mark.parametrize(("closes", "first"), [(True, "before"), (False, "after")])
def test_what_is_set_after_a_fork(*, closes: bool, first: str) -> None:
    script = Script()
    script.create(0, "A")
    script.book.answered("A", now=0)
    script.change("A", user_field="before", variables={"team": "before"})
    script.book.fork("A", now=1, closes=closes, resets=False, answers_now=False)
    script.change("A", user_field="after", variables={"team": "after"})
    script.hang_up(9, "A")
    assert [(each.userfield, each.variables["team"]) for each in script.records] == [
        (first, first), ("after", "after"),
    ]  # fmt: skip


def test_reset() -> None:
    script = Script()
    script.create(0, "A")
    script.book.answered("A", now=1)
    script.book.reset("A", now=4)
    script.hang_up(9, "A")
    assert script.rows == [("A", "", ANSWERED, 4, 4, 9)]


def test_the_newest_record_can_be_looked_at() -> None:
    script = Script()
    script.create(0, "A")
    script.book.answered("A", now=1)
    record = script.book.newest("A")
    assert record is not None
    assert (record.disposition, record.end) == (Disposition.NO_ANSWER, None)
    assert (record.duration(4), record.talked(4)) == (4, 3)
    assert [each.channel for each in script.book.open_records()] == ["A"]
    assert script.book.newest("gone") is None


def test_seconds_that_are_billed() -> None:
    assert billed_seconds(2.3, initiated=False) == 2
    assert billed_seconds(2.3, initiated=True) == 3
    assert billed_seconds(2.0, initiated=True) == 2


def test_channels_that_were_there_before_the_book_are_left_alone() -> None:
    book = RecordBook(RecordRules(), lambda name: Facts())
    book.answered("A", now=1)
    book.executing("A", now=1)
    book.dial_began("A", "B", now=1)
    book.dial_ended("A", "B", "ANSWER", now=1)
    book.entered("A", "1", now=1)
    book.left("A", now=1)
    book.dialplan_ended("A", now=1)
    assert book.hung_up("A", now=1) == []
