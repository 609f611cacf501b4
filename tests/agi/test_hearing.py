"""EAGI(): a real script measures the tone that it hears from its descriptor 3."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from switchroom.agi.door import Door
from switchroom.apps.agi import AgiDoor
from switchroom.config.asterisk_conf import Directories
from switchroom.pbx.channel import Channel
from tests.agi.test_programs import HEAD, NoNames
from tests.media.rtp_party import tone
from tests.support.heard_calls import heard_office

#: A caller who talks in real time loses some of it where the machine has no time for him.
pytestmark = pytest.mark.flaky(reruns=1)

MEASURE = """\
import array
rate = int(sys.argv[1])
def hear(seconds):
    wanted, data = int(rate * seconds) * 2, b""
    while len(data) < wanted:
        more = os.read(3, wanted - len(data))
        if not more:
            break
        data += more
    return array.array("h", data)
while max(map(abs, hear(0.1)), default=0) < 1000:
    pass
samples = hear(0.5)
rises = sum(a < 0 <= b for a, b in zip(samples, samples[1:]))
say("SET VARIABLE hertz %d" % round(rises / (len(samples) / rate)))
say("SET VARIABLE loudest %d" % max(samples))
"""


def run(
    folder: Path,
    code: str,
    rate: int = 8000,
    *before: str,
    seconds: float = 2.0,
    dead: bool = False,
) -> Channel:
    """Let a caller say a tone of 500 Hz to a script."""
    path = folder / "script.py"
    path.write_text(f"#!{sys.executable} -u\n{HEAD}{code}\n")
    path.chmod(0o755)
    steps = "".join(f" same => n,{each}\n" for each in (*before, f"EAGI(script.py,{rate})"))
    end = "exten => h,1,NoOp()\n" + steps if dead else ""
    first = "Hangup()" if dead else "NoOp()"
    conf = f"[default]\nexten => 1,1,{first}\n{steps if not dead else ''}{end}"

    async def main() -> Channel:
        directories = replace(Directories(), astagidir=folder, astspooldir=folder)
        async with heard_office(conf, directories=directories) as office:
            office.pbx.datastore(AgiDoor).run = Door(NoNames()).run
            phone = await office.call("1")
            phone.party.start_saying(tone(500, seconds))
            await phone.is_over.wait()
            return phone.channel

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("rate", "before"), [(8000, ()), (16000, ("Set(EAGI_AUDIO_FORMAT=slin16)",))]
)
def test_a_script_measures_what_the_caller_says(
    rate: int, before: tuple[str, ...], tmp_path: Path
) -> None:
    channel = run(tmp_path, MEASURE, rate, *before)
    assert int(channel.variables["hertz"]) == pytest.approx(500, abs=4)
    assert int(channel.variables["loudest"]) == pytest.approx(8000, rel=0.05)
    assert channel.variables["AGISTATUS"] == "SUCCESS"


def test_a_script_that_does_not_listen_drives_the_call_all_the_same(tmp_path: Path) -> None:
    channel = run(tmp_path, 'say("EXEC Wait 0.3"); say("SET VARIABLE done 1")')
    assert channel.variables["done"] == "1"
    assert channel.variables["AGISTATUS"] == "SUCCESS"


def test_a_format_that_is_none_is_told_and_audio_comes_as_ever(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    channel = run(tmp_path, MEASURE, 8000, "Set(EAGI_AUDIO_FORMAT=g729)")
    assert int(channel.variables["hertz"]) == pytest.approx(500, abs=4)
    assert "EAGI_AUDIO_FORMAT" in caplog.text


def test_behind_the_end_of_a_call_nothing_comes(tmp_path: Path) -> None:
    channel = run(tmp_path, 'say("SET VARIABLE got %d" % len(os.read(3, 100)))', dead=True)
    assert channel.variables["got"] == "0"


def test_a_script_that_cannot_be_run(tmp_path: Path) -> None:
    path = tmp_path / "script.py"

    async def main() -> str:
        path.write_text("no program")
        directories = replace(Directories(), astagidir=tmp_path)
        conf = "[default]\nexten => 1,1,EAGI(script.py)\n"
        async with heard_office(conf, directories=directories) as office:
            office.pbx.datastore(AgiDoor).run = Door(NoNames()).run
            phone = await office.call("1")
            await phone.is_over.wait()
            return phone.channel.variables["AGISTATUS"]

    assert asyncio.run(main()) == "FAILURE"
