from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchroom.config.language.values import (
    CODECS,
    VIDEO_CODECS,
    is_host_name,
    is_true,
    parse_bind,
    parse_codecs,
    parse_decimal,
    parse_network,
    parse_number,
    parse_yes_no,
    split_host_port,
)


@pytest.mark.parametrize("word", ["yes", "TRUE", "y", "t", "1", "On", " yes "])
def test_words_for_yes(word: str) -> None:
    assert parse_yes_no(word)
    assert is_true(word)


@pytest.mark.parametrize("word", ["no", "False", "n", "f", "0", "off"])
def test_words_for_no(word: str) -> None:
    assert not parse_yes_no(word)
    assert not is_true(word)


def test_other_words_are_neither() -> None:
    with pytest.raises(ValueError, match="yes or no"):
        parse_yes_no("maybe")
    assert not is_true("maybe")


@pytest.mark.parametrize("text", ["", "x", "1.5", "-1", "101", "1_0", "٣", "9" * 30])
def test_what_is_no_number_from_0_to_100(text: str) -> None:
    with pytest.raises(ValueError, match="expected a"):
        parse_number(text, maximum=100)


@pytest.mark.parametrize(("text", "value"), [("3", 3.0), ("3.5", 3.5), (" 0.25 ", 0.25)])
def test_decimals(text: str, value: float) -> None:
    assert parse_decimal(text) == value


@pytest.mark.parametrize("text", ["nan", "inf", "1e3", "-1", ""])
def test_what_is_no_decimal(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("disallow", "all"), ("allow", "ulaw,alaw")], ("ulaw", "alaw")),
        ([("allow", "!all,ulaw , alaw:20")], ("ulaw", "alaw")),
        ([("allow", "ulaw,alaw,g722"), ("disallow", "alaw")], ("ulaw", "g722")),
        ([("allow", "ulaw"), ("allow", "ulaw,alaw")], ("ulaw", "alaw")),
        ([("disallow", "!ulaw")], ("ulaw",)),
        ([("allow", "h264,t140,ulaw")], ("h264", "ulaw")),
        ([("allow", "all")], CODECS + VIDEO_CODECS),
        ([], ()),
    ],
)
def test_codecs(lines: list[tuple[str, str]], expected: tuple[str, ...]) -> None:
    assert parse_codecs(lines) == expected


def test_an_unknown_codec() -> None:
    with pytest.raises(ValueError, match="'ulawe'"):
        parse_codecs([("allow", "ulawe")])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.1/24", "192.0.2.0/24"),
        ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("[2001:db8::1]", "2001:db8::1/128"),
    ],
)
def test_networks(text: str, expected: str) -> None:
    assert parse_network(text) == ip_network(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", ("127.0.0.1", 5060)),
        ("0.0.0.0:5070", ("0.0.0.0", 5070)),
        ("[::]:5070", ("::", 5070)),
        ("::1", ("::1", 5060)),
        ("[::1]", ("::1", 5060)),
    ],
)
def test_binds(text: str, expected: tuple[str, int]) -> None:
    assert parse_bind(text, port=5060) == expected


@pytest.mark.parametrize("text", ["", ":5060", "host", "1.2.3.4:x", "1.2.3.4:70000", "[::1]x"])
def test_what_cannot_be_bound(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|no host"):
        parse_bind(text, port=5060)


@pytest.mark.parametrize(
    ("text", "expected"), [("sip.example.com", True), ("10.0.0.300", False), ("a b", False)]
)
def test_host_names(*, text: str, expected: bool) -> None:
    assert is_host_name(text) is expected


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_value_errors(text: str) -> None:
    for parse in (parse_yes_no, parse_number, parse_decimal, parse_network, split_host_port):
        try:
            parse(text)
        except ValueError:
            continue
