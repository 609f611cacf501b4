import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("5/0", "0.000000"), ("5%0", "0.000000"), ("-7%3,int", "-1"), ("7.9%3.9,int", "1"),
        ("-4-2,int", "-6"), ("10--3,int", "13"), ("10+-3,int", "7"), ("2^-1", "0.500000"),
        ("1+2*3,int", "3"), ("6AND3,int", "2"), ("6OR3,int", "7"), ("6XOR3,int", "5"),
        ("1<<33,int", "2"), ("-8>>1,int", "-4"), ("-1<1", "TRUE"), ("1.5==1.5", "TRUE"),
        ("5=-3", ""), ("5!=5", ""), ("1+2,INT", "3"), ("1+2,int,x", ""), ("1e3+1,int", "1001"),
        ("0x10+1,int", "17"), ("-0.5+0,hex", "0"), ("4294967295+0,hex", "ffffffff"),
        ("4294967296+0,hex", "ffffffff"), ("2147483648+0,int", "-2147483648"),
        ("65+0,char", "A"), ("321+0,c", "A"), ("1000^1000", "inf"), ("-1000^1001", "-inf"), ("-1000^1000", "inf"), ("-8^0.5", "-nan"), ("nan+1", "nan"), ("inf-inf", "-nan"), ("0^-1", "inf"),
        ("1+", ""), ("+", ""),
    ],
)  # fmt: skip
def test_value(arguments: str, value: str) -> None:
    assert value_of(f"Set(R=${{MATH({arguments})}})") == value
