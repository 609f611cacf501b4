import pytest

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.arguments import Signature
from switchroom.dialplan.registry import Rest


def takes_rest(channel: object, first: str, rest: Rest) -> None: ...
def takes_more(channel: object, first: str, *more: str) -> None: ...


def test_a_required_rest_may_be_empty_but_not_left_out() -> None:
    signature = Signature("f", takes_rest)
    assert signature.bind("a,") == ["a", ""]
    assert signature.bind("a,,\\b") == ["a", ",\\b"]
    with pytest.raises(BadArgumentsError):
        signature.bind("a")


def test_further_arguments() -> None:
    signature = Signature("f", takes_more)
    assert signature.bind("a") == ["a"]
    assert signature.bind('a,,"b,c"') == ["a", "", "b,c"]
    assert signature.syntax() == "f(first[,more[,...]])"
    with pytest.raises(BadArgumentsError):
        signature.bind("")


def takes_options(channel: object, who: str, within_: float = 0, options: str = "") -> None: ...
def takes_names(channel: object, *names: str) -> None: ...
def takes_nothing(channel: object) -> None: ...


def test_syntax() -> None:
    assert Signature("f", takes_options).syntax() == "f(who[,within[,options]])"
    assert Signature("f", takes_options, skip=2).syntax() == "f([within[,options]])"
    assert Signature("f", takes_names).syntax() == "f(names[,...])"
    assert Signature("f", takes_nothing).syntax() == "f()"


def takes_numbers(channel: object, whole: int = 0, real: float = 0.0) -> None: ...


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("5,2.5", [5, 2.5]), ("5s,30s", [5, 30.0]), ("4.9,1e2", [4, 100.0]), (" 7 , .5 ", [7, 0.5]),
        ("-1,-1", [-1, -1.0]), ("99999999999,1e300", [1215752191, 1e9]), ("1_0,1_0", [1, 1.0]), (",", [0, 0.0]),
    ],
)  # fmt: skip
def test_numbers_are_read_as_c_reads_them(text: str, numbers: list[float]) -> None:
    assert Signature("f", takes_numbers).bind(text) == numbers


def needs_a_number(channel: object, real: float) -> None: ...


@pytest.mark.parametrize("text", ["x", "٣", ",nan", ",inf", ",1e999", ",x", ".", "-"])
def test_what_is_no_number_is_told_and_left_out(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert Signature("f", takes_numbers, is_lenient=True).bind(text) == [0, 0.0]
    assert "is not a" in caplog.text
    with pytest.raises(BadArgumentsError):
        Signature("f", takes_numbers).bind(text)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf"])
def test_a_number_that_is_needed_must_be_one(text: str) -> None:
    with pytest.raises(BadArgumentsError):
        Signature("f", needs_a_number, is_lenient=True).bind(text)
