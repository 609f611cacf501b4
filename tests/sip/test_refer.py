"""REFER and Replaces, read."""

import pytest

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Request
from switchroom.sip.refer import notify_headers, parse_refer, status_fragment
from switchroom.sip.replaces import Replaces, parse_replaces, replaces_of


def refer(*values: str, **headers: str) -> Request:
    fields = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Request("REFER", "sip:x", {"refer-to": list(values), **fields})


def test_a_blind_one() -> None:
    found = parse_refer(refer('"Bob" <sip:200@pbx;user=phone>', refer_sub="FALSE"))
    assert str(found.target) == "sip:200@pbx;user=phone"
    assert found.replaces is None
    assert not found.wants_notify


def test_an_attended_one() -> None:
    found = parse_refer(refer("<sip:200@pbx?Replaces=c%40x%3Bto-tag%3Da%3Bfrom-tag%3Db&X=1>"))
    assert str(found.target) == "sip:200@pbx"
    assert found.replaces == Replaces("c@x", "a", "b")
    assert found.wants_notify


@pytest.mark.parametrize("values", [(), ("<sip:1@x>", "<sip:2@x>"), ("<<",), ("<tel:1>",)])
def test_what_is_no_refer_to(values: tuple[str, ...]) -> None:
    with pytest.raises(RemoteSipError):
        parse_refer(refer(*values))


@pytest.mark.parametrize("value", ["", "c", "c;to-tag=a", ";to-tag=a;from-tag=b", "c;=;to-tag=a"])
def test_what_is_no_replaces(value: str) -> None:
    with pytest.raises(RemoteSipError):
        parse_replaces(value)


def test_an_invite_that_replaces() -> None:
    def invite(*values: str) -> Request:
        return Request("INVITE", "sip:x", {"replaces": list(values)} if values else {})

    assert replaces_of(invite()) is None
    value = "c@x;to-tag=a;from-tag=b;early-only"
    found = replaces_of(invite("c@x;from-tag=b;early-only;to-tag=a"))
    assert found == Replaces("c@x", "a", "b", early_only=True)
    assert str(found) == value
    with pytest.raises(RemoteSipError, match="one Replaces"):
        replaces_of(invite(value, value))


def test_what_a_notify_tells() -> None:
    assert dict(notify_headers(7, is_over=False))["Event"] == "refer;id=7"
    assert dict(notify_headers(7, is_over=True))["Subscription-State"].startswith("terminated")
    assert status_fragment(603) == b"SIP/2.0 603 Decline\r\n"
