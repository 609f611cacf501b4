import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.cli.line import split_line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("database show pin", ["database", "show", "pin"]),
        ("  a\t b ", ["a", "b"]),
        ('put "two words" x', ["put", "two words", "x"]),
        ('put "" x', ["put", "", "x"]),
        (r"a\ b \"c\"", ["a b", '"c"']),
        ('open "quote runs on', ["open", "quote runs on"]),
        ('a"b c"d', ["ab cd"]),
        ("", []),
        ("x\\", ["x"]),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert split_line(line) == words


@given(st.text())
def test_any_line_has_words(line: str) -> None:
    assert all(isinstance(word, str) for word in split_line(line))


def test_a_line_has_a_hundred_words_at_most() -> None:
    assert len(split_line("a " * 1000)) == 100
