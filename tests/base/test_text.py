import math

import pytest

from switchroom.base.text import (
    from_octets,
    leading_float,
    leading_int,
    shown_controls,
    shown_url,
    to_octets,
    without_controls,
    wrapped,
)


def test_octets_come_back_as_they_were() -> None:
    assert to_octets("é") == b"\xc3\xa9"
    assert to_octets(from_octets(b"a\xffb")) == b"a\xffb"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), (" -7x", -7), ("+3", 3), ("3.9", 3), ("", None), ("abc", None), ("- 1", None),
        ("2147483648", -2147483648), ("4294967296", 0), ("99999999999999999999", -1),
        ("-99999999999999999999", 0), ("1" * 5000, -1),
    ],
)  # fmt: skip
def test_leading_int(text: str, value: int | None) -> None:
    assert leading_int(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5), ("  -.5z", -0.5), ("1.e2", 100.0), ("1e", 1.0), ("0x10", 16.0),
        ("0x1.8p1", 3.0), ("-inf", -math.inf), ("1e999", math.inf), ("abc", None), ("", None),
        (".", None), ("7 / 2", 7.0), ("0x1p99999", math.inf),
    ],
)  # fmt: skip
def test_leading_float(text: str, value: float | None) -> None:
    assert leading_float(text) == value


def test_nan_is_a_number_to_c() -> None:
    value = leading_float("nan(x)")
    assert value is not None
    assert math.isnan(value)


def test_wrapped() -> None:
    assert [wrapped(n, 8) for n in (127, 128, 255, 256, -129)] == [127, -128, -1, 0, 127]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:pw@example.com:8443/a.ics?token=1#x", "https://example.com:8443/a.ics"), ("http://h?ann:pw@x", "http://h"),
        ("ann:pw@example.com/a", "example.com/a"), ("http://[::1/x", "http://[::1/x"), ("http://h/a://b@c", "http://h/a://b@c"),
        ("http://a@b:c@d/", "http://d/"), ("", ""), ("http://" + "x" * 300, "http://" + "x" * 193),
    ],
)  # fmt: skip
def test_shown_url(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_controls() -> None:
    text = "a\x1b[2J\r\nb\rc\td\x9be\x7fé"
    assert without_controls(text) == "a[2Jbcdeé"
    assert shown_controls(text) == "a\\x1b[2J\nb\\x0dc\td\\x9be\\x7fé"
