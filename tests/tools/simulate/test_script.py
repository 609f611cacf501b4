import pytest

from switchroom.pbx.hangup_cause import HangupCause
from switchroom.tools.simulate.moment import parse_moment
from switchroom.tools.simulate.outcome import Outcome, OutcomeKind, Outcomes, parse_outcome
from switchroom.tools.simulate.script import (
    Hear,
    Key,
    Pause,
    Say,
    ScriptError,
    Step,
    Talk,
    parse_script,
    wildcard,
)

CHRISTMAS_EVE = parse_moment("2026-12-24 12:00")  # a Thursday


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("w3 10", (Pause(3.0), Key("1"), Key("0"))),
        ("wait:0.5 w1.5", (Pause(0.5), Pause(1.5))),
        ("1wW#a*", (Key("1"), Pause(0.5), Pause(1.0), Key("#"), Key("A"), Key("*"))),
        ("w ww", (Pause(0.5), Pause(0.5), Pause(0.5))),
        ("hear:vm-* talk:2", (Hear("vm-*"), Talk(2.0))),
        ("say:two_three say:?", (Say("two three"), Say("?"))),
    ],
)
def test_scripts(text: str, steps: tuple[Step, ...]) -> None:
    assert parse_script(text) == steps


@pytest.mark.parametrize(
    "text", ["12e", "hear:", "talk:", "talk:-1", "talk:inf", "wait:x", "hang", "say:", "say:_"]
)
def test_scripts_that_make_no_sense(text: str) -> None:
    with pytest.raises(ScriptError):
        parse_script(text)


@pytest.mark.parametrize(
    ("text", "kind", "ring", "talk", "cause"),
    [
        ("answer", OutcomeKind.ANSWER, 2.0, None, 0),
        ("ring:1, answer:3", OutcomeKind.ANSWER, 1.0, 3.0, 0),
        ("Busy", OutcomeKind.BUSY, 0.0, None, 17),
        ("noanswer", OutcomeKind.NOANSWER, float("inf"), None, 19),
        ("cause:21", OutcomeKind.REFUSAL, 0.0, None, 21),
    ],
)
def test_outcomes(
    text: str, kind: OutcomeKind, ring: float, talk: float | None, cause: int
) -> None:
    outcome = parse_outcome(text)
    assert (outcome.kind, outcome.rings_for, outcome.talk) == (kind, ring, talk)
    assert outcome.cause is HangupCause(cause)


def next_text(outcomes: Outcomes, resource: str) -> str | None:
    found: Outcome | None = outcomes.next(resource)
    return found.text if found is not None else None


def test_which_outcome_counts() -> None:
    outcomes = Outcomes()
    outcomes.script("*", "congestion")
    outcomes.script("PJSIP/*", "busy; answer")
    outcomes.script("PJSIP/bob", "noanswer")
    assert next_text(outcomes, "pjsip/BOB") == "noanswer"
    assert next_text(outcomes, "PJSIP/alice") == "congestion", "patterns go in their order"
    outcomes = Outcomes()
    outcomes.script("PJSIP/*", "busy; answer")
    assert [next_text(outcomes, f"PJSIP/{n}") for n in "123"] == ["busy", "answer", "answer"]
    assert next_text(outcomes, "DAHDI/1") is None
    assert outcomes.names("PJSIP/x")
    assert not outcomes.names("Local/x")


def test_wildcards() -> None:
    assert wildcard("vm-*")("VM-goodbye")
    assert wildcard("a.b")("a.b")
    assert not wildcard("a.b")("axb")
    assert not wildcard("vm-")("vm-goodbye")


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("17:55", "2026-12-24 17:55"),
        ("7:05", "2026-12-24 07:05"),
        ("thu 11:00", "2026-12-24 11:00"),
        ("Friday 17:55", "2026-12-25 17:55"),
        ("wed 00:00", "2026-12-30 00:00"),
        ("2026-12-24", "2026-12-24 00:00"),
    ],
)
def test_moments(text: str, same_as: str) -> None:
    assert parse_moment(text, now=CHRISTMAS_EVE) == parse_moment(same_as)


@pytest.mark.parametrize("text", ["", "noon", "25:00", "someday 10:00", "2026-13-01"])
def test_moments_that_are_none(text: str) -> None:
    with pytest.raises(ScriptError, match="is no time"):
        parse_moment(text, now=CHRISTMAS_EVE)
