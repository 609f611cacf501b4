"""The parts of a node: a reload is taken by all of those that are meant, or by none."""

import asyncio
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from switchroom.pbx.features import Features
from switchroom.pbx.signal_tones import Indications
from tests.support.fakes import make_channel


def prepare(folder: Path) -> None:
    (folder / "asterisk.conf").write_text(
        "[directories]\n"
        + "".join(f"{key} = {folder}\n" for key in (
            "astetcdir", "astvarlibdir", "astdbdir", "astspooldir", "astrundir", "astlogdir",
        ))
    )  # fmt: skip
    (folder / "extensions.conf").write_text("[phones]\nexten => 1,1,NoOp()\n")
    (folder / "pjsip.conf").write_text("")
    write(folder, country="de", digits="900")


def write(folder: Path, *, country: str, digits: str) -> None:
    (folder / "indications.conf").write_text(
        f"[general]\ncountry={country}\n[{country}]\ndescription=x\ndial=425\n"
    )
    (folder / "features.conf").write_text(f"[general]\nfeaturedigittimeout={digits}\n")


def test_a_reload_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    prepare(tmp_path)

    async def reload_twice(node: Node) -> None:
        await node.fully_booted.wait()
        assert node._pbx is not None
        features = node._pbx.datastore(Features)
        indications = node._pbx.datastore(Indications)

        write(tmp_path, country="fr", digits="1000")
        await node.reload("features")
        assert (features.settings.digit_timeout, indications.config.country) == (1.0, "de")

        write(tmp_path, country="it", digits="1500")
        (tmp_path / "musiconhold.conf").write_text("[a]\nmode=files\n[\n")
        with pytest.raises(ConfigError, match=r"musiconhold\.conf:3"):
            await node.reload()
        assert (features.settings.digit_timeout, indications.config.country) == (1.0, "de")
        node.stop(StopMode.NOW)

    async def story() -> None:
        node = Node(tmp_path)
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(reload_twice(node))

    asyncio.run(story())


def test_a_call_has_it_read_anew(tmp_path: Path) -> None:
    prepare(tmp_path)
    plan = (
        "[phones]\n"
        "exten => 1,1,Reload(pbx_config)\n same => n,Set(DB(t/first)=${RELOADSTATUS} ${WORD})\n"
        " same => n,Reload(features,res_musiconhold)\n same => n,Set(DB(t/second)=${RELOADSTATUS})\n"
    )
    (tmp_path / "extensions.conf").write_text(plan)

    async def call(node: Node) -> None:
        await node.fully_booted.wait()
        pbx = node._pbx
        assert pbx is not None
        (tmp_path / "extensions.conf").write_text(f"[globals]\nWORD=new\n{plan}")
        write(tmp_path, country="de", digits="1500")
        (tmp_path / "musiconhold.conf").write_text("[a]\nmode=files\n[\n")
        pbx.start(make_channel(pbx, context="phones", extension="1"))
        while pbx.channels:
            await asyncio.sleep(0.01)
        assert pbx.astdb.get("t", "first") == "SUCCESS new"
        assert pbx.astdb.get("t", "second") == "FAILURE"
        assert pbx.datastore(Features).settings.digit_timeout == 1.5
        node.stop(StopMode.NOW)

    async def story() -> None:
        node = Node(tmp_path)
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            group.create_task(call(node))

    asyncio.run(story())
