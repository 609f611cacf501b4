"""The examples of every rule's explanation: the wrong ones are found, the right ones are not."""

from pathlib import Path

import pytest

from switchroom.base.release import parse_release
from switchroom.tools.check.finding import Severity
from switchroom.tools.check.rule import Example, Rule, collect_rules
from tests.tools.check.support import checked

RULES = collect_rules()
WAY = (parse_release("1.4.44"), parse_release("22"))
EXAMPLES = [
    pytest.param(rule.code, example, id=f"{rule.code}-{'wrong' if example.is_wrong else 'right'}")
    for rule in RULES.values()
    for example in rule.examples
]
#: Rules whose findings change with what is built, so that no example of them can stand.
WITHOUT_EXAMPLE = {"SW303"}


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_example(code: str, example: Example, tmp_path: Path) -> None:
    report = checked(tmp_path, example.text, migration=WAY if code == "SW326" else None)
    found = {finding.code for finding in report.findings}
    assert (code in found) is example.is_wrong
    if example.is_wrong:
        assert all(f.place.line for f in report.findings if f.code == code)
    else:
        # What is shown as right must not be wrong in another way.
        worse = [f for f in report.findings if f.severity > Severity.INFO and f.code != "SW303"]
        assert worse == []


@pytest.mark.parametrize("code", sorted(RULES.keys() - WITHOUT_EXAMPLE))
def test_every_rule_shows_what_is_wrong_and_what_is_right(code: str) -> None:
    assert {example.is_wrong for example in RULES[code].examples} == {True, False}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_wording(rule: Rule) -> None:
    assert 0 < len(rule.title) < 90
    assert rule.explanation
