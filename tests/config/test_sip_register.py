"""``register =>`` lines."""

import pytest

from switchroom.config.sip.register import SipRegister, parse_register


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100@pbx", SipRegister("100@pbx", "100", "pbx")),
        (
            "100:s3@192.0.2.1:5070",
            SipRegister("100@192.0.2.1", "100", "192.0.2.1", 5070, secret="s3"),
        ),
        (
            "100:s3:auth@pbx/200",
            SipRegister("100@pbx", "100", "pbx", secret="s3", auth_user="auth", extension="200"),
        ),
        (
            "trunk?tls://100@example.com:s3:auth@pbx:5071/200~600",
            SipRegister(
                "100@pbx",
                "100",
                "pbx",
                5071,
                "example.com",
                "s3",
                "auth",
                "tls",
                "200",
                600,
                "trunk",
            ),
        ),
        ("tcp://100:s3@pbx", SipRegister("100@pbx", "100", "pbx", secret="s3", protocol="tcp")),
    ],
)
def test_a_line(text: str, expected: SipRegister) -> None:
    assert parse_register(text) == expected


@pytest.mark.parametrize(
    "text", ["", "100", "@pbx", "100@", "100@/s", "ftp://100@pbx", "100@pbx~soon", "100@pbx:port"]
)
def test_what_is_no_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_register(text)


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(parse_register("100:hush@pbx"))
