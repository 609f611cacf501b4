"""FAXOPT."""

from __future__ import annotations

from dataclasses import replace

import pytest

from switchroom.base.errors import DialplanError
from switchroom.functions.fax_options import read_fax_option, write_fax_option
from switchroom.pbx.fax.options import FaxOptions
from switchroom.pbx.fax.sessions import FaxSessions
from tests.support.fakes import make_channel, make_pbx


def test_what_is_not_set_is_as_the_file_says() -> None:
    channel = make_channel(make_pbx())
    faxes = channel.pbx.datastore(FaxSessions)
    faxes.config = replace(faxes.config, ecm=False, max_rate=9600, modems=frozenset({"v29", "v27"}))
    items = ("ecm", "maxrate", "minrate", "modem", "t38timeout", "headerinfo", "status")
    assert [read_fax_option(channel, item) for item in items] == [
        "no", "9600", "4800", "V27,V29", "5000", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "value", "read"),
    [
        ("ecm", "no", "no"),
        ("headerinfo", "Example Ltd.", "Example Ltd."),
        ("LocalStationID", "+49 30 1", "+49 30 1"),
        ("maxrate", "9600", "9600"),
        ("minrate", "2400", "2400"),
        ("modem", "v27", "V27"),
        ("t38timeout", "2500", "2500"),
        ("gateway", "yes,10", "yes,10"),
    ],
)
def test_what_is_set_counts_for_the_channel_alone(item: str, value: str, read: str) -> None:
    pbx = make_pbx()
    channel, other = make_channel(pbx), make_channel(pbx, name="Fake/b")
    before = read_fax_option(other, item)
    write_fax_option(channel, value, item)
    assert read_fax_option(channel, item) == read
    assert read_fax_option(other, item) == before != read


def test_what_came_of_a_fax() -> None:
    channel = make_channel(make_pbx())
    channel.datastore(FaxOptions).results["pages"] = "3"
    assert read_fax_option(channel, "pages") == "3"


@pytest.mark.parametrize(
    ("item", "value"),
    [("ecm", "perhaps"), ("maxrate", "1"), ("modem", "v90"), ("t38timeout", "x"), ("pages", "3")],
)
def test_what_cannot_be_set(item: str, value: str) -> None:
    with pytest.raises(DialplanError, match="FAXOPT"):
        write_fax_option(make_channel(make_pbx()), value, item)


def test_what_there_is_not() -> None:
    with pytest.raises(DialplanError, match="bogus"):
        read_fax_option(make_channel(make_pbx()), "bogus")


def test_what_has_no_effect_yet_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    channel = make_channel(make_pbx())
    for value in ("no", "cng", "t38"):
        write_fax_option(channel, value, "faxdetect")
    assert [each.getMessage() for each in caplog.records] == [
        "FAXOPT(faxdetect) has no effect yet: it is kept and can be read"
    ]
