"""Alice, Bob and Carol at a node, and whom each of them hears."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from tests.peers.baresip import LAMP, Baresip
from tests.peers.hearing import heard_in, seconds_heard
from tests.peers.node import Node
from tests.peers.office import TONES
from tests.peers.program import WITHIN, wait_until
from tests.support.tones import write_tone

LOUD = 9000  #: the amplitude of a phone's tone
WINDOW = 0.05  #: seconds
SECOND = 16000  #: octets of a second of what is heard

Levels = npt.NDArray[np.float64]


class Phone(Baresip):
    """A phone of the office; it says its user's tone."""

    def __init__(self, node: Node, name: str) -> None:
        folder = node.folder / name
        folder.mkdir()
        write_tone(folder / "said.wav", TONES[name], 300)
        self.name = name
        self._at = f"@127.0.0.1:{node.port}"
        watched = f'"Bob" <sip:200{self._at}>;presence=p2p\n' if name == "carol" else ""
        super().__init__(
            folder,
            f"<sip:{name}{self._at}>;auth_pass=secret;regint=600;mwi=yes",
            modules=["contact", "presence"],
            settings=[LAMP],
            contacts=watched,
        )

    def dial(self, number: str) -> None:
        """Call."""
        self.command("dial", f"sip:{number}{self._at}")

    def transfer(self, number: str) -> None:
        """REFER."""
        self.command("transfer", f"sip:{number}{self._at}")

    def answer(self) -> None:
        """Take the call that comes."""
        self.wait_for("CALL_INCOMING")
        self.command("accept")
        self.wait_for("CALL_ESTABLISHED")

    def forget_heard(self) -> None:
        """What was heard in calls that are over is no part of the next one."""
        for path in self.folder.glob("dump-*.wav"):
            path.unlink()

    def hears(self, hertz: float) -> float:
        """For how many seconds a tone was heard in the last call."""
        return seconds_heard(self.heard, hertz)

    def hears_among_others(self, hertz: float) -> float:
        """As :meth:`hears`, where others may sound with it."""
        return float(np.sum(levels(self._heard_so_far(), hertz) > 0.2 * LOUD)) * WINDOW

    def wait_until_heard_among_others(self, hertz: float, seconds: float = 1.0) -> None:
        """Wait until a tone has been heard for so long in the call, which goes on."""
        wait_until(
            lambda: self.hears_among_others(hertz) >= seconds,
            lambda: f"{self.name} heard {hertz} Hz for {self.hears_among_others(hertz):.1f} s",
        )

    def hears_whom(self) -> set[str]:
        """Whose tones it hears, or heard in the last second of the call."""
        return {name for name, hertz in TONES.items() if self.loudness_of(hertz) > 0.2}

    def loudness_of(self, hertz: float) -> float:
        """The share of a tone in the last second, the loudness of a phone's own being 1."""
        heard = self._heard_so_far()[-SECOND:]
        return float(np.median(levels(heard, hertz))) / LOUD if len(heard) == SECOND else 0.0

    def _heard_so_far(self) -> bytes:
        try:
            return heard_in(self.heard)
        except (ValueError, struct.error):  # there is no file yet, or nothing in it
            return b""


def levels(samples: bytes, hertz: float) -> Levels:
    """The amplitude of a tone in each window."""
    signal = np.frombuffer(samples, np.int16).astype(float)
    size = round(WINDOW * 8000)
    parts = signal[: len(signal) // size * size].reshape(-1, size)
    turns = np.exp(-2j * np.pi * hertz * np.arange(size) / 8000)
    amplitudes: Levels = 2 * np.abs(parts @ turns) / size
    return amplitudes


class Trio:
    """The three at their node."""

    def __init__(self, node: Node, alice: Phone, bob: Phone, carol: Phone) -> None:
        self.node = node
        self.alice = alice
        self.bob = bob
        self.carol = carol
        self.all = (alice, bob, carol)

    def end(self) -> None:
        """Hang up everywhere."""
        for phone in self.all:
            phone.command("hangup")
        self.node.ask("channel request hangup all")
        self.node.wait_until_idle()
        for phone in self.all:
            phone.forget()

    def forget_heard(self) -> None:
        """See :meth:`Phone.forget_heard`."""
        for phone in self.all:
            phone.forget_heard()

    def talk(self, number: str = "200") -> None:
        """Alice calls Bob, who answers."""
        self.alice.dial(number)
        self.bob.answer()
        self.alice.wait_for("CALL_ESTABLISHED")

    def wait_until_each_hears(self, **whom: set[str]) -> None:
        """Wait until who is named has heard those, and nobody else, for most of a second."""
        phones = {phone.name: phone for phone in self.all if phone.name in whom}
        wait_until(
            lambda: all(phone.hears_whom() == whom[name] for name, phone in phones.items()),
            lambda: str({name: phone.hears_whom() for name, phone in phones.items()}),
            within=WITHIN,
        )

    def let_talk(self, seconds: float = 1.0) -> None:
        """Real audio takes real time."""
        time.sleep(seconds)


@contextmanager
def trio_at(node: Node) -> Iterator[Trio]:
    """The three, registered at a node."""
    with Phone(node, "alice") as alice, Phone(node, "bob") as bob, Phone(node, "carol") as carol:
        trio = Trio(node, alice, bob, carol)
        for phone in trio.all:
            phone.wait_until_registered()
        yield trio


@contextmanager
def one_test(trio: Trio) -> Iterator[Trio]:
    """The three for one test of several: nothing of the others is heard in it, nothing goes on after it."""
    trio.forget_heard()
    yield trio
    trio.end()
    assert "Traceback" not in trio.node.log()
