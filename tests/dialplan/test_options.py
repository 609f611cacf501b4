"""Option letters."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.options import option, option_letters, parse_options


@dataclass(frozen=True, slots=True)
class Some:
    quiet: bool = option("q", "Make no noise.", word="silent")
    limit: int = option("L", "How long.", default=60)
    ends: str = option("t", "What ends it.", default="#", bare="")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", Some()),
        ("q", Some(quiet=True)),
        ("zq", Some(quiet=True)),
        ("silent", Some(quiet=True)),
        (" Silent ", Some(quiet=True)),
        ("silently", Some(ends="")),
        ("L(5)q", Some(quiet=True, limit=5)),
        ("L", Some()),
        ("t", Some(ends="")),
        ("t()", Some(ends="")),
        ("t(*0)", Some(ends="*0")),
    ],
)
def test_letters(raw: str, expected: Some) -> None:
    assert parse_options(Some, raw) == expected


def test_a_value_that_cannot_be_converted() -> None:
    with pytest.raises(BadArgumentsError, match=r"Wait: option L\(soon\) cannot be used"):
        parse_options(Some, "L(soon)", "Wait")


def test_letters_for_the_help() -> None:
    assert option_letters(Some) == (
        ("q", "Make no noise. Instead of all letters: ``silent``."),
        ("L(limit)", "How long."),
        ("t[(ends)]", "What ends it."),
    )
    assert option_letters(str) == option_letters("Some") == ()
