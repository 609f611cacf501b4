"""docs/saying.md lists what there is."""

from __future__ import annotations

import re
from pathlib import Path

from switchroom.media.saying import date_format
from switchroom.media.saying.registry import all_languages

TEXT = (Path(__file__).parents[3] / "docs" / "saying.md").read_text()


def rows_below(heading: str) -> list[str]:
    section = TEXT.partition(heading)[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def test_every_language_is_listed() -> None:
    cells = " ".join(row.split("|")[1] for row in rows_below("## Languages"))
    assert set(re.findall(r"[a-z]{2}(?:_[A-Z]{2})?", cells)) == set(all_languages())


def test_every_format_letter_is_listed() -> None:
    cells = "".join(row.split("|")[1] for row in rows_below("## Formats of SayUnixTime"))
    known = {*date_format._PARTS, *date_format._SAME_AS, *date_format._COMPOUND, *"FQq"}
    assert set(re.findall(r"\w", cells)) == known
