"""The words of the protocol, without a connection."""

import json

import pytest

from switchroom.recognition.aeap_messages import (
    AeapError,
    chosen_codec,
    parse_message,
    parse_results,
    response,
    setup,
)
from switchroom.recognition.engine import Result


def test_a_setup() -> None:
    request = setup(["ulaw", "slin16"], {"language": "de"})
    assert json.loads(request.to_text()) == {
        "request": "setup",
        "id": request.id,
        "version": "0.1.0",
        "codecs": [{"name": "ulaw"}, {"name": "slin16"}],
        "params": {"language": "de"},
    }
    assert setup(["ulaw"], {}).id != request.id


def test_responses() -> None:
    asked = parse_message(b'{"request": "set", "id": "7", "params": {"a": 1}}')
    assert asked.is_request
    assert asked.params == {"a": 1}
    assert json.loads(response(asked)) == {"response": "set", "id": "7"}
    assert json.loads(response(asked, "no"))["error_msg"] == "no"


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff", b"[1]", b"{}", b'{"request": 5, "id": "1"}', b'{"response": "x"}', b"[" * 5000],
)
def test_what_is_no_message(text: bytes) -> None:
    with pytest.raises(AeapError):
        parse_message(text)


@pytest.mark.parametrize(
    ("codecs", "chosen"),
    [
        ([{"name": "slin16"}], "slin16"),
        ([{"name": "opus"}, {"name": "ULAW"}], "ulaw"),
        ({"name": "ulaw"}, "ulaw"),
        ("slin16", "slin16"),
        (None, "ulaw"),
    ],
)
def test_the_codec(codecs: object, chosen: str) -> None:
    answer = {"response": "setup", "id": "1"} | ({} if codecs is None else {"codecs": codecs})
    message = parse_message(json.dumps(answer).encode())
    assert chosen_codec(message, ["ulaw", "slin16"]) == chosen


def test_a_codec_that_was_not_offered() -> None:
    message = parse_message(b'{"response": "setup", "id": "1", "codecs": [{"name": "opus"}]}')
    with pytest.raises(AeapError, match="none of ulaw"):
        chosen_codec(message, ["ulaw"])


def test_results() -> None:
    told = [
        {"text": "yes please", "score": 87.6, "grammar": "answers"},
        {"text": "guess", "best": 1},
        {"text": "x" * 9999, "score": 5000, "grammar": None, "best": -1},
    ]
    first, second, third = parse_results(told)
    assert first == Result("yes please", 88, "answers")
    assert second == Result("guess", 0, "", 1)
    assert third == Result("x" * 4096, 1000)


@pytest.mark.parametrize(
    "value", [None, {}, "yes", [5], [{}], [{"text": 5}], [{"text": "a", "score": "high"}]]
)
def test_what_are_no_results(value: object) -> None:
    with pytest.raises(AeapError):
        parse_results(value)


def test_infinite_scores() -> None:
    with pytest.raises(AeapError):
        parse_results([{"text": "a", "score": float("inf")}])
