"""What the prompts say, for speech: one file of texts a language, in our own words."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from switchroom.media.files.finding import languages_of
from switchroom.media.saying.registry import all_languages

#: What every voice reads aloud in its own language: a number, a letter.
_OF_ITSELF = re.compile(r"digits/([0-9]+)|letters/([a-z])")


@functools.lru_cache(maxsize=32)
def load_texts(language: str) -> Mapping[str, str]:
    """All texts of one language by the prompt's name; empty where there are none.

    Args:
        language: A file's name: ``en``, ``de``.
    """
    file = resources.files(__name__).joinpath(f"{language}.toml")
    if not file.is_file():
        return {}
    import tomllib  # only nodes that speak pay for it

    return dict(_flatten(tomllib.loads(file.read_text(encoding="utf-8"))))


def _flatten(table: Mapping[str, Any], folder: str = "") -> list[tuple[str, str]]:
    """A table of the file is a folder of prompts."""
    texts: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, str):
            texts.append((folder + name, value))
        else:
            texts += _flatten(value, f"{folder}{name}/")
    return texts


def find_text(name: str, language: str) -> str | None:
    """What a prompt says in a language, or in its main one.

    Args:
        name: Such as ``vm-goodbye`` or ``digits/1``.
        language: ``en_GB`` is looked for, then ``en``; ``el`` finds what ``gr`` has.
    """
    tables = [texts for each in _tables_of(language) if (texts := load_texts(each))]
    for texts in tables:
        if (text := texts.get(name)) is not None:
            return text
    if tables and (match := _OF_ITSELF.fullmatch(name)):
        return match[1] or match[2]
    return None


def _tables_of(language: str) -> tuple[str, ...]:
    """The files to look for, best first."""
    names = languages_of(language)
    known = all_languages().get(names[-1].lower()) if names else None
    return names if known is None else (*names, known.codes[0])


def text_of_name(name: str) -> str:
    """What to say for a prompt that nobody wrote a text for: ``custom/my-prompt_two``."""
    last = name.rstrip("/").rpartition("/")[2]
    return " ".join(last.replace("-", " ").replace("_", " ").split())
