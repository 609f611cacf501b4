"""Who is found by which keys."""

from __future__ import annotations

import pytest

from switchroom.config.voicemail.mailboxes import BoxOptions, Mailbox
from switchroom.voicemail.directory import Searched, keys_of, search

BOXES = [
    Mailbox("default", "100", "", "Alice Adams"),
    Mailbox("default", "101", "", "Bob Adler"),
    Mailbox("default", "102", "", "Jürgen Müller", options=BoxOptions(other_name="Boss")),
    Mailbox("default", "103", "", "Cher"),
    Mailbox("default", "104", "", "Adam Zulu", options=BoxOptions(hidden=True)),
    Mailbox("default", "105", "", ""),
    Mailbox("default", "106", "", "Quincy O'Hara"),
]


@pytest.mark.parametrize(
    ("keyed", "searched", "found"),
    [
        ("23", Searched.LAST, ["100", "101"]),
        ("232", Searched.LAST, ["100"]),
        ("254", Searched.FIRST, ["100"]),
        ("232", Searched.FIRST, []),
        ("243", Searched.LAST, ["103"]),
        ("243", Searched.FIRST, ["103"]),
        ("685", Searched.LAST, ["102"]),
        ("642", Searched.LAST, ["106"]),
        ("784", Searched.FIRST | Searched.LAST, ["106"]),
        ("267", Searched.LAST, []),
        ("267", Searched.LAST | Searched.ALIAS, ["102"]),
        ("", Searched.LAST, []),
        ("1", Searched.LAST, []),
    ],
)
def test_searching(keyed: str, searched: Searched, found: list[str]) -> None:
    assert [box.number for box in search(BOXES, keyed, searched)] == found


def test_names_as_keys() -> None:
    assert keys_of("Qz 7-ß") == "79777"
    assert keys_of("Łukasz") == "585279"
