"""The phone and baresip hear each other: tones both ways, and digits."""

import re
from pathlib import Path

import pytest

from switchroom.tools.phone.outcome import ExitCode
from tests.peers.baresip import Baresip, needs_baresip
from tests.support.tones import read_wav, seconds_of, write_tone
from tests.tools.phone.program import PhoneProgram

pytestmark = [pytest.mark.peer, needs_baresip]

OURS_HZ, THEIRS_HZ = 660, 440


def test_both_hear_each_other_and_the_digits(tmp_path: Path) -> None:
    folder = tmp_path / "baresip"
    folder.mkdir()
    write_tone(folder / "said.wav", THEIRS_HZ, 10)
    ours, heard = tmp_path / "ours.wav", tmp_path / "heard.wav"
    write_tone(ours, OURS_HZ, 1.0)
    with Baresip(folder, "<sip:bob@127.0.0.1>;regint=0;answermode=auto") as baresip:
        match = re.search(r"sip_listen (\S+)", (folder / "config").read_text())
        assert match is not None
        options = (
            "--dial", f"sip:bob@{match[1]}", "--record", str(heard),
            "--say", f"talking<5 play:{ours} 42# wait:0.5 hangup",
        )  # fmt: skip
        with PhoneProgram(tmp_path, *options) as phone:
            digits = [baresip.wait_for("CALL_DTMF_START")["param"] for _ in range(3)]
            assert phone.finish() == ExitCode.DONE, phone.text()
        baresip.wait_for("CALL_CLOSED")
        theirs = read_wav(baresip.heard)
    assert digits == ["4", "2", "#"]
    assert seconds_of(read_wav(heard), THEIRS_HZ) >= 1.5
    assert seconds_of(read_wav(heard), OURS_HZ) == 0
    assert seconds_of(theirs, OURS_HZ) >= 0.8
    assert seconds_of(theirs, THEIRS_HZ) == 0
