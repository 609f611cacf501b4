from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.reader import parse_config
from switchroom.config.rtp import RtpConfig, read_rtp


def read(text: str) -> RtpConfig:
    return read_rtp(parse_config(text, path=Path("rtp.conf")))


def test_the_range() -> None:
    config = read("[general]\nrtpstart=10000\nrtpend=20000\nstrictrtp=no\n")
    assert (config.first_port, config.last_port) == (10000, 20000)
    assert [str(w) for w in config.warnings] == [
        "rtp.conf:4: strictrtp has no effect yet (rtp.conf)"
    ]
    assert read("") == RtpConfig(5000, 31000)


@pytest.mark.parametrize("range_", [(0, 5000), (6000, 5000), (6000, 6000), (6000, 70000)])
def test_a_range_that_is_none(range_: tuple[int, int]) -> None:
    with pytest.raises(ConfigError, match="must be a range") as raised:
        read(f"[general]\nrtpstart={range_[0]}\nrtpend={range_[1]}\n")
    assert raised.value.line == 3
