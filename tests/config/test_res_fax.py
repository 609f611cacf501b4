"""res_fax.conf."""

from __future__ import annotations

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.res_fax import FaxConfig, read_res_fax


def test_without_a_word_faxes_go_as_fast_as_they_can() -> None:
    assert read_res_fax(parse_config("")) == FaxConfig(
        4800, 14400, False, True, frozenset({"v17", "v27", "v29"}), 5.0  # noqa: FBT003  # in order
    )  # fmt: skip


def test_all_options() -> None:
    text = "minrate=2400\nmaxrate=9600\nstatusevents=yes\necm=no\nmodems=v27,V29\nt38timeout=8000\n"
    found = read_res_fax(parse_config(f"[general]\n{text}"))
    assert (found.min_rate, found.max_rate) == (2400, 9600)
    assert (found.tells_status, found.ecm) == (True, False)
    assert (set(found.modems), found.t38_timeout) == ({"v27", "v29"}, 8.0)
    assert found.warnings == ()


def test_the_other_spelling_and_a_modem_that_is_not_here() -> None:
    found = read_res_fax(parse_config("[general]\nmodem=v17,v34\nmaxrate=33600\n"))
    assert (set(found.modems), found.max_rate) == ({"v17"}, 33600)


@pytest.mark.parametrize(
    "text", ["minrate=300", "maxrate=fast", "minrate=9600\nmaxrate=4800", "modems=v90", "bogus=1"]
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_res_fax(parse_config(f"[general]\n{text}\n"))
