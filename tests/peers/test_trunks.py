"""A node with trunks, and sipp as the carrier."""

import re
import time
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.program import WITHIN
from tests.peers.sipp import run_sipp
from tests.tools.phone.sipp import Sipp, needs_sipp

pytestmark = [pytest.mark.peer, needs_sipp]

PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[carrier]
type = registration
server_uri = sip:ADDRESS
client_uri = sip:alice@ADDRESS
outbound_auth = carrier
expiration = 600
max_random_initial_delay = 0
[carrier]
type = auth
username = alice
password = wonderland
"""


def shown(node: Node) -> str:
    return node.ask("pjsip show registrations")


def test_a_trunk_registers_refreshes_and_leaves(tmp_path: Path) -> None:
    with Sipp(tmp_path, "registrar") as sipp:
        pjsip = PJSIP.replace("ADDRESS", sipp.address)
        with Node(tmp_path, {"pjsip.conf": pjsip, "extensions.conf": ""}) as node:
            node.wait_for_log("registered carrier for 2 s")
            assert "carrier/sip:" in node.cli("pjsip show registrations")
            deadline = time.monotonic() + WITHIN
            while not re.search(r"Registered +\(exp\. [56]\d\ds\)", shown(node)):
                assert time.monotonic() < deadline, shown(node)
                time.sleep(0.05)  # the refresh comes in real time
            node.stop()
        assert sipp.finish() == 0, sipp.messages()


OPEN = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[open]
type = endpoint
context = in
allow = ulaw
"""


def test_a_trunk_that_insists_on_reliable_responses_and_session_timers(tmp_path: Path) -> None:
    plan = "[in]\nexten => 500,1,Ringing()\n same => n,Wait(2)\n same => n,Answer()\n"
    files = {"pjsip.conf": OPEN, "extensions.conf": f"{plan} same => n,Wait(30)\n"}
    with Node(tmp_path, files) as node:
        done = run_sipp("reliable", node.port, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr + node.log()
        node.wait_until_idle()
