"""Headers that the dialplan adds, and what makes none."""

import pytest

from switchroom.channels.sip.added_headers import (
    MAX_HEADERS,
    AddedHeaders,
    HeaderError,
    checked,
    headers_of_variables,
    names_beginning_with,
    numbered,
)

FIELDS = {"x-a": ["1", "2"], "x-b": ["3"], "call-id": ["c"], "cseq": ["1 INVITE"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "x"),
        ("X Y", "x"),
        ("X:", "x"),
        ("Via", "x"),
        ("v", "x"),
        ("Content-Length", "0"),
        ("X-A", "1\r\nVia: evil"),
        ("X-A", "\0"),
        ("X-A", "x" * 3000),
    ],
)
def test_what_is_no_header(name: str, value: str) -> None:
    with pytest.raises(HeaderError):
        checked(name, value)


def test_added_changed_and_removed() -> None:
    added = AddedHeaders()
    for name, value in (("X-A", "1"), ("X-B", "2"), ("x-a", "3"), ("Alert-Info", "4")):
        added.add(name, value)
    assert (added.get("X-A"), added.get("X-A", 2), added.get("X-A", 3)) == ("1", "3", "")
    added.update("x-a", "33", 2)
    assert added.headers[2] == ("x-a", "33")
    with pytest.raises(HeaderError):
        added.update("X-C", "1")
    assert added.remove("X-A", 2) == 1
    assert added.remove("X-A", 2) == 0
    assert added.remove("X-*") == 2
    assert added.headers == [("Alert-Info", "4")]


def test_there_are_not_too_many() -> None:
    added = AddedHeaders()
    for _ in range(MAX_HEADERS):
        added.add("X", "y")
    with pytest.raises(HeaderError):
        added.add("X", "y")


def test_variables_of_sip_add_header() -> None:
    variables = {"SIPADDHEADER02": "B: 2", "SIPADDHEADER01": "A: 1:1", "SIPADDHEADER03": "no"}
    assert headers_of_variables({**variables, "OTHER": "C: 3"}) == [
        ("A", "1:1"), ("B", "2"), ("no", ""),
    ]  # fmt: skip
    assert headers_of_variables({"SIPADDHEADER01": "Via: x"}) == []


@pytest.mark.parametrize(
    ("name", "number", "value"),
    [("X-A", 1, "1"), ("x-a", 2, "2"), ("X-A", 3, ""), ("X-A", 0, ""), ("i", 1, "c"), ("Z", 1, "")],
)
def test_received(name: str, number: int, value: str) -> None:
    assert numbered(FIELDS, name, number) == value


def test_names() -> None:
    assert names_beginning_with(FIELDS, "x-") == ["X-A", "X-B"]
    assert names_beginning_with(FIELDS, "C") == ["Call-ID", "CSeq"]
