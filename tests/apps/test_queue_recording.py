"""What ``monitor-format`` records, and how that is called."""

import asyncio
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.recordings.naming import RecordingNames
from tests.apps.test_queue import Scene, play
from tests.support.fakes import fake_stream
from tests.support.phones import Phones


@pytest.mark.parametrize(
    ("template", "variables", "file"),
    [
        ("", "", "{id}.wav"),
        ("${QUEUENAME}/${EXTEN}", "", "q/1.wav"),
        ("${QUEUENAME}/${EXTEN}", "Set(MONITOR_FILENAME=mine)\n same => n,", "mine.wav"),
    ],
)
def test_names(tmp_path: Path, template: str, variables: str, file: str) -> None:
    async def story(scene: Scene) -> None:
        scene.pbx.directories = Directories(astspooldir=tmp_path)
        scene.pbx.datastore(RecordingNames).template = template
        caller = scene.call()
        await asyncio.sleep(3)
        [monitor] = fake_stream(caller).monitors
        wanted = tmp_path / "monitor" / file.format(id=caller.unique_id)
        assert (monitor.plan.mixed, monitor.plan.only_connected) == (wanted, True)

    queues = "[q]\nmonitor-format=wav|gsm\nsetqueuevar=yes\nmember=>Phone/bob,0,Bob\n"
    play(story, queues, f"{variables}Queue(q)", phones=Phones(bob=1))
