"""Every example can be read, names only what there is, and gives what it says it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.reference.examples import (
    documented,
    examples_of,
    findings_in,
    parse_example,
    results_of,
)

EXAMPLES = {
    f"{thing.name}-{number}": example
    for thing in documented()
    for number, example in enumerate(examples_of(thing), start=1)
}

#: What only dialplans of earlier versions use; their examples cannot do without them.
OUTDATED = {
    "ImportVar", "Macro", "MacroExclusive", "MacroExit", "MacroIf", "NoCDR", "SetAMAFlags", "SIPAddHeader",
    "SIPDtmfMode", "SIPPEER", "SIPRemoveHeader", "SIP_HEADER", "SIP_HEADERS",
    "SendImage", "SendURL", "ChangeMonitor", "Monitor", "PauseMonitor", "StopMonitor", "UnpauseMonitor",
    "MailboxExists", "CHECKSIPDOMAIN", "SIPSendCustomINFO",
}  # fmt: skip
OUTDATED_CODE = "SW321"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_clean(name: str, tmp_path: Path) -> None:
    """What it names exists, options included, and nothing in it is dangerous or outdated."""
    findings = findings_in(EXAMPLES[name], tmp_path)
    if name.rpartition("-")[0] in OUTDATED:
        assert any(each.startswith(OUTDATED_CODE) for each in findings), "not outdated any more"
        findings = [each for each in findings if not each.startswith(OUTDATED_CODE)]
    assert findings == [], EXAMPLES[name].conf


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.results])
def test_an_example_gives_what_it_says(name: str) -> None:
    results = EXAMPLES[name].results
    found = results_of(EXAMPLES[name])
    assert {line: found.get(line) for line in results} == results, EXAMPLES[name].conf


def test_applications_alone_are_one_extension() -> None:
    example = parse_example('; of three\nSet(x=${LEN(abc)})  ; => 3\nNoOp(${x}\\; "a)\n')
    assert example.conf.splitlines() == [
        "[example]",
        "; of three",
        "exten => s,1,Set(x=${LEN(abc)})  ; => 3",
        'exten => s,2,NoOp(${x}\\; "a)',
    ]
    assert results_of(example) == {3: "3", 4: '3; "a'}
    assert example.results == {3: "3"}


def test_a_whole_dialplan_begins_with_its_first_extension() -> None:
    example = parse_example(
        "exten => 100,1,Gosub(two,s,1(a))\n"
        " same => n,NoOp(${GOSUB_RETVAL})  ; =>\n"
        "[two]\n"
        "exten => s,1,Set(x=${ARG1}=)  ; => a=\n"
        " same => n,Return()\n"
    )
    assert example.results == {3: "", 5: "a="}
    found = results_of(example)
    assert (found[3], found[5]) == ("", "a=")


def test_what_does_not_exist_is_told(tmp_path: Path) -> None:
    example = parse_example("Nothing(${LEN(${NOWHERE(x)})})\nRead(x,,,sQn(3))\n")
    told = "; ".join(findings_in(example, tmp_path))
    assert "Nothing" in told
    assert "NOWHERE" in told
    assert "Q" in told
