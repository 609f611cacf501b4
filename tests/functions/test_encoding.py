import pytest

from switchroom.base.text import to_octets
from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("BASE64_DECODE(YWJj)", "abc"), ("BASE64_DECODE(YWI)", "ab"), ("BASE64_DECODE(Y W!J j)", "abc"),
        ("BASE64_DECODE(YWJjY)", "abc"), ("BASE64_DECODE(=YWJj)", ""), ("BASE64_DECODE(YQBi)", "a"),
        ("URIENCODE(a~b_c-d.e!f*g'h)", "a~b_c-d.e!f*g'h"), ("URIENCODE(a+b%)", "a%2Bb%25"),
        ("URIDECODE(a+b%20c%2)", "a+b c\x02"), ("URIDECODE(%zz%)", "%zz%"), ("URIDECODE(%C3%A9)", "é"),
        ("URIDECODE(a%00b)", "a"), ("SQL_ESC(it's)", "it''s"), ("SQL_ESC_BACKSLASHES(a\\b)", "a\\\\b"),
        ("ICONV(UTF-8,ISO-8859-1//IGNORE,a→b)", "ab"), ("ICONV(UTF-8,ASCII,a→b)", "a"),
        ("ICONV(UTF-8,ASCII//TRANSLIT,é)", "?"), ("ICONV(NONE,UTF-8,a)", ""), ("ICONV(hex,UTF-8,61)", ""),
    ],
)  # fmt: skip
def test_value(call: str, value: str) -> None:
    assert value_of(f"Set(R=${{{call}}})") == value


def test_iconv_gives_octets_of_the_other_set() -> None:
    assert to_octets(value_of("Set(R=${ICONV(UTF-8,ISO-8859-1,é)})")) == b"\xe9"
    assert value_of("Set(R=${ICONV(ISO-8859-1,UTF-8,${ICONV(UTF-8,ISO-8859-1,é)})})") == "é"
