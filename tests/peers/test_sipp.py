"""A real sipp registers and walks through the seed's dialplan; digits are RFC 4733 packets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.pins import STORED, pin_node
from tests.peers.sipp import needs_sipp, run_sipp

pytestmark = [pytest.mark.peer, needs_sipp]

TRANSPORTS = pytest.mark.parametrize("transport", ["udp", "tcp"])


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with pin_node(tmp_path_factory.mktemp("node")) as running:
        yield running


@TRANSPORTS
@pytest.mark.parametrize(("password", "final"), [("wonderland", "200"), ("wrong", "401")])
def test_a_registration_takes_the_right_password(
    node: Node, tmp_path: Path, transport: str, password: str, final: str
) -> None:
    done = run_sipp(
        "register", node.port, tmp_path, transport=transport, password=password, final=final
    )
    assert done.returncode == 0, done.stdout + done.stderr


@TRANSPORTS
def test_a_call_stores_a_pin_and_is_let_in_with_it(
    node: Node, tmp_path: Path, transport: str
) -> None:
    node.ask("database deltree pin")

    def walk(number: str, pin: str) -> None:
        done = run_sipp("pin", node.port, tmp_path, transport=transport, number=number, pin=pin)
        assert done.returncode == 0, done.stdout + done.stderr + node.log()

    def walk_and_see(number: str, pin: str, sound: str) -> None:
        with ThreadPoolExecutor(1) as pool:
            walking = pool.submit(walk, number, pin)
            assert node.wait_for_application("Playback", "pin-") == sound
            walking.result()

    walk("*88", "1234")
    assert node.cli("database show pin") == STORED
    walk_and_see("*77", "1234", "pin-number-accepted")
    walk_and_see("*77", "99", "pin-invalid")
    node.wait_until_idle()
