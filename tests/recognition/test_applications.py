"""Speech recognition in the dialplan, on an engine that follows a script."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.recognition.engine import (
    Broken,
    Recognised,
    RecognitionEvent,
    Result,
    SpeechBegan,
    SpeechEnded,
)
from tests.recognition.fake_engine import YES, FakeRecognition, spoken
from tests.support.dialplan import Outcome, run_dialplan
from tests.support.fakes import FakeSounds, fake_stream

SOUNDS = {"question": 4.0, "more": 2.0, "thinking": 0.2}


def run(
    engine: FakeRecognition,
    *lines: str,
    keys: Mapping[float, str] = {},
    hangup_at: float | None = None,
) -> Outcome:
    """Run lines behind ``SpeechCreate()``; ``after`` says that they were all run."""
    numbered = [f" same => n,{line}" for line in (*lines, "Set(after=1)")]
    conf = "\n".join(["[default]", "exten => s,1,Answer()", " same => n,SpeechCreate()", *numbered])
    told: list[Channel] = []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        engine.install(pbx)
        told.append(channel)
        loop = asyncio.get_running_loop()
        for at, key in keys.items():
            loop.call_later(at, channel.on_digit, key)
        if hangup_at is not None:
            loop.call_later(hangup_at, channel.hangup)

    sounds = FakeSounds(SOUNDS)
    sounds.missing.add("missing")
    outcome = run_dialplan(conf, prepare=prepare, sounds=sounds)
    [channel] = told
    played = [] if channel.opened_stream is None else fake_stream(channel).played
    outcome.variables["played"] = " ".join(played)
    return outcome


TOLD = (
    "Set(said=${SPEECH(status)} ${SPEECH(spoke)} ${SPEECH(results)} "
    "${SPEECH_TEXT(0)} ${SPEECH_SCORE(0)} ${SPEECH_GRAMMAR(0)})"
)


@pytest.mark.parametrize(
    ("at", "played", "seconds"),
    [
        (1.0, "question", 2.5),  # the rest of it, and the next sound, are not heard
        (5.0, "question more", 6.5),
        (7.0, "question more", 8.5),  # behind the sounds
    ],
)
def test_who_speaks_ends_the_sounds(at: float, played: str, seconds: float) -> None:
    engine = FakeRecognition(spoken(at))
    outcome = run(engine, "SpeechBackground(question&more,10)", TOLD)
    assert outcome["said"] == "1 1 1 yes 870 answers"
    assert outcome["played"] == played
    assert outcome.seconds == pytest.approx(seconds)
    assert engine.made[0].log == ["start", "stop", "close"]


def test_nobody_speaks() -> None:
    outcome = run(FakeRecognition(), "SpeechBackground(question,3)", TOLD)
    assert outcome["said"].split() == ["1", "0", "0"]
    assert outcome["after"] == "1"
    assert outcome.seconds == pytest.approx(7.0), "the time runs from the end of the sound on"


def test_speech_that_nothing_came_of() -> None:
    engine = FakeRecognition({1.0: SpeechBegan(), 5.0: SpeechEnded(), 6.0: Recognised(())})
    outcome = run(engine, "SpeechBackground(question,3)", TOLD)
    assert outcome["said"].split() == ["1", "1", "0"]
    assert outcome.seconds == pytest.approx(6.0)


def test_time_does_not_run_while_somebody_speaks() -> None:
    engine = FakeRecognition({5.0: SpeechBegan(), 35.0: SpeechEnded()})
    outcome = run(engine, "SpeechBackground(question,3)", TOLD)
    assert outcome.seconds == pytest.approx(38.0), "and again from when it stopped on"
    assert outcome["said"].split() == ["1", "1", "0"]


def test_without_a_timeout_it_waits_for_results() -> None:
    outcome = run(FakeRecognition(spoken(500.0)), "SpeechBackground(question)", TOLD)
    assert outcome.seconds == pytest.approx(501.5)


@pytest.mark.parametrize("options", ["", "p"])
def test_partial_results(options: str) -> None:
    engine = FakeRecognition({1.0: SpeechBegan(), 2.0: SpeechEnded()}, partial=[Result("ye", 20)])
    outcome = run(engine, f"SpeechBackground(question,3,{options})", TOLD)
    assert outcome["said"].split() == ["1", "1", *(["1", "ye", "20"] if options else ["0"])]


def test_the_processing_sound_repeats_until_there_are_results() -> None:
    engine = FakeRecognition(spoken(1.0))
    outcome = run(
        engine, "SpeechProcessingSound(thinking)", "SpeechBackground(question,9)", TOLD
    )  # fmt: skip
    assert outcome["played"] == "question thinking thinking thinking"
    assert outcome.seconds == pytest.approx(2.5), "the last one was stopped"


@pytest.mark.parametrize("sound", ["none", "", "missing"])
def test_no_processing_sound(sound: str) -> None:
    outcome = run(
        FakeRecognition(spoken(1.0)),
        f"SpeechProcessingSound({sound})",
        "SpeechBackground(question,9)",
        TOLD,
    )
    assert outcome["played"] == "question"
    assert outcome.seconds == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("before", "keys", "text", "seconds"),
    [
        ("", {1.0: "1", 2.0: "2", 3.0: "#"}, "12", 3.0),
        ("", {1.0: "1", 2.0: "2"}, "12", 7.0),  # the digit timeout behind the last one
        ("Set(SPEECH_DTMF_MAXLEN=2)", {1.0: "1", 2.0: "2"}, "12", 2.0),
        ("Set(SPEECH_DTMF_TERMINATOR=*)", {1.0: "#", 2.0: "*"}, "#", 2.0),
        ("Set(SPEECH_DTMF_TERMINATOR=)", {1.0: "#", 2.0: "*"}, "#*", 7.0),
    ],
)
def test_keys_are_results(
    before: str, keys: Mapping[float, str], text: str, seconds: float
) -> None:
    lines = [before] if before else []
    engine = FakeRecognition()
    outcome = run(engine, *lines, "SpeechBackground(question,30)", TOLD, keys=keys)
    assert outcome["said"] == f"1 0 1 {text} 1000 dtmf"
    assert outcome.seconds == pytest.approx(seconds)


def test_a_terminator_alone_is_no_result() -> None:
    outcome = run(FakeRecognition(), "SpeechBackground(question,30)", TOLD, keys={1.0: "#"})
    assert outcome["said"].split() == ["1", "0", "0"]
    assert outcome.seconds == pytest.approx(1.0)


def test_keys_are_the_dialplans_again_behind_it() -> None:
    engine = FakeRecognition(spoken(1.0))
    outcome = run(engine, "SpeechBackground(question,30)", "Read(got,,1)", keys={9.0: "4"})
    assert outcome["got"] == "4"


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        (0.5, 2.5),  # then he begins to speak,
        (1.5, 2.5),  # he speaks,
        (2.2, 2.5),  # he has spoken,
        (9.0, 9.0),  # and it is all over
    ],
)
def test_a_start_before_the_question(wait: float, seconds: float) -> None:
    engine = FakeRecognition(spoken(1.0))
    outcome = run(engine, "SpeechStart()", f"Wait({wait})", "SpeechBackground(question,9)", TOLD)
    assert engine.made[0].log == ["start", "stop", "close"]
    assert outcome["said"] == "1 1 1 yes 870 answers"
    assert outcome.seconds == pytest.approx(seconds)


def test_nothing_comes_of_what_was_said_before_the_question() -> None:
    engine = FakeRecognition({1.0: SpeechBegan(), 2.0: SpeechEnded()})
    outcome = run(engine, "SpeechStart()", "Wait(5)", "SpeechBackground(question,3)", TOLD)
    assert outcome.seconds == pytest.approx(8.0), "time runs: nobody speaks"
    assert outcome["played"] == ""


def test_an_engine_that_breaks_before_the_question() -> None:
    engine = FakeRecognition({1.0: Broken("gone")})
    outcome = run(engine, "SpeechStart()", "Wait(5)", "TryExec(SpeechBackground(question,3))")
    assert outcome["TRYSTATUS"] == "FAILED"


def test_each_question_listens_anew() -> None:
    engine = FakeRecognition(spoken(1.0), spoken(1.0, Result("no", 3)))
    outcome = run(
        engine,
        "SpeechBackground(question,9)",
        "Set(first=${SPEECH_TEXT(0)})",
        "SpeechBackground(question,9)",
        "Set(second=${SPEECH_TEXT(0)})",
    )
    assert (outcome["first"], outcome["second"]) == ("yes", "no")
    assert engine.made[0].log == ["start", "stop", "start", "stop", "close"]


def test_alternatives() -> None:
    found = (YES, Result("yeah", 300, "answers", 1), Result("no", 10, "refusals", 1))
    outcome = run(
        FakeRecognition(spoken(1.0, *found)),
        "Set(SPEECH_RESULTS_TYPE()=nbest)",
        "SpeechBackground(question,9)",
        "Set(all=${SPEECH(results)} ${SPEECH_TEXT(0/0)} ${SPEECH_TEXT(1/0)} ${SPEECH_TEXT(1/1)})",
        "Set(more=${SPEECH_SCORE(1/1)} ${SPEECH_GRAMMAR(1/1)} [${SPEECH_TEXT(1)}])",
    )
    assert outcome["all"] == "3 yes yeah no"
    assert outcome["more"] == "10 refusals []"


def test_grammars_and_settings_reach_the_engine() -> None:
    engine = FakeRecognition()
    outcome = run(
        engine,
        "SpeechLoadGrammar(menu,/tmp/menu.gram)",
        "SpeechActivateGrammar(menu)",
        "SpeechDeactivateGrammar(menu)",
        "SpeechUnloadGrammar(menu)",
        "Set(SPEECH_ENGINE(colour)=blue)",
        "Set(colour=${SPEECH_ENGINE(colour)}${SPEECH_ENGINE(taste)})",
        "SpeechDestroy()",
        "Set(left=${SPEECH(status)})",
    )
    assert engine.made[0].log == [
        "load menu /tmp/menu.gram", "activate menu", "deactivate menu", "unload menu", "close",
    ]  # fmt: skip
    assert (outcome["colour"], outcome["left"]) == ("blue", "0")


@pytest.mark.parametrize(
    "line",
    [
        "SpeechActivateGrammar(unknown)", "SpeechDeactivateGrammar(unknown)",
        "SpeechUnloadGrammar(unknown)",
    ],
)  # fmt: skip
def test_what_fails_ends_the_call(line: str) -> None:
    outcome = run(FakeRecognition(), line)
    assert outcome["after"] == ""
    assert outcome.cause is HangupCause.NORMAL_CLEARING
    kept = run(FakeRecognition(), f"TryExec({line})")
    assert (kept["after"], kept["TRYSTATUS"]) == ("1", "FAILED")


@pytest.mark.parametrize(
    "line",
    ["SpeechStart()", "SpeechDestroy()", "SpeechBackground(question)", "SpeechProcessingSound(x)"],
)
def test_nothing_goes_without_an_engine(line: str) -> None:
    outcome = run_dialplan(f"[default]\nexten => s,1,{line}\n same => n,Set(after=1)\n")
    assert outcome["after"] == ""


def test_an_engine_that_is_not_there() -> None:
    conf = (
        "[default]\nexten => s,1,SpeechCreate(nobody)\n same => n,Set(e=${ERROR} ${SPEECH(status)})"
    )
    assert run_dialplan(conf)["e"] == "1 0"


def test_an_engine_that_breaks() -> None:
    broken: Mapping[float, RecognitionEvent] = {2.0: Broken("gone")}
    outcome = run(FakeRecognition(broken), "SpeechBackground(question,9)")
    assert outcome["after"] == ""
    assert outcome.seconds == pytest.approx(2.0)
    kept = run(FakeRecognition(broken), "TryExec(SpeechBackground(question,9))")
    assert kept["TRYSTATUS"] == "FAILED"


def test_a_hangup_lets_the_engine_go() -> None:
    engine = FakeRecognition(spoken(9.0))
    run(engine, "SpeechBackground(question,9)", hangup_at=1.0)
    assert engine.made[0].log == ["start", "stop", "close"]


@pytest.mark.parametrize(("options", "answers_first"), [("", 1), ("n", 0)])
def test_it_answers(options: str, answers_first: int) -> None:
    engine, answers = FakeRecognition(spoken(1.0)), []

    def prepare(pbx: Pbx, channel: Channel) -> None:
        engine.install(pbx)
        answers.append(channel.driver)

    conf = (
        "[default]\nexten => s,1,SpeechCreate(FAKE)\n"
        f" same => n,SpeechBackground(question,9,{options})\n"
    )
    run_dialplan(conf, prepare=prepare)
    assert answers[0].told.count("answer") == answers_first  # type: ignore[attr-defined]  # a fake
