"""The seed's post between two running systems, with real phones that each play another tone."""

from __future__ import annotations

import importlib.util
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.node import Node
from tests.support.ports import free_port
from tests.support.tones import read_wav

pytestmark = [pytest.mark.peer, needs_baresip]

EXAMPLE = Path(__file__).parents[2] / "examples" / "two-pbx"
HOSTS = {"first": "127.0.0.11", "second": "127.0.0.12"}
#: Of each phone, in hertz; those above 4,000 are heard in wideband only.
TONES = {"alice": 5200, "bob": 4600, "carol": 1500}
SECRET = "two-of-them"


def _example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("two_pbx_run", EXAMPLE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class System(Node):
    """One of the two, on the configuration that the example writes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, {"pjsip.conf": "", "rtp.conf": (folder / "rtp.conf").read_text()})

    @property
    def legs(self) -> int:
        """How many channels there are to the other system."""
        names = [line.split("!")[0] for line in self.ask("core show channels concise").splitlines()]
        return sum(name.startswith(("SIP/remote-server.tld", "SIP/first")) for name in names)

    def wait_for_legs(self, count: int, *, within: float = 20.0) -> None:
        deadline = time.monotonic() + within
        while self.legs != count:
            channels = self.ask("core show channels")
            assert time.monotonic() < deadline, f"not {count} legs:\n{channels}\n{self.log()}"
            time.sleep(0.05)  # another process runs in real time


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[dict[str, System]]:
    example = _example()
    addresses = {name: f"{host}:{free_port()}" for name, host in HOSTS.items()}
    folders = example.write_systems(tmp_path, **addresses, secret=SECRET)
    with ExitStack() as stack:
        running = {}
        for name, folder in folders.items():
            running[name] = system = System(folder)
            system.address = addresses[name]  # type: ignore[attr-defined]  # of this test only
            stack.enter_context(system)
        yield running


@contextmanager
def phone(name: str, system: System, folder: Path) -> Iterator[Baresip]:
    """A phone that is in the conference of its system."""
    where = folder / name
    where.mkdir(exist_ok=True)
    rate = 16000
    at = np.arange(rate * 90) / rate
    samples = (8000 * np.sin(2 * np.pi * TONES[name] * at)).astype(np.int16)
    _write(where / "said.wav", samples.tobytes(), rate)
    address = system.address  # type: ignore[attr-defined]  # of this test only
    account = (
        f"<sip:{name}@{address};transport=udp>;auth_pass={SECRET};regint=60"
        ";audio_codecs=G722/16000/1"
    )
    with Baresip(where, account) as one:
        one.wait_until_registered()
        one.command("dial", f"sip:12345@{address}")
        one.wait_for("CALL_ESTABLISHED", within=15)
        yield one


def _write(path: Path, samples: bytes, rate: int) -> None:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)


def hears(one: Baresip, name: str, *, of_last: float = 3.0) -> bool:
    """Whether a phone heard another's tone in the last seconds of its call."""
    path = one.heard
    channels, rate = struct.unpack_from("<HI", path.read_bytes()[:44], 22)
    octets = read_wav(path)
    heard = np.frombuffer(octets[: len(octets) & ~1], np.int16).astype(float)[::channels]
    heard = heard[-int(of_last * rate) :]
    turns = np.exp(-2j * np.pi * TONES[name] * np.arange(len(heard)) / rate)
    return bool(2 * abs(turns @ heard) / max(len(heard), 1) > 500)


def hang_up(one: Baresip) -> None:
    one.command("hangup")
    one.wait_for("CALL_CLOSED")


def test_the_post_joins_both_conferences_by_one_leg(
    systems: dict[str, System], tmp_path: Path
) -> None:
    first, second = systems["first"], systems["second"]
    with phone("bob", second, tmp_path) as bob, phone("alice", first, tmp_path) as alice:
        second.wait_for_legs(1)
        with phone("carol", first, tmp_path) as carol:
            time.sleep(7)  # the digits of the post, and audio, take real time
            assert (first.legs, second.legs) == (1, 1)
            for one in (alice, bob, carol):
                hang_up(one)
            assert hears(bob, "alice")
            assert hears(bob, "carol")
            assert hears(alice, "bob")
            assert hears(carol, "bob")
            assert not hears(alice, "alice")
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
        other.wait_for_legs(0, within=30)
        systems[killed].start()
    with phone("bob", second, tmp_path) as bob, phone("alice", first, tmp_path) as alice:
        second.wait_for_legs(1, within=30)
        time.sleep(7)  # the digits of the post, and audio, take real time
        for one in (alice, bob):
            hang_up(one)
        assert hears(bob, "alice")
        assert hears(alice, "bob")
        for system in systems.values():
            system.wait_until_idle()
