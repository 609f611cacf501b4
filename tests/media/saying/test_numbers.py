"""Numbers, ranks, amounts and counted words: a table a language, then what holds in all of them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.media.saying.errors import CannotSayError
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import LARGEST
from switchroom.media.saying.parsing import parse_amount, parse_number
from switchroom.media.saying.registry import all_languages, language_for


def said(names: list[str]) -> str:
    """Short enough for a table: without ``digits/``."""
    return " ".join(name.removeprefix("digits/") for name in names)


NUMBERS = [
    ("en", 0, "", "0"),
    ("en", -5, "", "minus 5"),
    ("en", 12345, "", "12 thousand 3 hundred 40 5"),
    ("en", 100000, "", "1 hundred thousand"),
    ("en", 2147483646, "", "2 billion 1 hundred 40 7 million 4 hundred 80 3 thousand 6 hundred 40 6"),
    ("en_GB", 101, "", "1 hundred vm-and 1"),
    ("en_GB", 2004, "", "2 thousand vm-and 4"),
    ("en_GB", 2400, "", "2 thousand 4 hundred"),
    ("de", 1, "", "1"),
    ("de", 1, "f", "1F"),
    ("de", 1, "n", "1N"),
    ("de", 21, "", "1-and 20"),
    ("de", 101, "f", "1N hundred 1F"),
    ("de", 121000, "", "1N hundred 1-and 20 thousand"),
    ("de", 1001001, "", "1F million 1N thousand 1"),
    ("de", 2000000, "", "2 millions"),
    ("de_AT", 21, "", "1-and 20"),
    ("nl", 99, "", "9 nl-en 90"),
    ("nl", 1100, "", "thousand hundred"),
    ("nl", 2200, "", "2 thousand 2 hundred"),
    ("fr", 21, "", "20 et 1"),
    ("fr", 21, "f", "20 et 1F"),
    ("fr", 70, "", "70"),
    ("fr", 71, "", "60 et 11"),
    ("fr", 77, "", "60 17"),
    ("fr", 81, "", "80 1"),
    ("fr", 91, "", "80 11"),
    ("fr", 200, "", "2 hundred"),
    ("fr", 1100, "", "thousand hundred"),
    ("es", 1, "m", "1M"),
    ("es", 21, "", "21"),
    ("es", 21, "f", "20-and 1F"),
    ("es", 31, "m", "30 and 1M"),
    ("es", 100, "", "hundred"),
    ("es", 101, "", "100-and 1"),
    ("es", 21000, "", "20-and 1M thousand"),
    ("es", 21000, "f", "20-and 1F thousand"),
    ("es", 1000000, "", "1M million"),
    ("es", 1000000000, "", "thousand millions"),
    ("it", 28, "", "28"),
    ("it", 100, "", "hundred"),
    ("it", 1000, "", "thousand"),
    ("it", 2000, "", "2 thousands"),
    ("it", 1000000, "", "un million"),
    ("pt", 100, "", "100"),
    ("pt", 101, "", "hundred pt-e 1"),
    ("pt", 222, "f", "200F pt-e 20 pt-e 2F"),
    ("pt", 1001, "", "thousand pt-e 1"),
    ("pt", 1200, "", "thousand pt-e 200"),
    ("pt", 1234, "", "thousand 200 pt-e 30 pt-e 4"),
    ("pt", 2000, "f", "2F thousand"),
    ("pt", 1000000000, "", "thousand millions"),
    ("pt_BR", 1000000000, "", "1 billion"),
    ("sv", 1, "n", "ett"),
    ("sv", 121, "", "ett hundred 20 1"),
    ("sv", 1000000, "", "1 million"),
    ("da", 21, "", "1-and 20"),
    ("da", 121, "", "1N hundred and 1-and 20"),
    ("no", 121, "", "1N hundred and 20 1"),
    ("no", 1100, "", "1N thousand 1N hundred"),
    ("is", 21, "f", "20 and 1F"),
    ("is", 121, "", "1N hundred 20 and 1"),
    ("ru", 1, "f", "1f"),
    ("ru", 2, "n", "2n"),
    ("ru", 1000, "", "thousand"),
    ("ru", 2000, "", "2f thousands-i"),
    ("ru", 5000, "", "5 thousands"),
    ("ru", 11000, "", "11 thousands"),
    ("ru", 21000, "", "20 1f thousand"),
    ("ru", 345, "", "300 40 5"),
    ("pl", 2, "f", "2-ie"),
    ("pl", 1000, "", "1000"),
    ("pl", 2000, "", "2 1000x1"),
    ("pl", 21000, "", "20 1 1000x2"),
    ("pl", 345, "", "300 40 5"),
    ("cs", 22000, "", "20 2 thousandx2"),
    ("gr", 21, "f", "20 1F"),
    ("gr", 3000, "", "3F thousands"),
    ("hu", 21, "", "20-and 1"),
    ("hu", 31, "", "30 1"),
    ("he", 21, "m", "20 ve 1m"),
    ("he", 320, "", "3 hundreds ve 20"),
    ("he", 2000, "", "2000"),
    ("ka", 31, "", "20_da 11"),
    ("ka", 100, "", "100"),
    ("ka", 101, "", "100_ 1"),
    ("ja", 300, "", "300"),
    ("ja", 12345, "", "1 man 2000 300 40 5"),
    ("zh", 101, "", "1 hundred 0 1"),
    ("zh", 110, "", "1 hundred 1 10"),
    ("zh", 12000, "", "1 ten-thousand 2 thousand"),
    ("th", 21, "", "20 et"),
    ("th", 250000, "", "2 hundred-thousand 5 ten-thousand"),
    ("vi", 25, "", "20 5-a"),
    ("vi", 101, "", "1 hundred odd 1"),
    ("ur", 99, "", "99"),
    ("ur", 12345678, "", "1 crore 23 lakh 45 thousand 6 hundred 78"),
    ("xx", 21, "", "20 1"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "gender", "expected"), NUMBERS)
def test_number(code: str, value: int, gender: str, expected: str) -> None:
    assert said(language_for(code).number(value, Gender.of(gender))) == expected


ORDINALS = [
    ("en", 0, "0"),
    ("en", 1, "h-1"),
    ("en", 21, "20 h-1"),
    ("en", 30, "h-30"),
    ("en", 111, "1 hundred h-11"),
    ("en", 1000000, "1 h-million"),
    ("de", 21, "1-and h-20"),
    ("es", 21, "h-20 h-1"),
    ("it", 21, "20 h-1"),
    ("it", 128, "hundred 20 h-8"),
    ("pt", 35, "h-30 h-5"),
    ("nl", 21, "1 nl-en h-20"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "expected"), ORDINALS)
def test_ordinal(code: str, value: int, expected: str) -> None:
    assert said(language_for(code).ordinal(value)) == expected


MONEY = [
    ("0", "0 cents"),
    ("0.01", "1 cent"),
    ("1", "1 letters/dollar"),
    ("1.01", "1 letters/dollar and 1 cent"),
    ("19.99", "19 dollars and 90 9 cents"),
    ("2.5", "2 dollars and 50 cents"),
    ("2.509", "2 dollars and 50 cents"),
    (".5", "50 cents"),
    ("-3", "minus 3 dollars"),
]  # fmt: skip


@pytest.mark.parametrize(("amount", "expected"), MONEY)
def test_money(amount: str, expected: str) -> None:
    assert said(language_for("en").money(parse_amount(amount))) == expected


COUNTED = [
    ("en", 0, "calls"), ("en", 1, "call"), ("en", 2, "calls"), ("fr", 0, "call"), ("hu", 5, "call"),
    ("ru", 1, "call"), ("ru", 21, "call"), ("ru", 3, "callx1"), ("ru", 5, "callx2"),
    ("ru", 13, "callx2"), ("pl", 21, "callx2"), ("pl", 22, "callx1"), ("cs", 22, "callx2"),
    ("ru", -1, "call"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "count", "expected"), COUNTED)
def test_counted_noun(code: str, count: int, expected: str) -> None:
    assert language_for(code).counted_noun(count, "call") == expected


def test_counted_adjective_declines_in_slavic_languages_only() -> None:
    assert language_for("en").counted_adjective(5, "new", Gender.FEMININE) == ["new"]
    assert language_for("ru").counted_adjective(1, "new", Gender.FEMININE) == ["newf", "newa"]
    assert language_for("ru").counted_adjective(21, "new", Gender.MASCULINE) == ["newm"]
    assert language_for("ru").counted_adjective(5, "new", Gender.FEMININE) == ["newx"]


# what holds in every language

CODES = sorted(all_languages())
NAME = re.compile(r"vm-and|digits/[A-Za-z0-9]+([-_][A-Za-z0-9]+)*_?")


def test_the_languages_of_the_sound_sets_are_there() -> None:
    wanted = "en en_GB de da no sv nl fr es it pt pt_BR pl ru he ja cs hu ka gr th tw zh ur vi is"
    assert set(wanted.split()) <= set(CODES)


@given(st.sampled_from(CODES), st.integers(-LARGEST, LARGEST), st.sampled_from(list(Gender)))
def test_every_number_has_names_of_the_known_shape(code: str, value: int, gender: Gender) -> None:
    names = language_for(code).number(value, gender)
    assert names
    assert all(NAME.fullmatch(name) for name in names), names


@given(
    st.sampled_from(CODES),
    st.integers(0, LARGEST),
    st.integers(0, LARGEST),
    st.sampled_from(list(Gender)),
)
def test_two_numbers_never_sound_the_same(code: str, one: int, other: int, gender: Gender) -> None:
    language = language_for(code)
    same = language.number(one, gender) == language.number(other, gender)
    assert same == (one == other)


@pytest.mark.parametrize("code", CODES)
def test_small_numbers_never_sound_the_same(code: str) -> None:
    language = language_for(code)
    numbers = [*range(12_000), *range(12_000, LARGEST, 7_654_321)]
    assert len({tuple(language.number(n)) for n in numbers}) == len(numbers)


@pytest.mark.parametrize("code", CODES)
def test_what_is_too_large_is_refused(code: str) -> None:
    language = language_for(code)
    for value in (LARGEST + 1, -LARGEST - 1, 10**20):
        with pytest.raises(CannotSayError, match="too large"):
            language.number(value)
    with pytest.raises(CannotSayError, match="too large"):
        language.money(Decimal(LARGEST + 1))


def read_english(names: list[str]) -> int:
    """The number that English prompts stand for."""
    scales = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
    words = [name.removeprefix("digits/") for name in names]
    sign = -1 if words[0] == "minus" else 1
    total = group = 0
    for word in words[words[0] == "minus" :]:
        if word == "hundred":
            group *= 100
        elif word in scales:
            total, group = total + group * scales[word], 0
        else:
            group += int(word)
    return sign * (total + group)


@given(st.integers(-LARGEST, LARGEST))
def test_english_reads_back(value: int) -> None:
    assert read_english(language_for("en").number(value)) == value


@given(st.integers(1, LARGEST))
def test_an_english_rank_is_its_number_but_for_the_last_word(value: int) -> None:
    *before, last = language_for("en").ordinal(value)
    assert last.startswith("digits/h-")
    assert [*before, last.replace("h-", "")] == language_for("en").number(value)


@given(st.decimals(-(10**6), 10**6, places=2))
def test_english_money_reads_back(amount: Decimal) -> None:
    names = language_for("en").money(amount)
    units = {"letters/dollar", "dollars", "cent", "cents"}
    cents, since = 0, 0
    for position, name in enumerate(names):
        if name in units:
            words = [n for n in names[since:position] if n not in {"and", "digits/minus"}]
            cents += read_english(words) * (100 if "dollar" in name else 1)
            since = position + 1
    assert (-1 if "digits/minus" in names else 1) * cents == amount * 100


def test_values_are_read_as_far_as_they_go() -> None:
    assert [parse_number(text) for text in ("7", " 007", "-5", "+3", "12abc", "1.9")] == [
        7, 7, -5, 3, 12, 1,
    ]  # fmt: skip
    assert parse_amount("3.14 dollars") == Decimal("3.14")
    for text in ("", "abc", "-", ".", "٣"):
        with pytest.raises(CannotSayError):
            parse_number(text)
        with pytest.raises(CannotSayError):
            parse_amount(text)
