"""What each command does and answers."""

import pytest

from switchroom.pbx.channel import Channel
from tests.agi.support import drive
from tests.support.fakes import fake_stream

SOUNDS = {"hello": 2.0, "beep": 0.2}


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["ANSWER"], "200 result=0"),
        (["channel status"], "200 result=6"),
        (["channel status Nobody/x"], "200 result=-1"),
        (["HANGUP Nobody/x"], "200 result=-1"),
        (["NOOP whatever it is"], "200 result=0"),
        (["VERBOSE hello 1"], "200 result=1"),
        (["TDD MODE on"], "200 result=0"),
        (["SPEECH CREATE x"], "200 result=0"),
        (["nothing of this kind"], "510 Invalid or unknown command"),
        ([""], "510 Invalid or unknown command"),
        (["SET VARIABLE a 1", "GET VARIABLE a"], "200 result=1 (1)"),
        (["GET VARIABLE nothing"], "200 result=0"),
        (['SET VARIABLE a ""', "GET VARIABLE a"], "200 result=1 ()"),
        (["SET VARIABLE CALLERID(name) Bob", "GET VARIABLE CALLERID(name)"], "200 result=1 (Bob)"),
        (['GET FULL VARIABLE "${LEN(abc)}-${CHANNEL(state)}"'], "200 result=1 (3-Up)"),
        (["GET FULL VARIABLE ${EXTEN} Nobody/x"], "200 result=0"),
        (["GET VARIABLE EXTEN"], "200 result=1 (1)"),
        (["DATABASE PUT f k v", "DATABASE GET f k"], "200 result=1 (v)"),
        (["DATABASE PUT f k v"], "200 result=1"),
        (["DATABASE GET f k"], "200 result=0"),
        (["DATABASE DEL f k"], "200 result=0"),
        (["DATABASE PUT f k v", "DATABASE DEL f k"], "200 result=1"),
        (["DATABASE PUT f k v", "DATABASE DELTREE f"], "200 result=1"),
        (["DATABASE DELTREE f"], "200 result=0"),
        (["SET CALLERID 4711", "GET VARIABLE CALLERID(num)"], "200 result=1 (4711)"),
        (['SET CALLERID "Bob <4711>"', "GET VARIABLE CALLERID(all)"], '200 result=1 ("Bob" <4711>)'),
        (["EXEC Set a=5", "GET VARIABLE a"], "200 result=1 (5)"),
        (["EXEC Set a=5"], "200 result=0"),
        (["EXEC NoSuchThing x"], "200 result=-2"),
        (["SAY NUMBER x 0"], "200 result=-1"),
        (["SAY DATETIME x 0"], "200 result=-1"),
        (['SAY DATETIME 0 "" ABdY Nowhere/Nothing'], "200 result=-1"),
        (["SEND IMAGE x"], "200 result=0"),
        (["SET AUTOHANGUP 0"], "200 result=0"),
        (["SET MUSIC off"], "200 result=0"),
        (["STREAM FILE missing 0"], "200 result=-1 endpos=0"),
        (["STREAM FILE hello 0"], "200 result=0 endpos=16000"),
        (["STREAM FILE hello 0 8000"], "200 result=0 endpos=16000"),
        (['WAIT FOR DIGIT 3000'], "200 result=0"),
        (["GET DATA hello 1000 3"], "200 result= (timeout)"),
        (["GET OPTION hello 12 1000"], "200 result=0 endpos=16000"),
        (["RECEIVE CHAR 10"], "200 result=0 (timeout)"),
    ],
)  # fmt: skip
def test_answers(lines: list[str], last: str) -> None:
    assert drive(*lines, durations=SOUNDS).answers[-1] == last


@pytest.mark.parametrize(
    ("line", "keys", "answer"),
    [
        ("WAIT FOR DIGIT 3000", {1.0: "7"}, "200 result=55"),
        ("WAIT FOR DIGIT -1", {100.0: "*"}, "200 result=42"),
        ("STREAM FILE hello 12", {0.5: "3", 1.0: "2"}, "200 result=50 endpos=8000"),
        ("GET OPTION hello 12", {0.5: "1"}, "200 result=49 endpos=4000"),
        ("GET OPTION hello 12 2000", {2.5: "3", 3.0: "2"}, "200 result=50 endpos=16000"),
        ("GET DATA hello 2000 4", {1.0: "1", 1.5: "2", 2.0: "#"}, "200 result=12"),
        ("GET DATA hello 2000 2", {1.0: "1", 1.5: "2"}, "200 result=12"),
        ("GET DATA hello 2000", {1.0: "1"}, "200 result=1 (timeout)"),
        ("CONTROL STREAM FILE hello 1", {0.5: "1"}, "200 result=49 endpos=4000"),
        ("CONTROL STREAM FILE hello 1 1000 # *", {0.5: "#"}, "200 result=0 endpos=16000"),
        ("SAY DIGITS 123 9", {0.5: "9"}, "200 result=57"),
        ('RECORD FILE {f} wav # 5000', {1.0: "#"}, "200 result=35 (dtmf) endpos=8000"),
    ],
)  # fmt: skip
def test_keys(line: str, keys: dict[float, str], answer: str) -> None:
    durations = {**SOUNDS, "digits/1": 1.0, "digits/2": 1.0, "digits/3": 1.0}
    assert drive(line.format(f="greeting"), keys=keys, durations=durations).answers == [answer]


@pytest.mark.parametrize(
    "line", ["GET VARIABLE", "ANSWER now", "DATABASE PUT a b", "STREAM FILE x", "SET CONTEXT"]
)
def test_usage(line: str) -> None:
    [answer] = drive(line).answers
    lines = answer.splitlines()
    assert lines[0] == "520-Invalid command syntax.  Proper usage follows:"
    assert lines[1].startswith("Usage: " + " ".join(line.split()[:1]).upper())
    assert lines[-1] == "520 End of proper usage."


def test_sounds_are_played() -> None:
    told = drive(
        "SAY ALPHA a1 #", "SAY PHONETIC b #", "SAY NUMBER 21 #", "SAY DATE 0 #", "SAY TIME 0 #"
    )
    assert told.answers == ["200 result=0"] * 5
    assert told.channel is not None
    played = fake_stream(told.channel).played
    assert played[:3] == ["letters/a", "digits/1", "phonetic/b_p"]
    assert played[3:5] == ["digits/20", "digits/1"]
    assert "digits/mon-0" in played


def where(channel: Channel | None) -> tuple[str, str, int, bool]:
    assert channel is not None
    return channel.context, channel.extension, channel.priority, channel.jumped


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["NOOP"], ("c", "1", 1, False)),
        (["SET CONTEXT other"], ("other", "1", 2, True)),
        (["SET CONTEXT other", "SET EXTENSION 9"], ("other", "9", 2, True)),
        (["SET CONTEXT other", "SET EXTENSION 9", "SET PRIORITY 5"], ("other", "9", 5, True)),
        (["SET PRIORITY 7", "SET CONTEXT other"], ("other", "1", 7, True)),
        (["EXEC Goto c,9,1"], ("c", "9", 1, True)),
    ],
)
def test_where_the_dialplan_goes_on(lines: list[str], place: tuple[str, str, int, bool]) -> None:
    assert where(drive(*lines, dialplan="[c]\nexten => 9,1,NoOp()\n").channel) == place


def test_gosub_comes_back() -> None:
    dialplan = "[c]\nexten => r,1,Set(got=${ARG1}-${ARG2})\n same => n,Return(done)\n"
    told = drive(
        'GOSUB c r 1 "a,b"', "GET VARIABLE got", "GET VARIABLE GOSUB_RETVAL", dialplan=dialplan
    )
    assert told.answers == [
        "100 result=0 Trying...\n200 result=0 Gosub complete",
        "200 result=1 (a-b)",
        "200 result=1 (done)",
    ]
    assert where(told.channel) == ("c", "1", 1, False)
    assert drive("GOSUB c nowhere 1", dialplan=dialplan).answers == ["200 result=-1"]
