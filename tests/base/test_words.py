import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.base.words import split_words


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
        ('EXEC Dial "SIP/100,20,t"', ["EXEC", "Dial", "SIP/100,20,t"]),
        (r'say alpha "a \"b\" c" 1\ 2', ["say", "alpha", 'a "b" c', "1 2"]),
        ("", []),
        ("x\\", ["x"]),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    assert split_words(line, 100) == words


@given(st.text())
def test_any_line_has_words(line: str) -> None:
    assert len(split_words(line, 100)) <= 100


def test_a_line_has_so_many_words_at_most() -> None:
    assert len(split_words("a " * 1000, 100)) == 100
