"""No text breaks the check, and ten thousand extensions are no burden."""

import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.tools.check.checking import check
from switchroom.tools.check.project import load_folder
from switchroom.tools.check.report import github, human, plain_json, sarif

WORDS = st.sampled_from(
    [
        *("${", "$[", "}", "]", "(", ")", ",", "&", "|", "?", ":", "@", "/", "=", '"', "\\", " "),
        *("EXTEN", "x", "ARG1", "phones", "100", "_X.", "_[1-", "s", "h", "n", "1", "Local/"),
        *("Goto(", "GotoIf(", "Gosub(", "Dial(", "Set(", "ExecIf(", "Exec(", "Macro(", "Return("),
        *("CALLERID(num)", "CUT(", "IF(", "SET(", "REGEX(", "FILTER(", "hint", "exten => "),
        *("[phones]\n", "[globals]\n", "[a](phones)\n", "include => ", "switch => ", "+", "\0"),
        *("same => ", "Read(", "PJSIP/", "ä", "\x1b", "\n"),
    ]
)
TEXTS = st.lists(WORDS, max_size=60).map("".join)
STEPS = st.lists(WORDS.filter(lambda word: "\n" not in word), max_size=25).map("".join)
PATIENT = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def run(folder: Path) -> None:
    project = load_folder(folder)
    report = check(project)
    human.render(report, project.lines, is_coloured=True)
    for render in (plain_json.render, sarif.render, github.render):
        render(report)


@PATIENT
@given(TEXTS)
def test_any_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "extensions.conf").write_text(text)
    run(tmp_path)


@PATIENT
@given(st.lists(STEPS, min_size=1, max_size=8), st.sampled_from(["100", "_X.", "_9N!", "s", "h"]))
def test_any_steps(tmp_path: Path, steps: list[str], extension: str) -> None:
    lines = [f"exten => {extension},{n},{step}" for n, step in enumerate(steps, start=1)]
    (tmp_path / "extensions.conf").write_text("[phones]\n" + "\n".join(lines) + "\n")
    run(tmp_path)


@PATIENT
@given(TEXTS, TEXTS, st.binary(max_size=200))
def test_any_other_files(tmp_path: Path, pjsip: str, sip: str, odbc: bytes) -> None:
    (tmp_path / "extensions.conf").write_text("[phones]\nexten => _X.,1,Dial(PJSIP/${EXTEN})\n")
    (tmp_path / "pjsip.conf").write_text("[100]\ntype = endpoint\n" + pjsip)
    (tmp_path / "sip.conf").write_text("[general]\n" + sip)
    (tmp_path / "func_odbc.conf").write_bytes(odbc)
    run(tmp_path)


def test_deep_and_long_texts(tmp_path: Path) -> None:
    deep = "${" * 5000
    brackets = "$[" * 300 + "1" + "]" * 300
    nested = "ExecIf(1?" * 200 + "NoOp()" + ")" * 200
    names = "&".join(f"PJSIP/{n}" for n in range(5000))
    steps = [
        f"NoOp({deep})",
        f"Set(x={brackets})",
        nested,
        f"Dial({names})",
        "Goto(" + "a-${x}" * 500,
    ]
    lines = [f"exten => 1,{n},{step}" for n, step in enumerate(steps, start=1)]
    (tmp_path / "extensions.conf").write_text("[phones]\n" + "\n".join(lines) + "\n")
    run(tmp_path)


def test_ten_thousand_extensions(tmp_path: Path) -> None:
    lines = ["[globals]", "TRUNK = PJSIP/trunk", "[phones]", "include => services"]
    for number in range(100_000, 110_000):
        lines += [
            f"exten => {number},1,Verbose(1,${{CALLERID(num)}} calls ${{EXTEN}})",
            f' same => n,GotoIf($["${{DB(dnd/{number})}}" = "1"]?busy)',
            f" same => n,Gosub(ring,s,1({number},20))",
            f" same => n(busy),VoiceMail({number}@default,u)",
        ]
    lines += ["[ring]", "exten => s,1,Dial(PJSIP/${ARG1},${ARG2})", " same => n,Return()"]
    lines += ["[services]", "exten => _0X.,1,Dial(${TRUNK}/${FILTER(0-9,${EXTEN})})"]
    lines += ["exten => _8X.,1,Goto(phones,${EXTEN:1},1)"]
    (tmp_path / "extensions.conf").write_text("\n".join(lines) + "\n")
    began = time.process_time()
    report = check(load_folder(tmp_path))
    took = time.process_time() - began
    assert {f.code for f in report.findings} <= {"SW303"}
    assert took < 15  # about three seconds on one core; a busy machine may need some more
