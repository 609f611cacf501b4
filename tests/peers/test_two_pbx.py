"""The seed's post between two running systems, with real phones that each play another tone."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.systems import SECRET, System, hang_up, hears, phone, wait_until_hears
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, needs_baresip]

EXAMPLE = Path(__file__).parents[2] / "examples" / "two-pbx"
HOSTS = {"first": "127.0.0.11", "second": "127.0.0.12"}
#: What the names of channels to the other system begin with.
LEGS = ("SIP/remote-server.tld", "SIP/first")


def _example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("two_pbx_run", EXAMPLE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[dict[str, System]]:
    example = _example()
    addresses = {name: f"{host}:{free_port()}" for name, host in HOSTS.items()}
    folders = example.write_systems(tmp_path, **addresses, secret=SECRET)
    with ExitStack() as stack:
        running = {}
        for name, folder in folders.items():
            files = {"pjsip.conf": "", "rtp.conf": (folder / "rtp.conf").read_text()}
            system = System(folder, files, address=addresses[name], legs=LEGS)
            running[name] = stack.enter_context(system)
        yield running


def test_the_post_joins_both_conferences_by_one_leg(
    systems: dict[str, System], tmp_path: Path
) -> None:
    first, second = systems["first"], systems["second"]
    with phone("bob", second, tmp_path) as bob, phone("alice", first, tmp_path) as alice:
        second.wait_for_legs(1)
        with phone("carol", first, tmp_path) as carol:
            wait_until_hears(bob, "alice")
            wait_until_hears(bob, "carol")
            wait_until_hears(alice, "bob")
            wait_until_hears(carol, "bob")
            assert (first.legs, second.legs) == (1, 1)
            assert not hears(alice, "alice")
            for one in (alice, bob, carol):
                hang_up(one)
        for system in systems.values():
            system.wait_until_idle()
    assert "there is no 'paries' of a conference" in first.log()


@pytest.mark.parametrize("killed", ["first", "second"])
def test_no_leg_outlives_a_system_that_is_killed(
    systems: dict[str, System], tmp_path: Path, killed: str
) -> None:
    first, second = systems["first"], systems["second"]
    with phone("bob", second, tmp_path), phone("alice", first, tmp_path):
        second.wait_for_legs(1)
        systems[killed].kill()
        other = second if killed == "first" else first
        other.wait_for_legs(0)
        systems[killed].start()
    with phone("bob", second, tmp_path) as bob, phone("alice", first, tmp_path) as alice:
        second.wait_for_legs(1)
        wait_until_hears(bob, "alice")
        wait_until_hears(alice, "bob")
        for one in (alice, bob):
            hang_up(one)
        for system in systems.values():
            system.wait_until_idle()
