"""A reference signal through every way that audio takes in a node, on a good network and a bad one.

The bad one loses 5 % of the packets and brings the others up to 60 ms apart from their places. What
is heard then has no hole, and not less energy. Through the engine alone, on a clock that no busy machine
disturbs, tests/media/test_networks.py shows the same.
"""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.media.ears import BadNetwork
from tests.media.reference_voice import QUIET, SECONDS, SILENT, Measured, measure, voice
from tests.media.rtp_party import undisturbed
from tests.peers.hearing import heard_in
from tests.peers.node import Node
from tests.peers.office import MUSICONHOLD_CONF
from tests.peers.party import Party

pytestmark = pytest.mark.peer

STALLED = 0.03  #: seconds; a network of ours that stands still for longer is none


CONFBRIDGE_CONF = "[default_bridge]\ntype = bridge\n[default_user]\ntype = user\nquiet = yes\n"


@dataclass
class Way:
    """How audio goes from one party to another, or from the node to one."""

    name: str
    codecs: tuple[str, ...]
    steps: str  #: of the dialplan; ``{other}`` is who is called
    holds: bool = False  #: the called party holds, and says nothing
    meets: bool = False  #: nobody is called: all call
    parties: list[Party] = field(default_factory=list)
    networks: list[BadNetwork] = field(default_factory=list)

    @property
    def is_played(self) -> bool:
        """Whether it is the node that says the reference."""
        return self.holds or "reference" in self.steps or "music" in self.name


def _ways() -> list[Way]:
    pairs = (
        ("relayed", "ulaw", "ulaw"), ("ulaw-alaw", "ulaw", "alaw"), ("g722-ulaw", "g722", "ulaw"),
        ("ulaw-opus", "ulaw", "opus"), ("opus-alaw", "opus", "alaw"), ("gsm-slin16", "gsm", "slin16"),
    )  # fmt: skip
    dial = "Dial(PJSIP/{other},20)"
    return [
        *(Way(name, (one, other), dial) for name, one, other in pairs),
        Way("local", ("ulaw", "ulaw"), "Dial(Local/{other}@direct/n,20)"),
        Way("recorded", ("ulaw", "ulaw"),
            "MixMonitor({folder}/all.wav,r({folder}/said.wav))\n same => n," + dial),
        Way("conference", ("ulaw", "ulaw"), "ConfBridge(1)", meets=True),
        Way("wide conference", ("g722", "opus"), "ConfBridge(2)", meets=True),
        Way("echo", ("alaw",), "Answer()\n same => n,Echo()"),
        Way("playback", ("g722",), "Playback(reference)\n same => n,Wait(9)"),
        Way("background", ("ulaw",), "Background(reference)\n same => n,Wait(9)"),
        Way("music", ("alaw",), "Answer()\n same => n,MusicOnHold(,9)"),
        Way("parked music", ("opus",), "Answer()\n same => n,Park(,s)"),
        Way("held", ("ulaw", "ulaw"), dial, holds=True),
    ]  # fmt: skip


WAYS = {way.name: way for way in _ways()}
THROUGH = [name for name, way in WAYS.items() if not way.is_played]
PLAYED = [name for name, way in WAYS.items() if way.is_played]


class Office:
    """A node that knows the parties of all ways, each by an address of its own.

    Args:
        folder: Of its configuration.
        names: Of the ways.
        loss: Share of lost packets.
        jitter: Seconds.
    """

    def __init__(self, folder: Path, names: list[str], *, loss: float, jitter: float) -> None:
        self.folder = folder
        self.ways = {way.name: way for way in _ways() if way.name in names}
        pjsip = ["[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{port}\n"]
        phones, direct = ["[phones]"], ["[direct]"]
        hosts = (f"127.0.7.{number}" for number in range(1, 255))
        for way in self.ways.values():
            dialled = way.name.replace(" ", "")
            for number, codec in enumerate(way.codecs):
                party = Party(f"{dialled}{number}", codec, next(hosts))
                way.parties.append(party)
                seed = 2 * len(pjsip) + number
                way.networks.append(BadNetwork(loss=loss, jitter=jitter, seed=seed))
                pjsip.append(_endpoint(party))
                direct.append(f"exten => {party.name},1,Dial(PJSIP/{party.name},20)")
            steps = way.steps.replace("{other}", way.parties[-1].name).replace(
                "{folder}", str(folder)
            )
            phones.append(f"exten => {dialled},1,{steps}")
        files = {
            "pjsip.conf": "".join(pjsip),
            "extensions.conf": "\n".join([*phones, *direct, ""]),
            "musiconhold.conf": MUSICONHOLD_CONF,
            "confbridge.conf": CONFBRIDGE_CONF,
        }
        _write_reference(folder / "data" / "sounds" / "reference.wav")
        _write_reference(folder / "music" / "reference.wav")
        self.node = Node(folder, files)

    def run(self) -> None:
        """Let all talk at once."""
        with self.node:
            asyncio.run(self._all())
            self.node.wait_until_idle()

    async def _all(self) -> None:
        parties = [party for way in self.ways.values() for party in way.parties]
        for party in parties:
            await party.start(("127.0.0.1", self.node.port))
        said = {party: party.audio.packets_of(voice(party.audio.rate)) for party in parties}
        with undisturbed():  # a network does not wait for a busy machine
            await asyncio.gather(*(self._talk(way, said) for way in self.ways.values()))
        for party in parties:
            party.close()
        if max(party.stalled for party in parties) > STALLED:
            pytest.skip("this machine is too busy to play a network")

    async def _talk(self, way: Way, said: Mapping[Party, Sequence[bytes]]) -> None:
        caller, called = way.parties[0], way.parties[-1]
        for party in way.parties if way.meets else way.parties[:1]:
            await party.call(way.name.replace(" ", ""))
        if way.holds:
            await called.hold()
        talks = zip(way.parties[:1] if way.holds else way.parties, way.networks, strict=False)
        await asyncio.gather(*(party.say(said[party], network) for party, network in talks))
        await asyncio.sleep(0.4)  # what is still on its way
        await caller.hang_up()
        if way.meets:
            await called.hang_up()
        elif called is not caller:
            await called.wait_for("BYE")


def _endpoint(party: Party) -> str:
    name = party.name
    return (
        f"[{name}]\ntype = endpoint\ncontext = phones\nallow = !all,{party.codec}\naors = {name}\n"
        f"[{name}]\ntype = identify\nendpoint = {name}\nmatch = {party.host}\n"
        f"[{name}]\ntype = aor\ncontact = sip:{name}@{party.host}:{party.port}\n"
    )


def _write_reference(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(voice(8000).astype(np.int16).tobytes())


def heard_by(way: Way, number: int) -> Measured:
    """How one of the parties heard the other, or itself where it is alone."""
    hears, says = way.parties[number], way.parties[number - 1]
    came_at, heard = hears.heard()
    return measure(heard, hears.audio.rate, late=came_at - says.began_at)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("good"), [*THROUGH, *PLAYED], loss=0, jitter=0)
    office.run()
    return office


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("bad"), THROUGH, loss=0.05, jitter=0.06)
    office.run()
    return office


def is_lossy(way: Way) -> bool:
    """Whether a codec of the way does not give back what it got, sample by sample."""
    return bool({"gsm", "opus"} & set(way.codecs))


@pytest.mark.parametrize("name", THROUGH)
def test_a_good_network(good: Office, name: str) -> None:
    way = good.ways[name]
    for number in range(len(way.parties)):
        measured = heard_by(way, number)
        assert measured.late < 0.15, measured
        assert measured.likeness > (0.93 if is_lossy(way) else 0.99), measured
        assert abs(measured.level_db) < (1.0 if is_lossy(way) else 0.3), measured
        assert measured.loudness.min() > QUIET, measured


@pytest.mark.parametrize("name", PLAYED)
def test_what_the_node_plays(good: Office, name: str) -> None:
    way = good.ways[name]
    _, heard = way.parties[0].heard()
    measured = measure(heard, way.parties[0].audio.rate)
    assert measured.likeness > (0.93 if is_lossy(way) else 0.99), measured
    assert abs(measured.level_db) < (1.0 if is_lossy(way) else 0.3), measured
    assert measured.loudness.min() > QUIET, measured


@pytest.mark.parametrize("name", [name for name in THROUGH if name not in {"relayed", "recorded"}])
def test_a_bad_network_is_heard_as_concealment(bad: Office, name: str) -> None:
    way = bad.ways[name]
    for number in range(len(way.parties)):
        measured = heard_by(way, number)
        assert measured.late < 0.25, measured
        # GSM's predictor goes by what it decoded before: where that was made up it errs for a while
        assert measured.likeness > (0.7 if "gsm" in way.codecs else 0.85), measured
        assert abs(measured.level_db) < 2.0, measured
        assert measured.loudness.min() > SILENT, measured
        assert np.mean(measured.loudness < QUIET) < 0.03, measured


@pytest.mark.parametrize("name", ["relayed", "recorded"])
def test_what_is_passed_on_lets_the_phone_conceal(bad: Office, name: str) -> None:
    """Whoever hears it knows of each packet when it was sent, and which are missing."""
    way = bad.ways[name]
    for hears, says, network in zip(
        way.parties, way.parties[::-1], way.networks[::-1], strict=True
    ):
        packets = hears.audio.heard
        assert network.lost >= 4
        assert len(packets) == says.sent == round(SECONDS / 0.02) - network.lost
        first = min(each.timestamp - 160 * each.sequence for each in packets) % 2**32
        assert all((each.timestamp - 160 * each.sequence) % 2**32 == first for each in packets)


def test_a_recording_of_a_bad_network(bad: Office) -> None:
    samples = np.frombuffer(heard_in(bad.folder / "said.wav"), np.int16).astype(float)
    measured = measure(samples, 8000)
    assert measured.likeness > 0.85, measured
    assert abs(measured.level_db) < 1.5, measured
    assert measured.loudness.min() > SILENT, measured
