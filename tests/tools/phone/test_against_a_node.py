"""The phone calls a whole server: real sockets, real prompts, two programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.tools.phone.outcome import ExitCode
from tests.peers.node import Node
from tests.peers.pins import STORED, TONES, pin_node
from tests.support.tones import read_wav, seconds_of, write_tone
from tests.tools.phone.program import PhoneProgram

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with pin_node(tmp_path_factory.mktemp("node")) as running:
        yield running


def alice(node: Node, *options: str) -> list[str]:
    return ["--config", str(node.folder), "--endpoint", "alice", *options]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_menu_is_walked_through_by_listening(node: Node, tmp_path: Path, transport: str) -> None:
    node.ask("database deltree pin")
    heard = tmp_path / "heard.wav"
    options = alice(
        node, "--dial", "*88", "--record", str(heard), *(["--tcp"] if transport == "tcp" else []),
        "--say", "prompt<10 100 prompt<10 1234# prompt<10 expect-hangup<20",
    )  # fmt: skip
    with PhoneProgram(tmp_path, *options) as phone:
        assert phone.finish(40) == ExitCode.DONE, phone.text()
    assert node.ask("database show pin") == STORED
    sounds = read_wav(heard)
    for prompt in ("extension", "agent-pass", "digits/1", "digits/4", "vm-goodbye"):
        assert seconds_of(sounds, TONES[prompt]) >= 0.3, prompt
    assert phone.wait_for("ended")["reason"] == "remote_bye"
    node.wait_until_idle()


def test_an_echo_gives_back_what_is_played(node: Node, tmp_path: Path) -> None:
    sound, heard = tmp_path / "sound.wav", tmp_path / "heard.wav"
    write_tone(sound, 850, 1.0)
    options = alice(
        node, "--dial", "600", "--record", str(heard), "--say", f"play:{sound} wait:0.5 hangup"
    )
    with PhoneProgram(tmp_path, *options) as phone:
        assert phone.finish() == ExitCode.DONE, phone.text()
    assert seconds_of(read_wav(heard), 850) >= 0.8
    assert phone.wait_for("audio")["lost"] == 0
    node.wait_until_idle()


def test_a_phone_registers_and_leaves_again(node: Node, tmp_path: Path) -> None:
    with PhoneProgram(tmp_path, *alice(node, "--answer")) as phone:
        phone.wait_for("registered")
        contact = phone.wait_for("waiting")["contact"]
        assert contact in node.ask("pjsip show contacts")
        phone.interrupt()
        assert phone.finish() == ExitCode.INTERRUPTED, phone.text()
    assert phone.told()[-1] == "unregistered"
    assert contact not in node.ask("pjsip show contacts")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--dial", "*88", "--password", "looking-glass"], ExitCode.NOT_ANSWERED),
        (["--answer", "--password", "looking-glass"], ExitCode.NOT_REGISTERED),
        (["--dial", "999"], ExitCode.NOT_ANSWERED),
        (["--dial", "500", "--say", "prompt<0.5"], ExitCode.UNMET),
    ],
)
def test_exit_codes(node: Node, tmp_path: Path, options: list[str], code: ExitCode) -> None:
    with PhoneProgram(tmp_path, *alice(node, *options)) as phone:
        assert phone.finish() == code, phone.text()
    assert "looking-glass" not in phone.text()
    node.wait_until_idle()
