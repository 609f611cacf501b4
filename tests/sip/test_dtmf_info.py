import pytest

from switchroom.sip.dtmf_info import CONTENT_TYPE, body_of_digit, digit_of_info


@pytest.mark.parametrize(
    ("kind", "body", "digit"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
        ("Application/DTMF-Relay; charset=x", "duration = 160\nsignal = * \n", "*"),
        ("application/dtmf-relay", "Signal=11\r\n", "#"),
        ("application/dtmf-relay", "Signal=a\r\n", "A"),
        ("application/dtmf", " 7 ", "7"),
        ("application/dtmf", "77", None),
        ("application/dtmf", "", None),
        ("application/dtmf-relay", "Duration=160", None),
        ("application/dtmf-relay", "Signal=E", None),
        ("text/plain", "5", None),
    ],
)
def test_digits_are_read(kind: str, body: str, digit: str | None) -> None:
    assert digit_of_info(kind, body) == digit


def test_what_is_written_can_be_read() -> None:
    body = body_of_digit("#", 0.16)
    assert body == b"Signal=#\r\nDuration=160\r\n"
    assert digit_of_info(CONTENT_TYPE[1], body.decode()) == "#"
