"""guard.conf."""

from ipaddress import ip_network

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.guard import GuardConfig, read_guard
from switchroom.config.language.reader import parse_config


def test_without_a_file_it_is_on_and_local_networks_are_safe() -> None:
    config = read_guard(parse_config(""))
    assert config == GuardConfig()
    assert config.is_on
    assert ip_network("192.168.0.0/16") in config.ignored


def test_every_option() -> None:
    text = "enabled=no\nattempts=5\nforget_after=10\nban_time=60\nignore=192.0.2.0/24,::1\n"
    assert read_guard(parse_config(f"[general]\n{text}")) == GuardConfig(
        is_on=False,
        attempts=5,
        forget_after=10,
        ban_time=60,
        ignored=(ip_network("192.0.2.0/24"), ip_network("::1/128")),
    )


@pytest.mark.parametrize("line", ["attempts=0", "ban_time=0", "ignore=home", "tries=5"])
def test_what_is_wrong_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_guard(parse_config(f"[general]\n{line}\n"))
    assert raised.value.line == 2
