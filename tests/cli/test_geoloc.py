"""``geoloc …`` on the console."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.channels.sip.geolocation.whereabouts import Geolocation
from switchroom.cli.registry import collect_commands
from switchroom.config.geolocation import read_geolocation
from switchroom.config.language.reader import parse_config
from tests.cli.fakes import CliNode

TEXT = """\
[hq]
type=location
format=civicAddress
location_info=country=US,A1="New York, N"
[desk]
type=profile
location_reference=hq
location_info_refinement=FLR=3
"""


def run(cli: CliNode, line: str) -> list[str]:
    async def main() -> str:
        async with cli.context.pbx as pbx:
            pbx.datastore(Geolocation).use(read_geolocation(parse_config(TEXT)))
            return await collect_commands().execute(line, cli.context)

    return asyncio.run(main()).splitlines()


def test_locations(cli: CliNode) -> None:
    assert [each.split() for each in run(cli, "geoloc list locations")] == [
        ["Location", "Format", "Details"],
        ["hq", "civicAddress", 'country=US,A1="New', "York,", 'N"'],
        ["1", "locations"],
    ]
    assert run(cli, "geoloc list locations like x")[-1] == "0 locations"


def test_profiles(cli: CliNode) -> None:
    assert run(cli, "geoloc list profiles")[-1] == "5 profiles"
    assert run(cli, "geoloc list profiles like ^desk$")[1].split() == [
        "desk", "discard_incoming", "hq",
    ]  # fmt: skip
    shown = run(cli, "geoloc show profiles like desk")
    assert 'effective_location  : country=US,A1="New York, N",FLR=3' in shown


def test_shapes_and_reload(cli: CliNode) -> None:
    assert "Circle     pos, radius" in run(cli, "geoloc show gml_shape_defs")
    assert run(cli, "geoloc reload") == ["Geolocation reloaded."]


@pytest.mark.parametrize(
    "line", ["geoloc show gml_shape_defs x", "geoloc reload x", "geoloc list profiles x"]
)
def test_what_makes_no_sense(cli: CliNode, line: str) -> None:
    assert run(cli, line)[0].startswith("Usage: ")
