"""aeap show …"""

from __future__ import annotations

from types import MappingProxyType

import pytest

from switchroom.config.aeap import AeapClient
from switchroom.recognition.aeap import AeapEngine
from switchroom.recognition.engine import Engines
from switchroom.recognition.sphinx import SphinxEngine
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run

STT = AeapClient(
    "stt", "ws://127.0.0.1:9099", codecs=("ulaw", "slin16"), parameters={"model": "small"}
)


def fill(cli: CliNode) -> None:
    cli.context.pbx.datastore(Engines).known = MappingProxyType(
        {"stt": AeapEngine(STT), "pocketsphinx": SphinxEngine()}
    )


def test_none(cli: CliNode) -> None:
    assert run(cli, "aeap show clients") == "No objects found.\n"


def test_clients(cli: CliNode) -> None:
    fill(cli)
    assert run(cli, "aeap show clients").split() == ["stt", "ws://127.0.0.1:9099"]


def test_a_client(cli: CliNode) -> None:
    fill(cli)
    name, *rows = run(cli, "aeap show client stt").splitlines()
    assert name == "stt"
    assert [row.split() for row in rows] == [
        ["url", "ws://127.0.0.1:9099"],
        ["protocol", "speech_to_text"],
        ["codecs", "ulaw,slin16"],
        ["@model", "small"],
    ]


@pytest.mark.parametrize("name", ["pocketsphinx", "nobody"])
def test_no_such_client(cli: CliNode, name: str) -> None:
    fill(cli)
    assert run(cli, f"aeap show client {name}") == f"Unable to find object {name}.\n"
