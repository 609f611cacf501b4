import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("%s", "(null)"), ("%d", ""), ("100%%", "100%"), ("%u,-1", "4294967295"),
        ("%hhd,200", "-56"), ("%ld,-1", "-1"), ("%lx,-1", "ffffffffffffffff"), ("%hx,-1", "ffff"),
        ("%#x,255", "0xff"), ("%#x,0", "0"), ("%#o,8", "010"), ("%08.3d,5", "     005"),
        ("%.0d,0", ""), ("% d,5", " 5"), ("%+x,5", "5"), ("%-6u|,7", "7     |"),
        ("%.3s|,abcdef", "abc|"), ("%5.2s|,abc", "   ab|"), ("%05s,ab", "   ab"),
        ("%4s|,é", "  é|"), ("%g,0.0001", "0.0001"), ("%G,1e20", "1E+20"), ("%.0f,2.5", "2"),
        ("%f,inf", "inf"), ("%a,1.5", "0x1.8p+0"), ("%A,10", "0X1.4P+3"), ("%c%c,72,105", "Hi"),
        ("%3c|,65", "  A|"), ("%p,1", ""), ("%,1", ""), ("a%", ""), ("%99999d,1", ""),
        ("%s-%s,a\\,b,\"c,d\"", "a,b-c,d"), ("%d,0x10", "0"),
    ],
)  # fmt: skip
def test_value(arguments: str, value: str) -> None:
    assert value_of(f"Set(R=${{SPRINTF({arguments})}})") == value


def test_a_zero_octet_ends_the_text() -> None:
    assert value_of("Set(R=${SPRINTF(a%cb,0)}x)") == "ax"


@pytest.mark.parametrize("width", ["9" * 5000, "." + "9" * 5000, "4097", ".4097"])
def test_widths_have_a_bound(width: str) -> None:
    assert value_of(f"Set(R=<${{SPRINTF(%{width}d,1)}}>)") == "<>"
