"""pjsip set history, pjsip show history: what is kept, found again, and masked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from switchroom.net import history as module
from switchroom.net.history import history
from switchroom.net.trace import trace
from switchroom.sip.flow import Flow
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run

FLOW = Flow("udp", ("192.0.2.9", 5060), ("192.0.2.1", 5062))
HEAD = (
    "No.   Timestamp  (Dir) Address                  SIP Message                        \n"
    "===== ========== ============================== ===================================\n"
)
INVITE = (
    "INVITE sip:200@192.0.2.9 SIP/2.0\r\nCall-ID: abc\r\nCSeq: 1 INVITE\r\n"
    'Authorization: Digest username="a",response="0123"\r\n\r\n'
    "a=crypto:1 AES inline:secret\r\n"
)
OK = "SIP/2.0 200 OK\r\ni: abc\r\nCSeq: 1 INVITE\r\n\r\n"
BYE = "BYE sip:200@192.0.2.9 SIP/2.0\r\nCall-ID: xyz\r\nCSeq: 2 BYE\r\n\r\n"


@pytest.fixture(autouse=True)
def _off_again() -> Iterator[None]:
    yield
    history.is_on = False
    history.clear()


def fill(cli: CliNode) -> None:
    assert run(cli, "pjsip set history on") == "PJSIP History enabled\n"
    for way, text in (("<--", INVITE), ("-->", OK), ("<--", BYE)):
        trace(way, text.encode(), FLOW)


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?m)^(\d{5}) ", text)]


def test_what_is_kept_is_listed_and_shown(cli: CliNode) -> None:
    trace("<--", INVITE.encode(), FLOW)
    assert run(cli, "pjsip show history") == HEAD
    fill(cli)
    lines = run(cli, "pjsip show history").splitlines()[2:]
    assert [re.sub(r" \d{10} ", " AT ", line) for line in lines] == [
        "00000 AT * <== 192.0.2.9:5060           INVITE sip:200@192.0.2.9 SIP/2.0",
        "00001 AT * ==> 192.0.2.9:5060           SIP/2.0 200 OK",
        "00002 AT * <== 192.0.2.9:5060           BYE sip:200@192.0.2.9 SIP/2.0",
    ]
    shown = run(cli, "pjsip show history entry 0")
    assert re.match(r"<--- History Entry 0 Received from 192.0.2.9:5060 at \d+ --->\n", shown)
    assert "0123" not in shown
    assert "inline:secret" not in shown
    assert 'response="***' in shown
    assert run(cli, "pjsip show history entry 9").startswith("Invalid entry '9'\n")
    assert run(cli, "pjsip set history off") == "PJSIP History disabled\n"
    trace("<--", BYE.encode(), FLOW)
    assert numbers(run(cli, "pjsip show history")) == [0, 1, 2]
    assert run(cli, "pjsip set history clear", "pjsip show history") == HEAD


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("number > 0", [1, 2]),
        ("number >= 1 and number < 2", [1]),
        ("sip.msg.method = INVITE", [0, 1]),
        ("sip.msg.request.method = INVITE", [0]),
        ("sip.msg.call-id = abc", [0, 1]),
        ("sip.msg.call-id != abc or number = 0", [0, 2]),
        ("number = 2 or number = 1 and sip.msg.method = BYE", [2]),
        ("addr like 192.0.2", [0, 1, 2]),
        ("timestamp < 5", []),
    ],
)
def test_where(cli: CliNode, expression: str, found: list[int]) -> None:
    fill(cli)
    assert numbers(run(cli, f"pjsip show history where {expression}")) == found


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("number", "Expected a field, an operator and a value"),
        ("colour = red", "Unknown field 'colour'"),
        ("number ~ 1", "Unknown operator '~'"),
        ("number = one", "'one' is no number"),
        ("number = 1 xor number = 2", "Expected `and` or `or`, not 'xor'"),
        ("number = 1 and", "Expected a field, an operator and a value"),
    ],
)
def test_what_is_no_expression(cli: CliNode, expression: str, message: str) -> None:
    assert run(cli, f"pjsip show history where {expression}").startswith(f"{message}\n")


def test_the_oldest_go_first(cli: CliNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MESSAGES", 2)
    fill(cli)
    assert numbers(run(cli, "pjsip show history")) == [1, 2]
    monkeypatch.setattr(module, "MOST_OCTETS", len(BYE) + len(OK))
    trace("-->", OK.encode(), FLOW)
    assert numbers(run(cli, "pjsip show history")) == [2, 3]
