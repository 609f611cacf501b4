"""aeap.conf."""

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.aeap import AeapClients, read_aeap
from switchroom.config.language.reader import parse_config


def read(text: str) -> AeapClients:
    return read_aeap(parse_config(text, path=Path("aeap.conf")))


def test_a_client() -> None:
    found = read(
        "[general]\n[stt]\ntype=client\nurl=ws://127.0.0.1:9099/a\nprotocol=speech_to_text\n"
        "codecs=!all,ulaw,slin16\n@model=small\n@key=1\n[second](stt)\nurl=wss://b\n"
    )
    assert list(found.clients) == ["stt", "second"]
    first, second = found.clients.values()
    assert (first.url, first.codecs) == ("ws://127.0.0.1:9099/a", ("ulaw", "slin16"))
    assert dict(first.parameters) == {"model": "small", "key": "1"}
    assert (second.url, second.codecs) == ("wss://b", ("ulaw", "slin16"))
    assert not found.warnings


def test_what_a_client_need_not_say() -> None:
    [client] = read("[stt]\nurl=ws://a\n").clients.values()
    assert (client.protocol, client.codecs, dict(client.parameters)) == ("speech_to_text", (), {})


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("[stt]\ntype=client\n", "aeap client stt has no url"),
        ("[stt]\nurl=ws://a\nprotocol=x\n", "aeap client stt: there is no protocol 'x'"),
    ],
)
def test_what_cannot_be_used(text: str, warning: str) -> None:
    found = read(text)
    assert not found.clients
    assert [each.message for each in found.warnings] == [warning]


@pytest.mark.parametrize(
    "line", ["type=server", "codecs=nothing", "urls=ws://a", "codec=ulaw"]
)  # fmt: skip
def test_errors(line: str) -> None:
    with pytest.raises(ConfigError):
        read(f"[stt]\nurl=ws://a\n{line}\n")
