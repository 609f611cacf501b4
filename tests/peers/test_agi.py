"""AGI programs on libraries that nobody here wrote."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.program import wait_for_match
from tests.support.ports import free_port

pytestmark = pytest.mark.peer

SCRIPTS = Path(__file__).parent / "agi"
NPM = Path(__file__).parent / "npm"
DIALPLAN = """\
[phones]
exten => pyst,1,AGI({folder}/pyst2_script.py,argument)
 same => n,Set(DB(t/jumped)=no)
exten => 9,1,Set(DB(t/pyst)=${AGISTATUS}|${FROM_PYST}|${READ_BACK}|${PRESSED}|${EXECUTED})
exten => pystrix,1,AGI(agi://127.0.0.1:{pystrix}/weather?city=Bern)
 same => n,Set(DB(t/pystrix)=${AGISTATUS}|${CITY}|${STATE})
exten => ding,1,Answer()
 same => n,AGI(agi://127.0.0.1:{ding}/hello)
 same => n,Set(DB(t/ding)=${AGISTATUS}|${FROM_NODE}|${STREAMED}|${EXECUTED})
exten => keys,1,Wait(0.5)
 same => n,SendDTMF(wwww42)
 same => n,Wait(20)
"""


@contextmanager
def running(*words: str) -> Iterator[None]:
    """A server that says ``up``."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            yield
        finally:
            process.kill()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("agi")
    script = folder / "pyst2_script.py"
    script.write_text(f"#!{sys.executable}\n{(SCRIPTS / 'pyst2_script.py').read_text()}")
    script.chmod(0o755)
    ports = {name: free_port() for name in ("pystrix", "ding")}
    text = DIALPLAN
    for name, port in ports.items():
        text = text.replace(f"{{{name}}}", str(port))
    with Node(folder, {"extensions.conf": text}) as started:
        started.ports = ports  # type: ignore[attr-defined]  # for the servers
        yield started


def result(node: Node, key: str) -> str:
    """What a call left in the AstDB."""
    told = wait_for_match(r"\AValue: (.*)", lambda: node.ask(f"database get t {key}"))
    return told[1].strip()


def test_pyst2(node: Node) -> None:
    pytest.importorskip("asterisk.agi")
    node.cli("channel originate Local/pyst@phones extension keys@phones")
    assert result(node, "pyst") == "SUCCESS|pyst argument|value|42|yes"


def test_pystrix(node: Node) -> None:
    pytest.importorskip("pystrix")
    port = node.ports["pystrix"]  # type: ignore[attr-defined]
    with running(sys.executable, str(SCRIPTS / "pystrix_server.py"), str(port)):
        node.cli("channel originate Local/pystrix@phones application Wait 10")
        assert result(node, "pystrix") == "SUCCESS|Bern|6"


@pytest.mark.skipif(
    shutil.which("node") is None or not (NPM / "node_modules" / "ding-dong").is_dir(),
    reason="needs node and the npm package ding-dong (make peers)",
)
def test_ding_dong(node: Node) -> None:
    port = node.ports["ding"]  # type: ignore[attr-defined]
    with running("node", str(NPM / "fastagi.js"), str(port)):
        node.cli("channel originate Local/ding@phones application Wait 10")
        streamed = r"SUCCESS\|ding hello\|code 200 result 0 endpos=[78]\d{3}\|yes"
        assert re.fullmatch(streamed, result(node, "ding"))


def test_commands_are_listed(node: Node) -> None:
    shown = node.cli("agi show commands")
    assert " Yes database get " in shown
    assert "Usage: STREAM FILE " in node.cli("agi show commands topic stream file")
