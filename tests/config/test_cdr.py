"""cdr.conf."""

from dataclasses import replace

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.records.cdr import CdrConfig, CdrCsvConfig, read_cdr


def test_without_a_section_nothing_is_written_and_h_finds_records_closed() -> None:
    config = read_cdr(parse_config(""))
    assert config == CdrConfig()
    assert (config.csv, config.ends_before_h) == (None, True)


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("enable=no", {"is_on": False}),
        ("channeldefaultenabled=no", {"records_by_default": False}),
        ("ignorestatechanges=yes", {"heeds_bridges": False}),
        ("ignoredialchanges=yes", {"heeds_dials": False}),
        ("unanswered=yes", {"keeps_unanswered": True}),
        ("congestion=yes", {"tells_congestion": True}),
        ("canceldispositionenabled=yes", {"tells_cancel": True}),
        ("endbeforehexten=no", {"ends_before_h": False}),
        ("initiatedseconds=yes", {"bills_initiated": True}),
        ("batch=yes\nsize=5\ntime=60", {"is_batched": True, "batch_size": 5, "batch_time": 60}),
    ],
)
def test_general(line: str, changed: dict[str, object]) -> None:
    found = read_cdr(parse_config(f"[general]\n{line}\n"))
    assert found == replace(CdrConfig(), **changed)  # type: ignore[arg-type]  # names of fields


def test_csv() -> None:
    text = "usegmtime=yes\naccountlogs=no\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n"
    assert read_cdr(parse_config("[csv]\n")).csv == CdrCsvConfig()
    assert read_cdr(parse_config(f"[csv]\n{text}")).csv == CdrCsvConfig(
        in_utc=True, by_account=False, unique_id=True, user_field=True, new_columns=True
    )


def test_what_is_wrong_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError) as raised:
        read_cdr(parse_config("[general]\nunansered=yes\n"))
    assert raised.value.line == 2
    assert "unanswered" in str(raised.value)


@pytest.mark.parametrize("line", ["debug=yes", "safeshutdown=no", "scheduleronly=yes"])
def test_what_has_no_effect_is_said(line: str) -> None:
    (warning,) = read_cdr(parse_config(f"[general]\n{line}\n")).warnings
    assert line.partition("=")[0] in warning.message
