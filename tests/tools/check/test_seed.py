"""What is found in the seed's posts, in the demo, and in dialplans after the manner of three systems."""

from pathlib import Path

import pytest

from switchroom.node.demo import write_demo
from switchroom.tools.check.checking import check
from switchroom.tools.check.finding import Finding, Severity
from switchroom.tools.check.project import load_folder
from tests.tools.check import seed
from tests.tools.check.support import checked, underlined

SYSTEMS = Path(__file__).parents[2] / "dialplan" / "systems"


def serious(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings that are more than notes and do not depend on what is built by now."""
    return [f for f in findings if f.severity > Severity.INFO and f.code != "SW303"]


def test_conference_post(tmp_path: Path) -> None:
    report = checked(tmp_path, seed.CONFERENCES)
    assert [(f.code, f.place.line, underlined(f)) for f in serious(report.findings)] == [
        ("SW305", 12, "paries"),
        ("SW231", 26, "11111"),
    ]
    messages = [f.message for f in serious(report.findings)]
    assert messages == [
        "CONFBRIDGE_INFO does not know 'paries'; did you mean parties?",
        "h speaks of conference 11111, [ConferenceRooms] of 12345",
    ]


@pytest.mark.parametrize("text", [seed.PINS, seed.SET_AND_GOTO])
def test_other_posts_are_in_order(text: str, tmp_path: Path) -> None:
    assert serious(checked(tmp_path, text).findings) == []


def test_the_demo_is_clean(tmp_path: Path) -> None:
    report = check(load_folder(write_demo(tmp_path / "demo")))
    assert [f for f in report.findings if f.code != "SW303"] == []


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        # Places for additions that nobody made, patterns without an end that lead to a trunk.
        ("freepbx", {"SW202", "SW204", "SW601", "SW224"}),
        ("wazo", {"SW222", "SW601", "SW605", "SW606"}),
        ("vicidial", {"SW202", "SW601", "SW607", "SW701"}),
    ],
)
def test_systems_of_the_field(system: str, expected: set[str]) -> None:
    found = {f.code for f in serious(check(load_folder(SYSTEMS / system)).findings)}
    outdated = {"SW321", "SW322", "SW401", "SW412", "SW501"}
    assert found - outdated == expected
