"""The phone with sipp as the other side: another implementation, real sockets, real audio."""

import os
import signal
from pathlib import Path

import pytest

from switchroom.tools.phone.options import PASSWORD_VARIABLE
from switchroom.tools.phone.outcome import ExitCode
from tests.support.ports import free_port
from tests.tools.phone.program import PhoneProgram
from tests.tools.phone.sipp import Sipp, needs_sipp

pytestmark = [pytest.mark.peer, needs_sipp]

PASSWORD = {PASSWORD_VARIABLE: "wonderland"}


def alice(sipp: Sipp) -> str:
    return f"sip:alice@{sipp.address}"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_registration_is_made_refreshed_and_removed(tmp_path: Path, transport: str) -> None:
    with Sipp(tmp_path, "registrar", "-t", "u1" if transport == "udp" else "t1") as sipp:
        tcp = ["--tcp"] if transport == "tcp" else []
        options = ("--register", alice(sipp), "--stay", "2.5", *tcp)
        with PhoneProgram(tmp_path, *options, **PASSWORD) as phone:
            assert phone.finish() == ExitCode.DONE, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert phone.told() == ["registering", "registered", "registered", "unregistered"]
    assert [line.get("expires") for line in phone.lines()][1:3] == [2, 600]


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    with Sipp(tmp_path, "registrar") as sipp:
        with PhoneProgram(
            tmp_path, "--register", alice(sipp), **{PASSWORD_VARIABLE: "looking-glass"}
        ) as phone:
            assert phone.finish() == ExitCode.NOT_REGISTERED, phone.text()
        assert "looking-glass" not in phone.text()
    assert phone.lines()[-1]["status"] == 403


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_digits_arrive_as_rfc_4733_events(tmp_path: Path, transport: str) -> None:
    """Sipp sends back every packet it gets: the phone hears its own digits."""
    heard = tmp_path / "heard.wav"
    with Sipp(tmp_path, "answers", "-rtp_echo", "-t", "u1" if transport == "udp" else "t1") as sipp:
        tcp = ["--tcp"] if transport == "tcp" else []
        options = (
            "--from", alice(sipp), "--dial", "500", "--say", "wait:0.3 17*#AD expect:17*#AD hangup",
            "--record", str(heard), *tcp,
        )  # fmt: skip
        with PhoneProgram(tmp_path, *options, **PASSWORD) as phone:
            assert phone.finish() == ExitCode.DONE, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert "".join(line["digit"] for line in phone.lines() if line["event"] == "digit") == "17*#AD"
    assert phone.wait_for("answered")["codec"] == "PCMA"
    audio = phone.wait_for("audio")
    assert audio["sent"] > 50
    assert audio["received"] > 50
    assert phone.wait_for("recorded")["seconds"] > 1.0
    assert "wonderland" not in phone.text()


def test_a_wrong_digest_is_noticed_by_sipp(tmp_path: Path) -> None:
    """What the other tests rely on: a scenario's check of the digest can fail."""
    with (
        Sipp(tmp_path, "registrar") as sipp,
        PhoneProgram(tmp_path, "--register", alice(sipp), "--user", "bob", **PASSWORD) as phone,
    ):
        assert phone.finish() == ExitCode.NOT_REGISTERED, phone.text()


def test_busy(tmp_path: Path) -> None:
    with Sipp(tmp_path, "busy") as sipp:
        with PhoneProgram(tmp_path, "--from", alice(sipp), "--dial", "500") as phone:
            assert phone.finish() == ExitCode.BUSY, phone.text()
        assert sipp.finish() == 0, sipp.messages()


def test_the_other_side_hangs_up(tmp_path: Path) -> None:
    with Sipp(tmp_path, "hangs_up") as sipp:
        options = ("--from", alice(sipp), "--dial", "500", "--say", "wait:5")
        with PhoneProgram(tmp_path, *options) as phone:
            assert phone.finish() == ExitCode.HUNG_UP, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert phone.wait_for("ended")["cause"] == 31


def test_hold_resume_and_transfer(tmp_path: Path) -> None:
    with Sipp(tmp_path, "held_and_transferred") as sipp:
        options = ("--from", alice(sipp), "--dial", "500", "--say", "hold resume transfer:600")
        with PhoneProgram(tmp_path, *options) as phone:
            assert phone.finish() == ExitCode.DONE, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert phone.wait_for("transfer")["status"] == 200


def test_a_call_comes_and_is_answered(tmp_path: Path) -> None:
    port = free_port()
    options = (
        "--from",
        "sip:alice@127.0.0.1",
        "--bind",
        f"127.0.0.1:{port}",
        "--answer-after",
        "0.2",
    )
    with PhoneProgram(tmp_path, *options) as phone:
        phone.wait_for("waiting")
        with Sipp(tmp_path, "-uac", f"127.0.0.1:{port}", "-d", "500") as sipp:
            assert sipp.finish() == 0, sipp.messages()
        assert phone.finish() == ExitCode.DONE, phone.text()
    assert "180 Ringing" in sipp.messages()
    assert phone.wait_for("ended")["reason"] == "remote_bye"


def test_a_call_without_an_offer(tmp_path: Path) -> None:
    port = free_port()
    options = (
        "--from", "sip:alice@127.0.0.1", "--bind", f"127.0.0.1:{port}", "--answer",
        "--say", "wait:0.2 hangup",
    )  # fmt: skip
    with PhoneProgram(tmp_path, *options) as phone:
        phone.wait_for("waiting")
        with Sipp(tmp_path, "late_offer", f"127.0.0.1:{port}") as sipp:
            assert sipp.finish() == 0, sipp.messages()
        assert phone.finish() == ExitCode.DONE, phone.text()
    assert phone.wait_for("answered")["codec"] == "PCMA"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_it_rings_cancels_the_call(tmp_path: Path, number: int) -> None:
    with Sipp(tmp_path, "rings_forever") as sipp:
        with PhoneProgram(tmp_path, "--from", alice(sipp), "--dial", "500") as phone:
            phone.wait_for("ringing")
            phone.interrupt(number)
            assert phone.finish() == ExitCode.INTERRUPTED, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert "Traceback" not in phone.text()


def test_a_reader_that_goes_away_ends_the_call(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with Sipp(tmp_path, "answers") as sipp:
        words = " ".join(["wait:0.1"] * 200)  # there is always something more to tell
        options = ("--from", alice(sipp), "--dial", "500", "--say", words)
        phone = PhoneProgram(tmp_path, *options, **PASSWORD)
        phone.into = writing
        with phone:
            os.close(writing)
            told = b""
            while b'"answered"' not in told:
                more = os.read(reading, 1000)
                assert more, told
                told += more
            os.close(reading)
            assert phone.finish() == ExitCode.INTERRUPTED, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert phone.text() == ""


def test_ctrl_c_in_a_call_hangs_up(tmp_path: Path) -> None:
    with Sipp(tmp_path, "answers") as sipp:
        options = ("--from", alice(sipp), "--dial", "500", "--say", "wait:60")
        with PhoneProgram(tmp_path, *options, **PASSWORD) as phone:
            phone.wait_for("script")
            phone.interrupt()
            assert phone.finish() == ExitCode.INTERRUPTED, phone.text()
        assert sipp.finish() == 0, sipp.messages()
    assert phone.wait_for("ended")["text"].startswith("we hung up")
