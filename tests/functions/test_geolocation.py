"""GEOLOC_PROFILE: what it reads, takes and refuses."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.geolocation.whereabouts import Geolocation, Whereabouts
from switchroom.config.geolocation import read_geolocation
from switchroom.config.language.reader import parse_config
from switchroom.functions.geolocation import geoloc_profile, set_geoloc_profile
from switchroom.pbx.channel import Channel
from tests.support.fakes import make_channel, make_pbx

TEXT = "[hq]\ntype=location\nformat=civicAddress\nlocation_info=country=US\n"


def with_channel(story: str) -> str:
    """Each line sets a parameter, ``name,options=value``; returns what ``name`` reads at last."""

    async def main() -> str:
        async with make_pbx() as pbx:
            pbx.datastore(Geolocation).use(read_geolocation(parse_config(TEXT)))
            channel = make_channel(pbx)
            name = ""
            for line in story.splitlines():
                name, _, value = line.partition("=")
                name, _, options = name.partition(",")
                set_geoloc_profile(channel, value, name, options)
                assert channel.variables["GEOLOCPROFILESTATUS"] == "0"
            return await geoloc_profile(channel, name)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("format=civicaddress", "civicAddress"),
        ("format=URI", "URI"),
        ("method=GPS", "GPS"),
        ("pidf_element=Person", "person"),
        ("pidf_element_id=a", "a"),
        ("device_id=mac:1", "mac:1"),
        ("profile_precedence=prefer_config", "prefer_config"),
        ("allow_routing_use=yes", "yes"),
        ("suppress_empty_ca_elements=no", "no"),
        ("location_source=a.example.com", "a.example.com"),
        ("notes=x, y", "x, y"),
        ("location_info=A1=a,A2=b", "A1=a,A2=b"),
        ("location_info=A1=a\nlocation_info,a=A2=b", "A1=a,A2=b"),
        ("location_info=A1=a\nlocation_info=A2=b", "A2=b"),
        ("location_info_refinement=A1=a", "A1=a"),
        ("location_variables=x=1", "x=1"),
        ("usage_rules=retransmit=no", "retransmit=no"),
        ("confidence=value=3", "value=3"),
        ("location_reference=hq", "hq"),
        ("location_info_refinement=A1=a\neffective_location=A2=b", "A2=b"),
    ],
)
def test_what_is_set_is_read(story: str, value: str) -> None:
    assert with_channel(story) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "map"), ("method", "guess"), ("pidf_element", "x"), ("profile_precedence", "x"),
        ("allow_routing_use", "x"), ("location_info", "x"), ("location_reference", "x"),
        ("colour", "x"), ("id", "x"),
    ],
)  # fmt: skip
def test_what_is_no_value(name: str, value: str) -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            channel = make_channel(pbx)
            with pytest.raises(DialplanError, match="GEOLOC_PROFILE"):
                set_geoloc_profile(channel, value, name)
            assert channel.variables["GEOLOCPROFILESTATUS"] == "-3"
            assert channel.datastore(Whereabouts).profile is None

    asyncio.run(main())


def test_reading_what_is_not_there() -> None:
    async def read(channel: Channel, name: str) -> str:
        assert await geoloc_profile(channel, name) == ""
        return channel.variables["GEOLOCPROFILESTATUS"]

    async def main() -> None:
        async with make_pbx() as pbx:
            channel = make_channel(pbx)
            assert [await read(channel, name) for name in ("", "format", "x")] == ["-1", "-2", "-3"]
            set_geoloc_profile(channel, "x", "")
            assert channel.variables["GEOLOCPROFILESTATUS"] == "-1"

    asyncio.run(main())


def test_the_name_of_what_the_dialplan_made() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            channel = make_channel(pbx)
            set_geoloc_profile(channel, "x", "notes")
            assert await geoloc_profile(channel, "id", "r") == "dialplan"

    asyncio.run(main())
