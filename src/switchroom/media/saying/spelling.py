"""Texts said one character at a time: digits, letters, the phonetic alphabet.

The same in every language: ``letters/a`` is another sound in each, not another name.
"""

from __future__ import annotations

from enum import StrEnum

_DIGITS = {
    **{str(digit): f"digits/{digit}" for digit in range(10)},
    "*": "digits/star",
    "#": "digits/pound",
}
_SIGNS = {
    " ": "letters/space",
    "!": "letters/exclaimation-point",  # the sound sets' own spelling
    "$": "letters/dollar",
    "+": "letters/plus",
    "-": "letters/dash",
    ".": "letters/dot",
    "/": "letters/slash",
    "=": "letters/equals",
    "@": "letters/at",
}


class Case(StrEnum):
    """Which letters SayAlphaCase tells the case of."""

    ALL = "a"
    LOWER = "l"
    UPPER = "u"
    NONE = "n"


def digits(text: str) -> list[str]:
    """0 to 9, ``*``, ``#`` and ``-``; anything else is passed over."""
    known = {**_DIGITS, "-": "digits/minus"}
    return [known[character] for character in text if character in known]


def letters(text: str, case: Case = Case.NONE) -> list[str]:
    """Every character by its name; those outside of ASCII are passed over."""
    names: list[str] = []
    for character in text:
        if not (name := _character(character)):
            continue
        if case in {Case.ALL, Case.UPPER} and character.isupper():
            names.append("uppercase")
        elif case in {Case.ALL, Case.LOWER} and character.islower():
            names.append("lowercase")
        names.append(name)
    return names


def _character(character: str) -> str:
    if not character.isascii() or not character.isprintable():
        return ""
    if character.isalpha():
        return f"letters/{character.lower()}"
    return _DIGITS.get(character) or _SIGNS.get(character) or f"letters/ascii{ord(character)}"


def phonetic(text: str) -> list[str]:
    """As :func:`letters`, with "alpha", "bravo" for a, b."""
    return [
        f"phonetic/{character.lower()}_p" if character.isascii() and character.isalpha() else name
        for character in text
        if (name := _character(character))
    ]
