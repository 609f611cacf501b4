from pathlib import Path

from switchroom.tools.check.reference import page

DOCS = Path(__file__).parents[3] / "docs" / "check.md"


def test_the_page_is_up_to_date() -> None:
    written = "python -m switchroom.tools.check.reference > docs/check.md"
    assert DOCS.read_text() == page(), f"write it anew: {written}"
