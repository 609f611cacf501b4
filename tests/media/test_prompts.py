"""The texts of the prompts."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.media.prompts import find_text, load_texts, text_of_name
from switchroom.media.tones import make_silence

NAMES = (Path(__file__).parent / "prompt_names.txt").read_text(encoding="utf-8").split()


def test_every_prompt_of_the_core_set_has_a_text_or_is_silence() -> None:
    assert len(NAMES) == 569
    assert [n for n in NAMES if not find_text(n, "en") and make_silence(n) is None] == []


def test_texts_are_clean() -> None:
    for name, text in load_texts("en").items():
        assert text == text.strip(), name
        assert "  " not in text, name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("my-prompt_two", "my prompt two"),
        ("custom/greeting", "greeting"),
        ("custom/press--1__", "press 1"),
        ("-", ""),
    ],
)
def test_a_name_without_a_text_says_itself(name: str, text: str) -> None:
    assert text_of_name(name) == text


def test_the_main_language_helps_out() -> None:
    assert find_text("digits/7", "en_GB") == "seven"
    assert find_text("digits/7", "xx") is None
    assert find_text("digits/7", "../en") is None


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_the_most_used_prompts_speak_more_languages(language: str) -> None:
    core = {name for name in load_texts("de") if name in NAMES and "/" not in name}
    assert len(core) > 80
    texts = load_texts(language)
    assert core <= texts.keys()
    assert {name for name in texts if "/" not in name} - {"and", "cent", "cents", "dollars"} <= {
        *NAMES
    }
    assert all(f"phonetic/{letter}_p" in texts for letter in "abcdefghijklmnopqrstuvwxyz9")
