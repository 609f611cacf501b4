import pytest

from switchroom.base.errors import DialplanError
from switchroom.dialplan.escapes import decoded, delimiter_of


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (r"a\nb", b"a\nb"), (r"\t\r\\", b"\t\r\\"), (r"\x41\x4", b"A\x04"), (r"\0101\0", b"A\x00"),
        (r"\q", b"q"), ("\\", b"\\"), ("é", b"\xc3\xa9"), ("", b""),
    ],
)  # fmt: skip
def test_decoded(text: str, octets: bytes) -> None:
    assert b"".join(decoded(text)) == octets


def test_a_hexadecimal_escape_needs_a_digit() -> None:
    with pytest.raises(DialplanError):
        decoded(r"\xg")


def test_delimiter() -> None:
    assert [delimiter_of(text) for text in ("", "ab", r"\nx")] == [b"", b"a", b"\n"]
