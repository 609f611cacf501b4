from pathlib import Path

import pytest

from switchroom.tools.phone.script import (
    PATIENCE,
    WORDS,
    Action,
    ExpectHangUp,
    HangUp,
    HearDigits,
    HearPrompts,
    HearSilence,
    HearTalking,
    Hold,
    Play,
    Resume,
    ScriptError,
    SendDigits,
    Transfer,
    Wait,
    parse_script,
)


@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("1234#", SendDigits("1234#")),
        ("*88", SendDigits("*88")),
        ("A1w2", SendDigits("A1w2")),
        ("wait:3", Wait(3.0)),
        ("wait:.5", Wait(0.5)),
        ("wait:0", Wait(0.0)),
        ("prompt", HearPrompts(1, PATIENCE)),
        ("prompt:2", HearPrompts(2, PATIENCE)),
        ("prompt<10", HearPrompts(1, 10.0)),
        ("prompt:3<2.5", HearPrompts(3, 2.5)),
        ("talking", HearTalking(PATIENCE)),
        ("talking<1", HearTalking(1.0)),
        ("silence:1.5", HearSilence(1.5, PATIENCE)),
        ("silence:2<60", HearSilence(2.0, 60.0)),
        ("expect:42#", HearDigits("42#", PATIENCE)),
        ("expect:1<5", HearDigits("1", 5.0)),
        ("play:a.wav", Play(Path("a.wav"))),
        ("play:a<b.wav", Play(Path("a<b.wav"))),
        ('"play:my file.wav"', Play(Path("my file.wav"))),
        ("play:'my file.wav'", Play(Path("my file.wav"))),
        ("hold", Hold()),
        ("resume", Resume()),
        ("transfer:500", Transfer("500", PATIENCE)),
        ("transfer:sip:bob@192.0.2.7<5", Transfer("sip:bob@192.0.2.7", 5.0)),
        ("hangup", HangUp()),
        ("expect-hangup", ExpectHangUp(PATIENCE)),
        ("expect-hangup<4", ExpectHangUp(4.0)),
    ],
)
def test_words(word: str, action: Action) -> None:
    assert [step.action for step in parse_script(word)] == [action]


def test_several_words_and_none() -> None:
    steps = parse_script("  wait:3 100\n wait:4\t1234# ")
    assert [step.word for step in steps] == ["wait:3", "100", "wait:4", "1234#"]
    assert parse_script("") == ()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("12x", "'12x': no such word"),
        ("promt", "'promt': no such word; did you mean prompt?"),
        ("wiat:3", "did you mean wait?"),
        ("zzz", "words are digits, wait, prompt"),
        ("Wait:3", "no such word"),
        ("wait", "'wait': it needs something behind a colon"),
        ("wait:", "it needs something behind a colon"),
        ("wait:soon", "expected seconds, not 'soon'"),
        ("wait:-1", "expected seconds"),
        ("wait:1e3", "expected seconds"),
        ("wait:86401", "expected seconds"),
        ("wait:3<5", "expected seconds, not '3<5'"),
        ("prompt:0", "expected how many prompts"),
        ("prompt:1.5", "expected how many prompts"),
        ("prompt<", "expected seconds, not ''"),
        ("prompt<x", "expected seconds, not 'x'"),
        ("silence", "it needs something"),
        ("silence:<3", "it needs something"),
        ("expect:1w2", "expected digits"),
        ("expect:hello", "expected digits"),
        ("hold<3", "it takes no limit"),
        ("hold:3", "it takes nothing behind a colon"),
        ("hangup:3", "it takes nothing behind a colon"),
        ("hangup 1", "'1': nothing can come after 'hangup'"),
        ("expect-hangup<3 wait:1", "nothing can come after 'expect-hangup<3'"),
        ("transfer:500 wait:1", "nothing can come after 'transfer:500'"),
        ("play:'x", "No closing quotation"),
    ],
)
def test_what_is_no_script(script: str, message: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_script(script)
    assert message in str(caught.value)


def test_every_word_is_documented() -> None:
    from switchroom.tools.phone.command import EPILOG

    page = (Path(__file__).parents[3] / "docs" / "phone.md").read_text()
    for word in WORDS:
        assert word in EPILOG
        assert f"`{word}" in page
