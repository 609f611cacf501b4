"""Digits, letters and the phonetic alphabet."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.media.saying.spelling import Case, digits, letters, phonetic


def test_digits_pass_over_what_is_none() -> None:
    assert digits("10*#-x 5") == [
        "digits/1", "digits/0", "digits/star", "digits/pound", "digits/minus", "digits/5",
    ]  # fmt: skip
    assert digits("") == []


@given(st.text("0123456789"))
def test_digits_read_back(text: str) -> None:
    assert "".join(name.removeprefix("digits/") for name in digits(text)) == text


def test_letters_name_signs() -> None:
    assert letters("aB 1.") == [
        "letters/a",
        "letters/b",
        "letters/space",
        "digits/1",
        "letters/dot",
    ]
    assert letters("-@!*#_") == [
        "letters/dash", "letters/at", "letters/exclaimation-point", "digits/star", "digits/pound",
        "letters/ascii95",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case.ALL, ["lowercase", "letters/a", "uppercase", "letters/b", "digits/1"]),
        (Case.UPPER, ["letters/a", "uppercase", "letters/b", "digits/1"]),
        (Case.LOWER, ["lowercase", "letters/a", "letters/b", "digits/1"]),
        (Case.NONE, ["letters/a", "letters/b", "digits/1"]),
    ],
)
def test_letters_tell_their_case(case: Case, expected: list[str]) -> None:
    assert letters("aÄB1", case) == expected


def test_phonetic_has_letters_of_its_own_and_the_rest_of_spelling() -> None:
    assert phonetic("Ab9*é") == ["phonetic/a_p", "phonetic/b_p", "digits/9", "digits/star"]


@given(st.text())
def test_every_text_can_be_spelled(text: str) -> None:
    ascii_count = sum(c.isascii() and c.isprintable() for c in text)
    assert len(letters(text)) == len(phonetic(text)) == ascii_count


#: The signs that have a letters/ascii prompt in the core sound set.
CORE_ASCII = {
    34,
    36,
    37,
    38,
    39,
    40,
    41,
    42,
    44,
    58,
    59,
    60,
    62,
    63,
    *range(91, 97),
    *range(123, 127),
}


def test_every_sign_has_a_prompt_of_the_core_sound_set() -> None:
    named = {
        int(n.removeprefix("letters/ascii")) for n in letters(string.punctuation) if "ascii" in n
    }
    assert named <= CORE_ASCII
