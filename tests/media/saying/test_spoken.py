"""Every prompt that is said has a text in its own language, so that a fresh machine can speak it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from switchroom.media.prompts import find_text, load_texts
from switchroom.media.saying.date_format import say_moment
from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language
from switchroom.media.saying.registry import all_languages, language_for
from switchroom.media.saying.spelling import Case, digits, letters

NUMBERS = [*range(2200), *range(2200, 130_000, 997), *range(130_000, 2 * 10**9, 14_999_999),
           *(n * 10**e for n in (1, 2, 3, 5, 21) for e in (5, 6, 7, 8)), 10**9, 2 * 10**9]  # fmt: skip


def said(language: Language) -> set[str]:
    names: set[str] = {*digits("-*#"), *letters("aZ", Case.ALL)}
    for gender in Gender:
        for number in NUMBERS:
            names.update(language.number(number, gender))
    for number in (*range(32), 40, 50, 60, 70, 80, 90, 100, 1000, 2000, 5000, 10**6, 2 * 10**6):
        names.update(language.ordinal(number))
    for amount in ("0.01", "1", "2.02"):
        names.update(language.money(Decimal(amount)))
    when = datetime(1899, 12, 31, 23, 0, 0)  # noqa: DTZ001  # its zone does not matter here
    today = when.date() - timedelta(days=2)
    for step in range(400):
        moment = when + timedelta(days=100 * step, hours=step, minutes=7 * (step % 60))
        for layout in ("ABmdYFIHkMNSPRT", language.time_format, language.date_time_format):
            names.update(say_moment(language, moment, layout, today=today))
    for day in range(5):
        names.update(say_moment(language, when - timedelta(days=day), "Qq", today=today))
    return names


@pytest.mark.parametrize("code", sorted(all_languages().keys() - {"en", "en_GB"}))
def test_every_prompt_has_a_text(code: str) -> None:
    assert sorted(n for n in said(language_for(code)) if find_text(n, code) is None) == []


@pytest.mark.parametrize(
    "code",
    sorted({language.codes[0] for language in all_languages().values()} - {"en_GB", "pt_BR"}),
)
def test_texts_are_clean(code: str) -> None:
    texts = load_texts(code)
    assert len(texts) > 30
    for name, text in texts.items():
        assert text == " ".join(text.split()), name


def test_numbers_and_letters_say_themselves() -> None:
    assert find_text("digits/20", "de") == "20"
    assert find_text("letters/a", "de_AT") == "a"
    assert find_text("digits/1F", "de") == "eine"
    assert find_text("digits/kai", "el") == find_text("digits/kai", "gr") == "και"
    assert find_text("digits/1z", "en") is None
    assert find_text("letters/dash", "de") is None
