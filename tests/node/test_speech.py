"""Speech recognition in a node: aeap.conf, and the engine of this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from switchroom.recognition.aeap import AeapEngine
from switchroom.recognition.engine import Engines, RecognitionError
from switchroom.recognition.sphinx import SphinxEngine
from tests.node.test_parts import prepare


def test_engines_of_a_node(tmp_path: Path) -> None:
    prepare(tmp_path)
    file = tmp_path / "aeap.conf"
    file.write_text("[second]\nurl=ws://127.0.0.1:1\n[pocketsphinx2]\nurl=ws://127.0.0.1:2\n")

    async def story(node: Node) -> None:
        await node.fully_booted.wait()
        assert node._pbx is not None
        engines = node._pbx.datastore(Engines)
        assert list(engines.known) == ["second", "pocketsphinx2", "pocketsphinx"]
        assert isinstance(engines.find(""), AeapEngine)
        assert isinstance(engines.find("PocketSphinx"), SphinxEngine)
        with pytest.raises(RecognitionError, match="'third'"):
            engines.find("third")

        ours = engines.known["pocketsphinx"]
        file.write_text("[third]\nurl=ws://127.0.0.1:3\n[second]\nurls=x\n")
        with pytest.raises(ConfigError, match=r"aeap\.conf:4: unknown option 'urls'"):
            await node.reload("res_aeap")
        assert "second" in engines.known
        file.write_text("[third]\nurl=ws://127.0.0.1:3\n")
        await node.reload("aeap")
        assert list(engines.known) == ["third", "pocketsphinx"]
        assert engines.known["pocketsphinx"] is ours, "its workers go on"
        node.stop(StopMode.NOW)

    async def main() -> None:
        node = Node(tmp_path)
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(story(node))

    asyncio.run(main())
