"""Systems that are joined with each other, and phones in wideband, each with a tone of its own."""

from __future__ import annotations

import struct
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.peers.baresip import Baresip
from tests.peers.node import Node
from tests.peers.program import wait_until
from tests.support.tones import read_wav

#: Of each phone, in hertz; those above 4,000 are heard in wideband only.
TONES = {"alice": 5200, "bob": 4600, "carol": 1500}
SECRET = "two-of-them"
RATE = 16000


class System(Node):
    """One of the systems.

    Args:
        folder: For its configuration and files.
        files: Its configuration.
        address: Where it takes calls, as the others and its phones know it.
        legs: What the names of its channels to others begin with.
    """

    def __init__(
        self, folder: Path, files: Mapping[str, str], *, address: str, legs: tuple[str, ...]
    ) -> None:
        super().__init__(folder, files)
        self.address = address
        self._legs = legs

    @property
    def legs(self) -> int:
        """How many channels there are to other systems."""
        names = [line.split("!")[0] for line in self.ask("core show channels concise").splitlines()]
        return sum(name.startswith(self._legs) for name in names)

    def wait_for_legs(self, count: int) -> None:
        """Wait until there are so many."""
        wait_until(
            lambda: self.legs == count,
            lambda: f"not {count} legs:\n{self.ask('core show channels')}\n{self.log()}",
        )


@contextmanager
def phone(name: str, system: System, folder: Path) -> Iterator[Baresip]:
    """A phone that is in the conference of its system."""
    where = folder / name
    where.mkdir(exist_ok=True)
    at = np.arange(RATE * 90) / RATE
    samples = (8000 * np.sin(2 * np.pi * TONES[name] * at)).astype(np.int16)
    with wave.open(str(where / "said.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    for old in where.glob("dump-*.wav"):  # of a call before
        old.unlink()
    account = (
        f"<sip:{name}@{system.address};transport=udp>;auth_pass={SECRET};regint=60"
        ";audio_codecs=G722/16000/1"
    )
    with Baresip(where, account) as one:
        one.wait_until_registered()
        one.command("dial", f"sip:12345@{system.address}")
        one.wait_for("CALL_ESTABLISHED")
        yield one


def hears(one: Baresip, name: str, *, of_last: float = 3.0) -> bool:
    """Whether a phone has heard another's tone in the last seconds of its call."""
    try:
        path = one.heard
        channels, rate = struct.unpack_from("<HI", path.read_bytes()[:44], 22)
    except (ValueError, struct.error):  # there is no file yet, or no header in it
        return False
    octets = read_wav(path)
    heard = np.frombuffer(octets[: len(octets) & ~1], np.int16).astype(float)[::channels]
    heard = heard[-int(of_last * rate) :]
    turns = np.exp(-2j * np.pi * TONES[name] * np.arange(len(heard)) / rate)
    return bool(2 * abs(turns @ heard) / max(len(heard), 1) > 500)


def wait_until_hears(one: Baresip, name: str) -> None:
    """Wait until a phone hears another."""
    wait_until(lambda: hears(one, name), lambda: f"{name} is not heard:\n{one.log()}")


def hang_up(one: Baresip) -> None:
    """End its call."""
    one.command("hangup")
    one.wait_for("CALL_CLOSED")
