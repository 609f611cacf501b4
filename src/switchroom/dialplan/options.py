"""Option letters of an application, declared as a frozen dataclass."""

from __future__ import annotations

import re
from dataclasses import Field, field, fields, is_dataclass
from typing import Any, TypeVar

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.numbers import parse_number

OptionsT = TypeVar("OptionsT")
_LETTER = re.compile(r"(?P<letter>[A-Za-z0-9*])(?:\((?P<value>(?:[^()]|\([^()]*\))*)\))?")


def option(
    letter: str, text: str, *, default: Any = False, bare: Any = None, word: str = ""
) -> Any:
    """Declare one option letter.

    Args:
        letter: As in the dialplan.
        text: For the help.
        default: Without the letter; one other than False means that it takes ``(value)``.
        bare: What the letter means without a value, or with an empty one; None: the default.
        word: What old dialplans write instead of all letters: ``skip``.
    """
    metadata = {"letter": letter, "text": text, "bare": bare, "word": word}
    return field(default=default, metadata=metadata)


def option_letters(kind: object) -> tuple[tuple[str, str], ...]:
    """Each letter as it is written, ``o(start_ms)``, and its meaning, for the help.

    Args:
        kind: Of a parameter. Where it is a dataclass its fields are made by :func:`option`; their
            names say what a value is.
    """
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return ()
    letters = []
    for declared in fields(kind):
        letter, meaning = declared.metadata["letter"], declared.metadata["text"]
        if declared.default is not False:
            value = f"({declared.name})"
            letter += value if declared.metadata["bare"] is None else f"[{value}]"
        if word := declared.metadata["word"]:
            meaning += f" Instead of all letters: ``{word}``."
        letters.append((letter, meaning))
    return tuple(letters)


def parse_options(kind: type[OptionsT], raw: str, owner: str = "") -> OptionsT:
    """Parse ``tL(60)`` into an instance of the dataclass ``kind``.

    Args:
        kind: Its fields are made by :func:`option`.
        raw: As in the dialplan; letters that are not declared are passed over.
        owner: The application, for messages.

    Raises:
        BadArgumentsError: A letter's value cannot be converted.
    """
    by_letter = {f.metadata["letter"]: f for f in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    values: dict[str, Any] = {}
    by_word = {f.metadata["word"]: f.name for f in by_letter.values()}
    if raw and (name := by_word.get(raw.strip().lower())):
        return kind(**{name: True})
    for match in _LETTER.finditer(raw):
        declared = by_letter.get(match["letter"])
        if declared is None:
            continue
        default: Any = declared.default
        if default is False:
            values[declared.name] = True
            continue
        try:
            values[declared.name] = _value(declared, match["value"])
        except ValueError as error:
            message = f"{owner}: option {match['letter']}({match['value']}) cannot be used"
            raise BadArgumentsError(message) from error
    return kind(**values)


def _value(declared: Field[Any], text: str | None) -> object:
    """What stands in the parentheses of an option, or what it is without.

    Raises:
        ValueError: It is none.
    """
    kind: Any = type(declared.default)
    if text:
        return parse_number(kind, text) if kind in {int, float} else kind(text)
    bare = declared.metadata["bare"]
    return kind(declared.default if bare is None else bare)
