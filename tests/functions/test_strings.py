import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ('QUOTE(a"b)', '"a\\"b"'), ("QUOTE(a\\\\b)", '"a\\\\\\\\b"'), ('CSV_QUOTE(a"b)', '"a""b"'),
        ("TRIM( a b )", "a b"), ("LTRIM( a )", "a "), ("RTRIM( a )", " a"), ("TRIM()", ""),
        ("KEYPADHASH(Les Zz*#1)", "537991"), ("KEYPADHASH(ß)", ""), ("PASSTHRU()", ""),
        ("TOUPPER(aéb)", "AéB"), ("LEN(é)", "2"), ("BASENAME(/a/b/)", "b"), ("BASENAME(/)", "/"),
        ("BASENAME(//)", "/"), ("BASENAME(a/)", "a"), ("DIRNAME(/a/b/)", "/a"), ("DIRNAME(/a)", "/"),
        ("DIRNAME(/)", "/"), ("DIRNAME(a/)", "."), ("DIRNAME(a//b)", "a"), ("DIRNAME(foo/bar/b.wav)", "foo/bar"),
    ],
)  # fmt: skip
def test_value(call: str, value: str) -> None:
    assert value_of(f"Set(R=${{{call}}})") == value
