"""One-touch recording: a code begins it, the same code ends it, whoever of both keys it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import Directories
from switchroom.config.features import FeatureSettings
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.calls import CallRecordings
from switchroom.pbx.recordings.naming import RecordingNames
from tests.support.fakes import fake_stream
from tests.support.office import Office, office

SETTINGS = FeatureSettings(
    record="*1", mix="*3", courtesy_tone="beep", recording_failure_sound="beeperr"
)
CONF = """\
[default]
exten => s,1,Set(CALLERID(num)=100)
 same => n,Set(__TOUCH_MIXMONITOR_MESSAGE_START=recorded)
 same => n,Dial(Phone/bob,,xXwW)
"""


def spooling(folder: Path) -> Callable[[Pbx], None]:
    def prepare(pbx: Pbx) -> None:
        pbx.directories = Directories(astspooldir=folder)

    return prepare


def test_a_code_begins_a_recording_and_either_of_both_ends_it(tmp_path: Path) -> None:
    async def work(at: Office) -> None:
        at.key("caller", "*3")
        await asyncio.sleep(1)
        path = Path(at.caller.variables["TOUCH_MIXMONITOR_OUTPUT"])
        assert path.parent == tmp_path / "monitor"
        epoch = path.name.split("-")[1]
        assert path.name == f"auto-{epoch}-100-s.wav"
        assert int(epoch) == pytest.approx(at.pbx.now(), abs=60)
        assert at.bob.variables["TOUCH_MIXMONITOR_OUTPUT"] == str(path)
        (monitor,) = fake_stream(at.bob).monitors
        assert (monitor.plan.mixed, monitor.plan.only_connected) == (path, True)
        for who in (at.caller, at.bob):
            assert fake_stream(who).played == ["beep", "recorded"]
        at.key("bob", "*3")
        await asyncio.sleep(2)
        assert monitor.duration is not None
        assert not at.bob.datastore(CallRecordings).running
        assert fake_stream(at.caller).played == ["beep", "recorded", "beep"]
        at.key("bob", "*3")
        await asyncio.sleep(1)
        assert len(fake_stream(at.caller).monitors) == 1, "the peer of who keys is recorded"

    office(work, SETTINGS, CONF, spooling(tmp_path))


def test_both_kinds_run_beside_each_other_and_end_with_the_call(tmp_path: Path) -> None:
    async def work(at: Office) -> None:
        at.caller.set_variable("TOUCH_MONITOR", "case 12/3")
        at.caller.set_variable("TOUCH_MONITOR_PREFIX", "desk")
        at.caller.set_variable("TOUCH_MONITOR_FORMAT", "gsm")
        at.key("caller", "*1")
        await asyncio.sleep(1)
        at.key("caller", "*3")
        await asyncio.sleep(1)
        first, second = (monitor.plan.mixed for monitor in fake_stream(at.bob).monitors)
        assert first is not None
        assert second is not None
        assert first.name.startswith("desk-")
        assert first.name.endswith("-case 12-3.gsm")
        assert second.name.startswith("auto-")
        at.caller.hangup()
        await asyncio.sleep(1)
        assert not at.bob.datastore(CallRecordings).running

    office(work, SETTINGS, CONF, spooling(tmp_path))


def test_a_recording_that_cannot_be_is_told_by_a_sound(tmp_path: Path) -> None:
    async def work(at: Office) -> None:
        at.caller.set_variable("TOUCH_MIXMONITOR_FORMAT", "mp4")
        at.key("caller", "*3")
        await asyncio.sleep(1)
        assert fake_stream(at.caller).played == ["beeperr"]
        assert "TOUCH_MIXMONITOR_OUTPUT" not in at.caller.variables

    office(work, SETTINGS, CONF, spooling(tmp_path))


def test_without_the_option_the_digits_are_passed_on(tmp_path: Path) -> None:
    async def work(at: Office) -> None:
        at.key("caller", "*3")
        await asyncio.sleep(3)
        assert at.phones["bob"].heard == ["*", "3"]

    office(work, SETTINGS, CONF.replace("xXwW", "x"), spooling(tmp_path))


def test_a_template_names_what_nobody_named(tmp_path: Path) -> None:
    async def work(at: Office) -> None:
        at.pbx.datastore(RecordingNames).template = "touched/${CHANNEL(name)}"
        at.key("caller", "*3")
        await asyncio.sleep(1)
        (monitor,) = fake_stream(at.bob).monitors
        name = at.bob.name  # who is recorded is the peer of who keys
        assert monitor.plan.mixed == tmp_path / "monitor" / "touched" / f"{name}.wav"

    office(work, SETTINGS, CONF, spooling(tmp_path))
