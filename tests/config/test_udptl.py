"""udptl.conf."""

from __future__ import annotations

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.udptl import UdptlConfig, read_udptl


def test_the_ports() -> None:
    assert read_udptl(parse_config("")) == UdptlConfig(4000, 4999)
    found = read_udptl(parse_config("[general]\nudptlstart=4500\nudptlend=4600\n"))
    assert (found.first_port, found.last_port, found.warnings) == (4500, 4600, ())


def test_what_changes_nothing_is_said_once() -> None:
    found = read_udptl(parse_config("[general]\nudptlfecspan=5\nuse_even_ports=yes\n"))
    assert [each.message for each in found.warnings] == [
        "udptlfecspan has no effect yet (udptl.conf)"
    ]


@pytest.mark.parametrize("text", ["udptlstart=5000\nudptlend=4000", "udptlend=70000", "bogus=1"])
def test_what_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_udptl(parse_config(f"[general]\n{text}\n"))
