"""Comments that silence findings."""

from pathlib import Path

import pytest

from switchroom.tools.check.suppressions import has_code
from tests.tools.check.support import checked


@pytest.mark.parametrize(
    ("code", "wanted", "expected"),
    [
        ("SW305", "SW305", True),
        ("SW305", "sw305", True),
        ("SW305", "SW3", True),
        ("SW305", "SW3xx", True),
        ("SW305", "SW30x", True),
        ("SW305", "SW2xx", False),
        ("SW305", "SW", True),
        ("SW305", "", False),
        ("SW305", "xxx", False),
    ],
)
def test_codes(code: str, wanted: str, expected: bool) -> None:  # noqa: FBT001  # a table
    assert has_code(code, wanted) is expected


def codes(tmp_path: Path, text: str, select: str = "") -> list[tuple[str, int]]:
    return [(f.code, f.place.line) for f in checked(tmp_path, text, select).findings]


def test_where_a_comment_counts(tmp_path: Path) -> None:
    text = """\
[phones]
exten => 1,1,Plaback(beep) ; switchroom: ignore SW301 until it is written
exten => 2,1,Plaback(beep) ;switchroom:ignore sw3xx
; switchroom: ignore SW301

; another comment
exten => 3,1,Plaback(beep)
exten => 4,1,Plaback(beep)
exten => 5,1,Verbose(1,${LENN(x)} \\; switchroom: ignore SW301) ; switchroom: ignore SW301, SW302
"""
    assert codes(tmp_path, text, "SW301,SW302") == [("SW301", 8)]
    assert checked(tmp_path, text, "SW301,SW302").suppressed == 4


def test_for_a_file(tmp_path: Path) -> None:
    text = (
        "; switchroom: ignore-file SW301,SW302 an old copy\n[a]\nexten => 1,1,Plaback(${LENN(x)})\n"
    )
    assert codes(tmp_path, text, "SW301,SW302") == []
    elsewhere = text + "#include more.conf\n"
    (tmp_path / "more.conf").write_text("exten => 2,1,Plaback(beep)\n")
    assert codes(tmp_path, elsewhere, "SW301") == [("SW301", 1)]


def test_what_is_not_needed_is_said(tmp_path: Path) -> None:
    text = """\
[phones]
exten => 1,1,Answer() ; switchroom: ignore SW301
exten => 2,1,Answer() ; switchroom: ignore SW999
exten => 3,1,Plaback() ; switchroom: ignore SW301
exten => 4,1,Answer() ; switchroom: ignore SW302
"""
    found = checked(tmp_path, text, "SW301,SW901").findings
    assert [(f.place.line, f.message) for f in found] == [
        (2, "nothing here is SW301: the comment can go"),
        (3, "there is no rule SW999"),
    ]  # SW302 did not run, so nothing is said of its comment
