"""Lines in and out."""

from hypothesis import given
from hypothesis import strategies as st

from switchroom.agi.registry import collect_agi_commands, find_command
from switchroom.agi.wire import Answer, facts_text
from switchroom.apps.agi import MAX_WORDS
from switchroom.base.words import split_words

NAMES = """
    answer/asyncagi break/channel status/control stream file/database del/database deltree/database get
    database put/exec/get data/get full variable/get option/get variable/gosub/hangup/noop/receive char
    receive text/record file/say alpha/say date/say datetime/say digits/say number/say phonetic/say time
    send image/send text/set autohangup/set callerid/set context/set extension/set music/set priority
    set variable/speech activate grammar/speech create/speech deactivate grammar/speech destroy
    speech load grammar/speech recognize/speech set/speech unload grammar/stream file/tdd mode/testnoop
    verbose/wait for digit
"""
DEAD = """
    asyncagi break/database del/database deltree/database get/database put/exec/get full variable
    get variable/noop/set variable/speech destroy/speech unload grammar/verbose
"""


def names(text: str) -> set[str]:
    return {name.strip() for line in text.strip().splitlines() for name in line.split("/")}


def test_all_commands_of_the_original() -> None:
    commands = collect_agi_commands().values()
    assert {each.name for each in commands} == names(NAMES)
    assert {each.name for each in commands if each.runs_when_dead} == names(DEAD)
    assert all(each.usage.partition("\n\t")[2] for each in commands)


@given(st.text())
def test_any_line_is_looked_up(line: str) -> None:
    find_command(split_words(line, MAX_WORDS))


def test_answers() -> None:
    assert str(Answer(0)) == "200 result=0"
    assert str(Answer(1, "")) == "200 result=1 ()"
    assert str(Answer(49, "dtmf", 800)) == "200 result=49 (dtmf) endpos=800"


def test_facts_are_a_line_each() -> None:
    assert facts_text({"a": "x\ny\r", "b": ""}) == "agi_a: x y \nagi_b: \n\n"
