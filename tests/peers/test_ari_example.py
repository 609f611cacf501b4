"""The menu of examples/ari-ivr, called by phones that key what a caller would."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.program import WITHIN
from tests.support.ports import free_port

pytestmark = pytest.mark.peer

EXAMPLE = Path(__file__).parents[2] / "examples" / "ari-ivr"
CALLERS = """
[callers]
exten => caller,1,Wait(3)
 same => n,SendDTMF(1)
 same => n,Wait(2)
 same => n,SendDTMF(2)
 same => n,Wait(2)
 same => n,SendDTMF(#)
 same => n,Wait(4)
 same => n,SendDTMF(0)
 same => n,Wait(4)
 same => n,Hangup()
exten => hello,1,Stasis(hello,first)
exten => keys,1,Answer()
 same => n,Wait(2)
 same => n,SendDTMF(5)
 same => n,Wait(2)
 same => n,Hangup()
exten => operator,1,Answer()
 same => n,Wait(60)
"""


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, int]]:
    port = free_port()
    files = {path.name: path.read_text() for path in EXAMPLE.glob("*.conf")}
    files["http.conf"] = files["http.conf"].replace("8088", str(port))
    files["extensions.conf"] += CALLERS
    files["ari.conf"] += "[hello]\ntype = user\npassword = secret\n"
    with Node(tmp_path_factory.mktemp("ivr"), files) as node:
        yield node, port


def test_a_caller_uses_the_menu(where: tuple[Node, int]) -> None:
    pytest.importorskip("websockets")
    node, port = where
    program = subprocess.Popen(
        [sys.executable, str(EXAMPLE / "ivr.py"), f"ws://127.0.0.1:{port}", "ivr:secret",
         "Local/operator@callers/n"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    said: list[str] = []
    try:
        for line in program.stdout:
            said.append(line.strip())
            if line == "connected to the node\n":
                node.ask("channel originate Local/900@phones/n extension caller@callers")
            if line == "parted\n":
                break
    finally:
        program.kill()
        program.communicate()
    wanted = ["key 1", "key 2", "key 0", "connected", "parted"]
    assert [each for each in said if each in wanted] == wanted, said
    assert any(each.startswith("recorded ") for each in said)
    assert "played recording" in said
    assert not [each for each in said if each.startswith("refused")]


def test_the_call_goes_on_while_the_program_does_not_run(where: tuple[Node, int]) -> None:
    node, _ = where
    node.ask("channel originate Local/900@phones/n extension operator@callers")
    deadline = time.monotonic() + WITHIN
    while "no application 'ivr' is connected" not in node.log():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # another process runs in real time
    node.ask("channel request hangup all")


def test_the_first_application_of_the_docs(where: tuple[Node, int], tmp_path: Path) -> None:
    pytest.importorskip("websockets")
    node, port = where
    text = (EXAMPLE.parents[1] / "docs" / "ari.md").read_text()
    _, _, behind = text.partition("    import json\n")
    block = "import json\n" + textwrap.dedent(behind.partition("\nThe same requests")[0])
    path = tmp_path / "first.py"
    path.write_text(block.replace("8088", str(port)))
    program = subprocess.Popen(
        [sys.executable, "-u", str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        while "hello" not in node.ask("ari show apps"):
            assert program.poll() is None, program.stdout.read()
            time.sleep(0.05)  # another process starts in real time
        node.ask("channel originate Local/hello@callers/n extension keys@callers")
        said = []
        for line in program.stdout:
            said.append(line)
            if line == "over\n":
                break
    finally:
        program.kill()
        program.communicate()
    assert said == ["call from  ['first']\n", "over\n"]
