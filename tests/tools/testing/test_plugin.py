"""The plugin in a pytest of its own."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

PLUGIN = "switchroom.tools.testing.plugin"
ROOT = Path(__file__).parents[3]

PYTHON_TEST = """
    def test_seen(dialplan):
        call = dialplan.dial("1", variables={"X": "1"})
        call.hears("hello-world")
        call.hung_up(16)
        assert dialplan.db["seen/1"] == "yes"
"""


def test_a_test_in_python(runner: pytest.Pytester) -> None:
    runner.makepyfile(PYTHON_TEST)
    runner.runpytest("--dialplan", ".").assert_outcomes(passed=1)
    runner.runpytest("--dialplan", "extensions.conf").assert_outcomes(passed=1)


def test_the_folder_stands_in_the_ini_file(runner: pytest.Pytester) -> None:
    runner.makeini("[pytest]\nswitchroom_config = .\n")
    folder = runner.mkdir("below")
    (folder / "test_it.py").write_text("def test_it(dialplan): dialplan.dial('1').ends()\n")
    runner.runpytest("below").assert_outcomes(passed=1)


def test_without_a_folder_it_says_what_to_do(runner: pytest.Pytester) -> None:
    runner.makepyfile(PYTHON_TEST)
    result = runner.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*run pytest with --dialplan DIR, or write switchroom_config*"])


def test_some_tests_may_run_on_another_dialplan(runner: pytest.Pytester) -> None:
    runner.mkdir("other").joinpath("extensions.conf").write_text(
        "[default]\nexten => 1,1,Playback(elsewhere)\n"
    )
    runner.makepyfile("""
        from pathlib import Path
        import pytest

        @pytest.fixture
        def dialplan_folder():
            return Path("other")

        def test_it(dialplan):
            dialplan.dial("1").hears("elsewhere")
    """)
    runner.runpytest("--dialplan", ".").assert_outcomes(passed=1)


def test_junit_tells_names_and_what_failed(runner: pytest.Pytester) -> None:
    write(menu=YAML)
    runner.runpytest("--dialplan", ".", "--junitxml=out.xml")
    cases = ElementTree.parse("out.xml").findall(".//testcase")
    assert [case.get("name") for case in cases] == ["a known caller", "somebody else"]
    failure = cases[1].find("failure")
    assert failure is not None
    assert "menu.test.yaml:15: - hung up: 16" in (failure.text or "")


def test_a_failure_shows_the_line_and_the_call(runner: pytest.Pytester) -> None:
    runner.makepyfile("""
        def test_it(dialplan):
            call = dialplan.dial("1")
            call.hears("goodbye")
    """)
    result = runner.runpytest("--dialplan", ".")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        '>*call.hears("goodbye")',
        "E*CallFailedError: expected to hear 'goodbye' within 60 s; heard since: hello-world",
        "E*the call to 1 in default, which ended after*(Hangup() at extensions.conf:* ended*",
        "E*0.000  default,1,1*Answer()",
    ])  # fmt: skip
    assert "failure.py" not in result.stdout.str(), "the traceback ends in the test"


def test_a_broken_dialplan_is_told_with_its_line(runner: pytest.Pytester) -> None:
    runner.makefile(".conf", extensions="[default]\nexten => 1,NoOp()\n")
    runner.makepyfile(PYTHON_TEST)
    result = runner.runpytest("--dialplan", ".")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*ConfigError: *extensions.conf:2: *"])


YAML = """
defaults:
  variables: {X: 1}
tests:
  a known caller:
    dial: 1
    steps:
      - hears: hello-world
      - hung up: 16
      - db: {seen/1: yes, seen/2: }
  somebody else:
    dial: 1
    variables: {X: no}
    steps:
      - hung up: 16
"""


def write(**files: str) -> None:
    """Write NAME.test.yaml into the folder of the runner, which is the current one."""
    for name, text in files.items():
        Path(f"{name}.test.yaml").write_text(text)


def test_tests_in_yaml(runner: pytest.Pytester) -> None:
    write(menu=YAML, other="tests: {}\n")
    Path("data.yaml").write_text("a: 1")
    result = runner.runpytest("--dialplan", ".", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([
        "menu.test.yaml::a known caller PASSED*",
        "menu.test.yaml::somebody else FAILED*",
        "expected hangup cause 16 (normal clearing), not 17 (user busy)",
        "*menu.test.yaml:15: - hung up: 16",
        "the call to 1 in default, which ended after*",
    ])  # fmt: skip
    runner.runpytest("--dialplan", ".", "-k", "known").assert_outcomes(passed=1, deselected=1)
    runner.runpytest("--dialplan", ".", "menu.test.yaml::a known caller").assert_outcomes(passed=1)


def test_a_yaml_file_may_name_its_dialplan(runner: pytest.Pytester) -> None:
    folder = runner.mkdir("below")
    (folder / "menu.test.yaml").write_text(f"dialplan: ..\n{YAML}")
    (folder / "foreign.test.yaml").write_text("- not: ours\n")
    runner.runpytest().assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tests:\n  x:\n    dial: *88\n", ":3: no YAML: *quote what begins with *88*"),
        ("tests:\n  x: {dial: 1, step: []}\n", ":2: there is no key 'step'; did you mean 'steps'*"),
        ("test: {}\n", ":1: there is no key 'test'; did you mean 'tests'*"),
        ("tests:\n  x: {steps: [answered]}\n", ":2: the test 'x' dials nobody*"),
        ("tests:\n  x: {dial: 1}\n", ":2: the test 'x' has no steps*"),
        ("tests:\n  x: {dial: 1, steps: [hers: a]}\n", ":2: there is no step 'hers'; did you mean*"),
        ("tests:\n  x: {dial: 1, steps: [hangs]}\n", ":2: there is no step 'hangs'; did you mean*"),
        ("tests:\n  x:\n    dial: 1\n    steps:\n      - hears: a\n        keys: 1\n",
         ":5: expected one step here*"),
        ("tests:\n  x:\n    dial: 1\n    steps:\n      - wait: long\n", ":5: expected a number*"),
        ("tests:\n  x: {dial: 1, steps: [answered]}\n  x: {}\n", ":3: 'x' stands here twice"),
        ("tests: [x]\n", ":1: expected `name: value` lines here"),
        ("", ": the file is empty"),
    ],
)  # fmt: skip
def test_mistakes_in_yaml(runner: pytest.Pytester, text: str, message: str) -> None:
    write(menu=text)
    result = runner.runpytest("--dialplan", ".")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*menu.test.yaml{message}"])


def test_mistakes_that_only_a_run_shows(runner: pytest.Pytester) -> None:
    write(
        menu="""
tests:
  outcome: {dial: 1, outcomes: {PJSIP/1: bussy}, steps: [ends]}
  context: {dial: 1, context: defualt, steps: [ends]}
  order: {steps: [answered, dial: 1]}
"""
    )
    result = runner.runpytest("--dialplan", ".")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines([
        "unknown outcome 'bussy'; did you mean 'busy'?*", "*menu.test.yaml:3: - outcomes",
        "*there is no context 'defualt'; did you mean 'default'?", "*menu.test.yaml:4: - dial",
        "*nobody has dialled yet*", "*menu.test.yaml:5: - answered",
    ])  # fmt: skip


EVERY_STEP = """
tests:
  all of them:
    dial: 2
    context: default
    caller id: '"Alice" <100>'
    channel: PJSIP/alice
    language: de
    at: 2026-12-24 17:55
    seed: 3
    db: {a/b: c}
    globals: {G: 1}
    sounds: {agent-pass: 10, hello-world: missing}
    stubs: {CURL: x}
    outcomes: {PJSIP/9: [busy, answer]}
    script: w1
    steps:
      - answered
      - hears: [agent-pass]
        within: 2
      - wait: 3
      - talk: 1
      - say: two three
      - keys: 12#
      - ends
      - variables: {PIN: 12, NONE: }
      - globals: {G: "1"}
      - db: {a/b: c, a/c: }
      - executes: [Read, "Read(PIN*)"]
        at: default,2,1
      - never executes: Hangup
      - dial: 1
      - reaches: default,1
      - hang up
"""


def test_every_step_and_setting(runner: pytest.Pytester) -> None:
    from switchroom.tools.testing.steps import STEPS
    from switchroom.tools.testing.yaml_test import SETTINGS

    write(all=EVERY_STEP)
    runner.runpytest("--dialplan", ".").assert_outcomes(passed=1)
    guide = (ROOT / "docs/testing-dialplans.md").read_text()
    for name in (*STEPS, *SETTINGS):
        assert f"`{name}`" in guide or f"`{name}:" in guide, f"{name} is not documented"
        if name not in {"dials", "hung up", "phone"}:
            assert name in EVERY_STEP


def test_yaml_is_an_extra(runner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    write(menu=YAML)
    result = runner.runpytest("--dialplan", ".")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*menu.test.yaml needs PyYAML: pip install 'switchroom*testing*'"])


# coverage


def test_coverage_on_the_terminal(runner: pytest.Pytester) -> None:
    runner.makepyfile(PYTHON_TEST)
    result = runner.runpytest("--dialplan", ".", "--dialplan-cov")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([
        "*dialplan coverage: extensions.conf*",
        "context  priorities    ran      %   never ran",
        "default           7      5    71 %   1,4 2,1",
        "other             1      0     0 %   _X.,1",
        "TOTAL             8      5    62 %",
    ])  # fmt: skip


def test_coverage_as_files(runner: pytest.Pytester) -> None:
    runner.makepyfile(PYTHON_TEST)
    runner.runpytest("--dialplan", ".", "--dialplan-cov=json", "--dialplan-cov=lcov:cov.info")
    found = json.loads(Path("dialplan-coverage.json").read_text())
    (dialplan,) = found["dialplans"]
    assert (found["percent"], dialplan["percent"]) == (62.5, 62.5)
    assert dialplan["contexts"]["other"]["percent"] == 0.0
    assert dialplan["contexts"]["default"]["priorities"][4] == {
        "extension": "1", "priority": 5, "label": "known", "application": "Set",
        "file": str(runner.path / "extensions.conf"), "line": 6, "hits": 1,
    }  # fmt: skip
    assert Path("cov.info").read_text().splitlines() == [
        "TN:", f"SF:{runner.path / 'extensions.conf'}",
        "FN:2,1@default", "FN:8,2@default", "FN:11,_X.@other",
        "FNDA:1,1@default", "FNDA:0,2@default", "FNDA:0,_X.@other", "FNF:3", "FNH:1",
        "DA:2,1", "DA:3,1", "DA:4,1", "DA:5,0", "DA:6,1", "DA:7,1", "DA:8,0", "DA:11,0",
        "LF:8", "LH:5", "end_of_record",
    ]  # fmt: skip


@pytest.mark.parametrize(("least", "code"), [("62.5", 0), ("63", 1)])
def test_too_little_coverage_fails(runner: pytest.Pytester, least: str, code: int) -> None:
    runner.makepyfile(PYTHON_TEST)
    result = runner.runpytest("--dialplan", ".", f"--dialplan-cov-fail-under={least}")
    assert result.ret == code
    told = "FAIL dialplan coverage is 62.5 %, less than 63 %" in result.stdout.str()
    assert told == bool(code)


def test_a_session_without_calls_covers_nothing(runner: pytest.Pytester) -> None:
    runner.makepyfile("def test_nothing(): pass")
    result = runner.runpytest("--dialplan", ".", "--dialplan-cov-fail-under=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAIL dialplan coverage is 0.0 %, less than 1 %"])


def test_a_report_that_there_is_not(runner: pytest.Pytester) -> None:
    result = runner.runpytest("--dialplan", ".", "--dialplan-cov=html")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no report 'html'; known are term, json and lcov"])


def test_coverage_of_several_processes(runner: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    runner.makepyfile(
        PYTHON_TEST + "    def test_other(dialplan): dialplan.dial('5x', context='other').ends()\n"
    )
    arguments = ("--dialplan", ".", "--dialplan-cov", "-p", "xdist", "-n", "2", "--dist", "each")
    result = runner.runpytest(*arguments)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["TOTAL*8*6*75 %"])


# what it costs those who do not use it


def test_loading_the_plugin_loads_nothing_else() -> None:
    code = f"import sys, {PLUGIN}; print(*(m for m in sys.modules if m.startswith('switchroom')))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(loaded) == {"switchroom", "switchroom.tools", "switchroom.tools.testing", PLUGIN}


def test_pytest_finds_it_when_it_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"switchroom": PLUGIN}
