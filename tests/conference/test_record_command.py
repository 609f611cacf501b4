"""Where a conference is recorded, and what is run when the recording is whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

from switchroom.conference.conference import Conferences
from switchroom.config.asterisk_conf import Directories
from switchroom.config.confbridge import BridgeProfile
from tests.support.fakes import make_pbx


def test_a_command_gets_the_file(tmp_path: Path) -> None:
    done = tmp_path / "done"
    command = f"echo ^{{MIXMONITOR_FILENAME}} > {done}"

    async def main() -> None:
        async with make_pbx(directories=Directories(astspooldir=tmp_path)) as pbx:
            profile = BridgeProfile(record_command=command)
            conference = pbx.datastore(Conferences).open(pbx, "600", profile)
            conference.start_recording("talk.wav")
            assert await conference.stop_recording()
            conference.close_unused()

    asyncio.run(main())
    assert done.read_text() == f"{tmp_path / 'monitor' / 'talk.wav'}\n"


def test_what_somebody_dialled_leads_out_of_no_folder(tmp_path: Path) -> None:
    async def main() -> Path:
        async with make_pbx(directories=Directories(astspooldir=tmp_path)) as pbx:
            name = "a/../../../b"
            conference = pbx.datastore(Conferences).open(pbx, name, BridgeProfile())
            path = conference.start_recording()
            assert await conference.stop_recording()
            conference.close_unused()
            return path

    path = asyncio.run(main())
    assert path.parent == tmp_path / "monitor"
    assert path.name.startswith("confbridge-a-..-..-..-b-")
