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
