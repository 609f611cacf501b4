"""A real sipp that watches a list of extensions, and publishes how somebody is."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.program import wait_until
from tests.peers.sipp import needs_sipp, run_sipp

pytestmark = [pytest.mark.peer, needs_sipp]

PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[peer]
type = endpoint
context = in
allow = !all,ulaw
[peer]
type = identify
endpoint = peer
match = 127.0.0.1
[team]
type = resource_list
event = dialog
list_item = 100,101
[peer]
type = inbound-publication
endpoint = peer
event_presence = somebody
"""
EXTENSIONS = """\
[in]
exten => 100,hint,Custom:one
exten => 101,hint,Custom:two
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    files = {"pjsip.conf": PJSIP, "extensions.conf": EXTENSIONS}
    with Node(tmp_path_factory.mktemp("node"), files) as running:
        yield running


def test_a_list_is_watched(node: Node, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(run_sipp, "list", node.port, tmp_path)
        wait_until(
            lambda: "team" in node.ask("pjsip show subscriptions inbound"),
            lambda: f"nobody watches the list:\n{node.log()}",
        )
        node.ask("devstate change Custom:two INUSE")
        done = watching.result()
    assert done.returncode == 0, done.stdout + done.stderr + node.log()


def test_presence_is_published(node: Node, tmp_path: Path) -> None:
    done = run_sipp("publish", node.port, tmp_path, note="at lunch")
    assert done.returncode == 0, done.stdout + done.stderr + node.log()
    said = b64encode(b"at lunch").decode()
    assert f"somebody'  State: 'available,,{said},e'" in node.ask("presencestate list")
