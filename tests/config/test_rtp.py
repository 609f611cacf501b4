from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.rtp import RtpConfig, read_rtp


def read(text: str) -> RtpConfig:
    return read_rtp(parse_config(text, path=Path("rtp.conf")))


def test_the_range() -> None:
    config = read("[general]\nrtpstart=10000\nrtpend=20000\nstunaddr=a.example\n")
    assert (config.first_port, config.last_port) == (10000, 20000)
    assert [str(w) for w in config.warnings] == [
        "rtp.conf:4: stunaddr has no effect yet (rtp.conf)"
    ]
    assert read("") == RtpConfig(5000, 31000)


@pytest.mark.parametrize("range_", [(0, 5000), (6000, 5000), (6000, 6000), (6000, 70000)])
def test_a_range_that_is_none(range_: tuple[int, int]) -> None:
    with pytest.raises(ConfigError, match="must be a range") as raised:
        read(f"[general]\nrtpstart={range_[0]}\nrtpend={range_[1]}\n")
    assert raised.value.line == 3


def test_what_counts_for_all_streams() -> None:
    assert read("[general]\n") == RtpConfig()
    config = read(
        "[general]\nrtcpinterval=1000\nprobation=8\nstrictrtp=no\ndtmftimeout=3000\n"
        "rtpchecksums=no\n"
    )
    assert (config.rtcp_interval, config.probation, config.digit_timeout) == (1000, 8, 3000)
    assert (config.is_strict, config.has_checksums, config.warnings) == (False, False, ())
    assert read("[general]\nstrictrtp=seqno\nrtcpinterval=1\n").rtcp_interval == 500
    assert read("[general]\nrtcpinterval=100000\n").rtcp_interval == 60_000


def test_a_strictness_that_is_none() -> None:
    with pytest.raises(ConfigError, match="strictrtp"):
        read("[general]\nstrictrtp=perhaps\n")
