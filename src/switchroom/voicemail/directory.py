"""Finds people by the first letters of their names, keyed as digits. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import Flag, auto

from switchroom.config.voicemail.mailboxes import Mailbox

_KEYS = {
    letter: str(digit)
    for digit, letters in enumerate(("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), 2)
    for letter in letters
}
_SPLIT = {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "þ": "th"}  #: no letter and a mark


class Searched(Flag):
    """Which names are looked at."""

    FIRST = auto()
    LAST = auto()
    ALIAS = auto()  #: those of the option ``alias``


def keys_of(name: str) -> str:
    """A name as it is keyed: ``Müller`` is 685537; signs are left out."""
    plain = "".join(_SPLIT.get(letter, letter) for letter in name.lower())
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(
        _KEYS.get(letter, letter if letter in "0123456789" else "") for letter in decomposed
    )


def search(boxes: Iterable[Mailbox], keyed: str, searched: Searched) -> list[Mailbox]:
    """Whose names begin with what was keyed, by last and first name."""
    found = [box for box in boxes if _fits(box, keyed, searched)]
    return sorted(found, key=lambda box: (_parts(box)[1].lower(), _parts(box)[0].lower()))


def _parts(box: Mailbox) -> tuple[str, str]:
    """First and last name; both the same where there is one."""
    words = box.full_name.split() or [""]
    return words[0], words[-1]


def _fits(box: Mailbox, keyed: str, searched: Searched) -> bool:
    if box.options.hidden or not keyed:
        return False
    first, last = _parts(box)
    names = [first] * (Searched.FIRST in searched) + [last] * (Searched.LAST in searched)
    if Searched.ALIAS in searched:
        names.append(box.options.other_name)
    return any(name and keys_of(name).startswith(keyed) for name in names)
