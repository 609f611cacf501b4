import json
import re
from pathlib import Path

import pytest

from tests.tools.simulate.node import Simulator, executed

DEMO = Path(__file__).parents[3] / "src/switchroom/demo/extensions.conf"
STORE_PIN = (
    "--dial", "*88", "--from", "phones", "--caller-id", '"Alice" <100>',
    "--dtmf", "w3 100 w4 1234#", "--at", "2026-12-24 17:55",
)  # fmt: skip


@pytest.fixture
def demo(simulator: Simulator) -> Simulator:
    simulator.write(DEMO.read_text())
    return simulator


def test_the_pin_dialplan_as_a_person_reads_it(demo: Simulator) -> None:
    code, out, err = demo.run(*STORE_PIN)
    assert (code, err) == (0, "")
    lines = [re.sub(r" +", " ", line).strip() for line in out.splitlines()]
    assert lines[:9] == [
        "0.000 phones,*88,1 NoOp()",
        "0.000 phones,*88,2 Playback(silence/1)",
        "0.000 answered",
        "0.000 hears silence/1 (1.0 s)",
        "PLAYBACKSTATUS=SUCCESS",
        "1.000 phones,*88,3 Read(UserExtension,extension,3)",
        lines[6],  # how long the prompt is, is not this test's matter
        "3.000 keys 100",
        "READSTATUS=OK",
    ]
    assert re.match(r"1\.000 hears extension .*\(\d\.\d s\)$", lines[6])
    assert "3.700 phones,*88,4 Verbose(2,Extension number: 100)" in lines
    assert "3.700 says: Extension number: 100" in lines
    assert any(line.endswith("AstDB: pin/100 = Je2G/qyHuGVKgvvXDwXjHA==") for line in lines)
    ended = next(line for line in lines if line.startswith("Ended after"))
    assert ended.endswith(
        "Hangup() at extensions.conf:59 ended the call; cause 16 (normal clearing)"
    )
    assert lines[lines.index("AstDB:") + 1] == "pin/100=Je2G/qyHuGVKgvvXDwXjHA=="


def test_the_same_as_one_object(demo: Simulator) -> None:
    data = demo.json(*STORE_PIN)
    assert data["call"] == {
        "extension": "*88",
        "context": "phones",
        "caller_id": '"Alice" <100>',
        "channel": "PJSIP/100-00000000",
        "began": data["call"]["began"],
    }
    assert data["call"]["began"].startswith("2026-12-24T17:55:00")
    assert (data["ended"]["by"], data["ended"]["cause"]) == ("application", 16)
    assert data["database"] == {"pin/100": "Je2G/qyHuGVKgvvXDwXjHA=="}
    assert data["variables"]["PinEntry"] == "1234"
    assert [(k["at"], k["digit"]) for k in data["keyed"]] == [
        (3.0, "1"), (3.35, "0"), (3.7, "0"),
        (8.05, "1"), (8.4, "2"), (8.75, "3"), (9.1, "4"), (9.45, "#"),
    ]  # fmt: skip
    assert [h["sound"] for h in data["heard"]] == [
        "silence/1", "extension", "agent-pass", "digits/1", "digits/2", "digits/3", "digits/4",
        "vm-goodbye",
    ]  # fmt: skip
    step = next(e for e in data["trace"] if e.get("application") == "Read")
    assert step == {
        "at": 1.0, "kind": "executed", "channel": "PJSIP/100-00000000",
        "context": "phones", "extension": "*88", "priority": 3, "application": "Read",
        "data": "UserExtension,extension,3", "pattern": "*88", "found_in": "pins", "label": "",
        "file": str(demo.folder / "extensions.conf"), "line": 50,
        "variables": {"READSTATUS": "OK", "UserExtension": "100"}, "globals": {},
    }  # fmt: skip


def test_two_runs_of_one_moment_are_the_same(demo: Simulator) -> None:
    assert demo.json(*STORE_PIN) == demo.json(*STORE_PIN)


def test_a_day_of_waiting_takes_no_time(simulator: Simulator) -> None:
    simulator.write("[default]\nexten => s,1,Wait(86400)\n same => n,NoOp(${EPOCH})\n")
    at = ("--at", "1970-01-02T00:00:00+00:00")
    data = simulator.json("--dial", "s", *at, "--hangup-after", "90000")
    assert executed(data)[-1] == f"s,2 NoOp({2 * 86400})"
    assert data["ended"]["at"] == 86400.0


@pytest.mark.parametrize(
    ("at", "answer"),
    [("2026-12-24 08:59", "closed"), ("2026-12-24 09:00", "open"), ("2026-12-27 12:00", "closed")],
)
def test_the_time_of_day_decides(simulator: Simulator, at: str, answer: str) -> None:
    simulator.write(
        "[default]\ninclude => day,09:00-16:59,mon-fri,*,*\ninclude => night\n"
        "[day]\nexten => s,1,NoOp(open)\n[night]\nexten => s,1,NoOp(closed)\n"
    )
    assert executed(simulator.json("--dial", "s", "--at", at)) == [f"s,1 NoOp({answer})"]


ENDINGS = """
[default]
exten => end,1,NoOp()
exten => hangup,1,Hangup(17)
exten => busy,1,Busy()
exten => limit,1,Wait(100000)
exten => jump,1,Goto(nowhere,1)
exten => application,1,NoSuchThing(1)
exten => arguments,1,Wait(soon)
exten => routine,1,Return()
exten => handled,1,Goto(with-i,nowhere,1)
exten => circle,1,NoOp()
 same => n,Goto(1)
exten => self,1,Goto(1)
exten => sound,1,Playback(tt-monkeys)
[with-i]
exten => i,1,NoOp(${INVALID_EXTEN})
[endless-h]
exten => s,1,NoOp()
exten => h,1,NoOp()
 same => n,Goto(1)
[with-h]
exten => s,1,Wait(100)
exten => h,1,Set(CAUSE=${HANGUPCAUSE})
"""


@pytest.mark.parametrize(
    ("extension", "code", "by", "why"),
    [
        ("end", 0, "end", "the dialplan came to its end behind NoOp() at extensions.conf:3"),
        ("hangup", 0, "application", "Hangup() at extensions.conf:4 ended the call"),
        ("busy", 0, "limit", "no simulated call outlasts 3600 s"),
        ("limit", 0, "limit", "no simulated call outlasts 3600 s"),
        ("jump", 1, "error", "nowhere"),
        ("application", 1, "error", "NoSuchThing"),
        ("arguments", 1, "error", "soon"),
        ("routine", 1, "error", "Return"),
        ("handled", 0, "end", "NoOp()"),
        ("circle", 1, "error", "runs in a circle"),
        ("self", 1, "error", "runs in a circle"),
        ("unknown", 1, "error", "unknown"),
        ("sound", 0, "end", "Playback()"),
    ],
)
def test_how_a_call_ends(
    simulator: Simulator, extension: str, code: int, by: str, why: str
) -> None:
    simulator.write(ENDINGS)
    data = simulator.json("--dial", extension, code=code)
    assert data["ended"]["by"] == by
    assert why in data["ended"]["why"]
    shown, out, _ = simulator.run("--dial", extension)
    assert shown == code
    assert data["ended"]["why"] in out


def test_an_endless_h_ends(simulator: Simulator) -> None:
    simulator.write(ENDINGS)
    data = simulator.json("--dial", "s", "--from", "endless-h", code=1)
    assert "runs in a circle" in data["ended"]["why"]


def test_the_caller_hangs_up(simulator: Simulator) -> None:
    simulator.write(ENDINGS)
    call = ("--dial", "s", "--from", "with-h")
    for arguments in (("--hangup-after", "30"), ("--dtmf", "w30 hangup")):
        data = simulator.json(*call, *arguments)
        assert (data["ended"]["by"], data["ended"]["at"]) == ("caller", 30.0)
        assert data["variables"] == {"CAUSE": "16"}


def test_digits_before_there_is_audio_are_lost(simulator: Simulator) -> None:
    simulator.write("[default]\nexten => s,1,Wait(2)\n same => n,Read(X,,1)\n")
    data = simulator.json("--dial", "s", "--dtmf", "w1 5 w2 6")
    assert [(k["digit"], k["lost"]) for k in data["keyed"]] == [("5", True), ("6", True)]
    _, out, _ = simulator.run("--dial", "s", "--dtmf", "w1 5")
    assert "keys 5, which nobody hears" in out


DIALLING = """
[default]
exten => _X.,1,Dial(PJSIP/${EXTEN},10)
 same => n,NoOp(${DIALSTATUS} ${HANGUPCAUSE})
exten => both,1,Dial(PJSIP/1&DAHDI/g1/2,10,g)
 same => n,NoOp(${DIALSTATUS} ${DIALEDPEERNAME} ${ANSWEREDTIME})
exten => twice,1,Dial(PJSIP/1,5)
 same => n,Dial(PJSIP/1,5,g)
 same => n,NoOp(${DIALSTATUS})
exten => local,1,Dial(Local/77@inside)
[inside]
exten => 77,1,Answer()
 same => n,Playback(tt-weasels)
"""


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("busy", "BUSY 17"),
        ("ring:3,busy", "BUSY 17"),
        ("congestion", "CONGESTION 34"),
        ("noanswer", "NOANSWER 0"),
        ("ring:4,noanswer", "NOANSWER 19"),
        ("chanunavail", "CHANUNAVAIL 20"),
        ("cause:1", "CHANUNAVAIL 1"),
    ],
)
def test_outcomes_of_dial(simulator: Simulator, outcome: str, status: str) -> None:
    simulator.write(DIALLING)
    data = simulator.json("--dial", "55", "--outcome", f"PJSIP/5*={outcome}")
    assert executed(data) == ["55,1 Dial(PJSIP/55,10)", f"55,2 NoOp({status})"]
    (dialled,) = data["dialled"]
    assert (dialled["resource"], dialled["outcome"]) == ("PJSIP/55", outcome)
    assert dialled["scripted"]


def test_who_answers_first_gets_the_call(simulator: Simulator) -> None:
    simulator.write(DIALLING)
    outcomes = ("--outcome", "PJSIP/1=ring:5,answer", "--outcome", "DAHDI/*=ring:3,answer:42")
    data = simulator.json("--dial", "both", *outcomes)
    assert executed(data)[-1] == "both,2 NoOp(ANSWER DAHDI/g1/2-00000000 42)"
    assert data["ended"]["at"] == 45.0


def test_a_resource_behaves_otherwise_the_second_time(simulator: Simulator) -> None:
    simulator.write(DIALLING)
    data = simulator.json("--dial", "twice", "--outcome", "PJSIP/1=busy;answer:1")
    assert executed(data)[-1] == "twice,3 NoOp(ANSWER)"


def test_what_is_not_scripted_answers(simulator: Simulator) -> None:
    simulator.write(DIALLING)
    data = simulator.json("--dial", "55")
    assert [d["scripted"] for d in data["dialled"]] == [False]
    assert data["ended"]["at"] == 32.0
    _, out, _ = simulator.run("--dial", "55")
    assert "dials PJSIP/55: answer:30 (not scripted)" in out


def test_a_called_party_keys_and_hears(simulator: Simulator) -> None:
    simulator.write(DIALLING)
    call = ("--dial", "55", "--outcome", "PJSIP/55=ring:1,answer:9,keys:w1 12")
    data = simulator.json(*call, "--dtmf", "w4 8")
    digits = [
        (e["at"], e["channel"][:8], e["digit"]) for e in data["trace"] if e["kind"] == "digit"
    ]
    assert digits == [(2.0, "PJSIP/ca", "1"), (2.35, "PJSIP/ca", "2"), (4.0, "PJSIP/55", "8")]


def test_local_channels_run_the_dialplan_and_are_heard(simulator: Simulator) -> None:
    simulator.write(DIALLING)
    data = simulator.json("--dial", "local", "--outcome", "*=busy")
    assert executed(data) == [
        "local,1 Dial(Local/77@inside)", "77,1 Answer()", "77,2 Playback(tt-weasels)"
    ]  # fmt: skip
    assert [h["sound"] for h in data["heard"]] == ["tt-weasels"]
    data = simulator.json("--dial", "local", "--outcome", "Local/77@*=busy")
    assert executed(data) == ["local,1 Dial(Local/77@inside)"]


def test_what_is_not_configured_is_not_there(simulator: Simulator) -> None:
    simulator.write(DIALLING, pjsip="[55]\ntype=endpoint\ncontext=default\ncallerid=E <55>\n")
    assert executed(simulator.json("--dial", "55"))[-1] == "55,1 Dial(PJSIP/55,10)"
    data = simulator.json("--dial", "56")
    assert executed(data)[-1].startswith("56,2 NoOp(CHANUNAVAIL")
    assert data["dialled"][0]["outcome"] == "chanunavail, no such endpoint is configured"


def test_a_call_from_a_configured_phone(simulator: Simulator) -> None:
    simulator.write(
        "[inside]\nexten => 1,1,NoOp(${CHANNEL} ${COLOUR})\n",
        pjsip="[5]\ntype=endpoint\ncontext=inside\ncallerid=E <55>\nset_var=COLOUR=red\n",
    )
    data = simulator.json("--dial", "1", "--phone", "5")
    assert data["call"]["context"] == "inside"
    assert data["call"]["caller_id"] == '"E" <55>'
    assert data["trace"][0]["data"].startswith("PJSIP/5-00000000")
    assert data["trace"][0]["data"].endswith(" red")
    code, _, err = simulator.run("--dial", "1", "--phone", "6")
    assert (code, "there is no endpoint '6'" in err) == (2, True)


def test_variables_and_entries_that_are_there_before(simulator: Simulator) -> None:
    simulator.write(
        "[globals]\nCOLOUR=red\n[default]\nexten => s,1,NoOp(${X} ${DB(pin/1)} ${COLOUR})\n"
        " same => n,Set(GLOBAL(COLOUR)=blue)\n same => n,Set(DB(pin/2)=y)\n"
        " same => n,NoOp(${DB_DELETE(pin/1)})\n"
    )
    data = simulator.json("--dial", "s", "--set", "X=a=b", "--db", "pin/1=z")
    assert executed(data)[0] == "s,1 NoOp(a=b z red)"
    assert data["globals"] == {"COLOUR": "blue"}
    assert data["database"] == {"pin/2": "y", "pin/1": None}
    assert "X" not in data["variables"], "it was there before the call"


def test_what_came_and_went_is_no_change(simulator: Simulator) -> None:
    simulator.write(
        "[default]\nexten => s,1,Gosub(r,1(a))\n same => n,Set(X=)\nexten => r,1,Return()\n"
    )
    assert simulator.json("--dial", "s", "--set", "X=1")["variables"] == {
        "GOSUB_RETVAL": "", "X": "",
    }  # fmt: skip


def test_a_dialplan_cannot_command_the_terminal(simulator: Simulator) -> None:
    conf = simulator.folder / "extensions.conf"
    conf.write_bytes(b"[default]\nexten => s,1,Set(X=\x1b[2J\xff)\n same => n,NoOp(${X})\n")
    _, out, _ = simulator.run("--dial", "s")
    assert "NoOp(?[2J?)" in out
    data = simulator.json("--dial", "s")
    assert data["variables"] == {"X": "\x1b[2J\udcff"}


def test_times_and_chance_are_given(simulator: Simulator) -> None:
    simulator.write(
        "[default]\nexten => s,1,Wait(60)\n same => n,NoOp(${STRFTIME(,,%A %H:%M)})\n"
        " same => n,NoOp(${IFTIME(9:00-17:59,mon-fri,*,*?open:closed)})\n"
        " same => n,GotoIfTime(18:00-23:59,*,24,dec?eve)\n same => n,Hangup()\n"
        " same => n(eve),NoOp(${RAND(1,1000000)})\n"
    )
    christmas = ("--dial", "s", "--at", "2026-12-24 17:59")
    first, second, other = (
        executed(simulator.json(*christmas, "--seed", seed)) for seed in ("1", "1", "2")
    )
    assert first[1:3] == ["s,2 NoOp(Thursday 18:00)", "s,3 NoOp(closed)"]
    assert first == second
    assert first[:-1] == other[:-1]
    assert first[-1] != other[-1]


def test_nothing_outside_is_touched(simulator: Simulator) -> None:
    marker = simulator.folder / "was-here"
    simulator.write(
        f"[default]\nexten => s,1,System(touch {marker})\n same => n,NoOp(${{SYSTEMSTATUS}})\n"
        f" same => n,NoOp([${{SHELL(touch {marker})}}])\n same => n,AGI(lookup.py,5)\n"
        " same => n,NoOp(${AGISTATUS} ${name})\n same => n,NoOp(${CURL(http://a/?b=1)})\n"
        " same => n,TrySystem(x)\n same => n,NoOp(${SYSTEMSTATUS} ${ODBC_NAME(5)})\n"
    )
    data = simulator.json("--dial", "s", "--stub", "AGI(lookup.py*)=AGISTATUS=FAILURE,name=Bob",
                          "--stub", "CURL(http://a*)=a=b", "--stub", "ODBC_NAME=Carol",
                          "--stub", "trysystem=SYSTEMSTATUS=APPERROR")  # fmt: skip
    steps = executed(data)
    assert [step for step in steps if "NoOp" in step] == [
        "s,2 NoOp(SUCCESS)", "s,3 NoOp([])", "s,5 NoOp(FAILURE Bob)", "s,6 NoOp(a=b)",
        "s,8 NoOp(APPERROR Carol)",
    ]  # fmt: skip
    assert not marker.exists()
    assert [o["what"] for o in data["outside"]] == [
        f"System(touch {marker})", f"SHELL(touch {marker})", "AGI(lookup.py,5)", "CURL(http://a/?b=1)",
        "TrySystem(x)", "ODBC_NAME(5)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "defualt"), "there is no context 'defualt'; did you mean 'default'?"),
        (("--dtmf", "1 2x"), "cannot key '2x'"),
        (("--dtmf", "talk:long"), "expected seconds"),
        (("--outcome", "PJSIP/1=bussy"), "unknown outcome 'bussy'; did you mean 'busy'?"),
        (("--outcome", "PJSIP/1"), "expected Technology/resource=outcome"),
        (("--outcome", "PJSIP/1=cause:5000"), "no Q.850 cause"),
        (("--outcome", "PJSIP/1=busy:5"), "busy takes no number"),
        (("--set", "X"), "expected --set NAME=VALUE, not 'X'"),
        (("--db", "X"), "expected --db FAMILY/KEY=VALUE"),
        (("--db", "family=5"), "expected --db FAMILY/KEY=VALUE, not 'family=5'"),
        (("--db", "/key=5"), "expected --db FAMILY/KEY=VALUE"),
        (("--hangup-after", "-5"), "--hangup-after takes seconds, not -5"),
        (("--hangup-after", "nan"), "--hangup-after takes seconds, not nan"),
        (("--stub", "CURL"), "expected --stub CALL=ANSWER"),
        (("--stub", "AGI(x)=Bob"), "expected VARIABLE=value"),
        (("--at", "tomorrow"), "is no time"),
    ],
)
def test_usage_errors(simulator: Simulator, arguments: tuple[str, ...], message: str) -> None:
    simulator.write("[default]\nexten => s,1,NoOp()\n")
    code, out, err = simulator.run("--dial", "s", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("switchroom simulate: ")


def test_configuration_errors(simulator: Simulator) -> None:
    code, _, err = simulator.run("--dial", "s")
    assert (code, "extensions.conf" in err) == (2, True)
    simulator.write("[default]\nexten => s,NoOp()\n")
    code, _, err = simulator.run("--dial", "s")
    assert code == 2
    assert f"{simulator.folder / 'extensions.conf'}:2:" in err


def test_colours_are_for_terminals(demo: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in demo.run(*STORE_PIN)[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "\x1b[1mRead\x1b[0m(UserExtension,extension,3)" in demo.run(*STORE_PIN)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in demo.run(*STORE_PIN)[1]


def test_json_is_whole_and_says_when_a_sound_was_guessed(simulator: Simulator) -> None:
    simulator.write("[default]\nexten => s,1,Playback(custom/our-shop&silence/2)\n")
    data = simulator.json("--dial", "s")
    assert data["sounds_without_file"] == ["custom/our-shop"]
    assert json.dumps(data)
    _, out, _ = simulator.run("--dial", "s")
    assert "length guessed: custom/our-shop" in out


def test_recordings_touch_nothing_that_is_there(simulator: Simulator, tmp_path: Path) -> None:
    precious = tmp_path / "precious.wav"
    precious.write_text("keep me")
    simulator.write(
        f"[default]\nexten => s,1,Record({precious},3)\n same => n,NoOp(${{RECORDED_FILE}})\n"
        f" same => n,Playback({precious.with_suffix('')})\n same => n,Record(mine%d.wav,0,7)\n"
        " same => n,Playback(${RECORDED_FILE})\n"
    )
    data = simulator.json("--dial", "s")
    assert precious.read_text() == "keep me"
    assert executed(data)[1] == f"s,2 NoOp({precious.with_suffix('')})"
    lengths = {h["sound"]: h["heard_for"] for h in data["heard"]}
    assert lengths["mine0"] == 7.0
    assert lengths[str(precious.with_suffix(""))] == 0.0, "it was silent to the end"
    simulator.json("--dial", "s", "--hangup-after", "1")
    assert precious.read_text() == "keep me"


def test_prompts_show_their_text_and_last_as_long_as_it_takes(simulator: Simulator) -> None:
    simulator.write("[default]\nexten => s,1,Playback(vm-goodbye&beep)\n")
    data = simulator.json("--dial", "s")
    goodbye, beep = data["heard"]
    assert goodbye["text"]
    assert goodbye["heard_for"] == pytest.approx(
        0.2 + 0.35 * len(goodbye["text"].split()), abs=0.001
    )
    assert beep["heard_for"] == 0.25
    assert data["sounds_without_file"] == []


def test_a_sound_file_says_how_long_it_is(simulator: Simulator) -> None:
    folder = simulator.folder / "sounds" / "de"
    folder.mkdir(parents=True)
    (folder / "hello.ulaw").write_bytes(bytes(8000 * 4))
    (simulator.folder / "sounds" / "hello.gsm").write_bytes(bytes(33 * 50 * 2))
    simulator.write("[default]\nexten => s,1,Playback(hello)\n")
    assert simulator.json("--dial", "s", "--language", "de_AT")["ended"]["at"] == 4.0
    assert simulator.json("--dial", "s")["ended"]["at"] == 2.0


def test_the_dialplan_may_be_ael(simulator: Simulator) -> None:
    (simulator.folder / "extensions.ael").write_text("context default { s => { NoOp(${EXTEN}); } }")
    assert executed(simulator.json("--dial", "s"))[0] == "s,1 NoOp(s)"
