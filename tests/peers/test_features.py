"""What a call centre does with its calls, each with real phones and by what they hear."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.node import Node
from tests.peers.office import MUSIC, TONES, heard_in, office, seconds_heard
from tests.support.tones import write_tone

pytestmark = [pytest.mark.peer, needs_baresip]

TOLD = 2100  #: hertz, of a prompt
LATER = 2500  #: of what stands 4 s into a long prompt
LOUD = 9000  #: the amplitude of a phone's tone
WINDOW = 0.05  #: seconds

Levels = npt.NDArray[np.float64]

EXTENSIONS = """\
[globals]
DYNAMIC_FEATURES = asks#sends#tells
[phones]
exten => 200,1,Set(GLOBAL(CALLER)=${CHANNEL})
 same => n,Dial(PJSIP/bob,20,tkK)
exten => 200,hint,PJSIP/bob
exten => 300,1,Dial(PJSIP/carol,20)
exten => 201,1,Dial(PJSIP/bob,20,m)
exten => 202,1,MixMonitor({folder}/mixed.wav)
 same => n,Dial(PJSIP/bob,20)
exten => 203,1,Set(DIALGROUP(team,add)=PJSIP/bob)
 same => n,Set(DIALGROUP(team,add)=PJSIP/carol)
 same => n,Dial(${DIALGROUP(team)},20)
exten => 600,1,Answer()
 same => n,Echo()
exten => 601,1,Playback(told)
 same => n,Wait(9)
exten => 602,1,ControlPlayback(long,3000,#,*)
 same => n,Hangup()
exten => 701,1,ParkedCall(,701)
exten => 810,1,ChannelRedirect(${CALLER},phones,601,1)
 same => n,Hangup()
exten => 820,1,Pickup(200)
exten => 830,1,ChanSpy(PJSIP/bob,q)
exten => 831,1,ChanSpy(PJSIP/bob,qw)
exten => 832,1,ChanSpy(PJSIP/bob,qB)
exten => 840,1,ConfBridge(1)
exten => 850,1,Page(PJSIP/bob&PJSIP/carol,q)
exten => 851,1,Page(PJSIP/bob&PJSIP/carol,qd)
"""
FEATURES = """\
[general]
transferannouncesound =
xfersound =
featuredigittimeout = 3000
transferdigittimeout = 5
[featuremap]
blindxfer => #1
atxfer => #2
parkcall => #72
[applicationmap]
asks => *5,self,AttendedTransfer,300
sends => *6,self,BlindTransfer,300
tells => *7,peer,Playback,told
"""
CONFBRIDGE = """\
[default_bridge]
type = bridge
[default_user]
type = user
quiet = yes
[default_menu]
type = menu
1 = toggle_mute
"""
PARKING = "[default]\nparkpos = 701-702\nparkingtime = 3\n"


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
            modules=["mwi", "contact", "presence"],
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

    def hears(self, hertz: float) -> float:
        """For how many seconds a tone was heard in the last call, which is over."""
        return seconds_heard(self.heard, hertz)

    def hears_among_others(self, hertz: float) -> float:
        """As :meth:`hears`, where others may sound with it."""
        return float(np.sum(levels(heard_in(self.heard), hertz) > 0.2 * LOUD)) * WINDOW


def levels(samples: bytes, hertz: float) -> Levels:
    """The amplitude of a tone in each window."""
    signal = np.frombuffer(samples, np.int16).astype(float)
    size = round(WINDOW * 8000)
    parts = signal[: len(signal) // size * size].reshape(-1, size)
    turns = np.exp(-2j * np.pi * hertz * np.arange(size) / 8000)
    amplitudes: Levels = 2 * np.abs(parts @ turns) / size
    return amplitudes


class Trio:
    """Alice, Bob and Carol at their node."""

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

    def talk(self, number: str = "200") -> None:
        """Alice calls Bob, who answers."""
        self.alice.dial(number)
        self.bob.answer()
        self.alice.wait_for("CALL_ESTABLISHED")

    def let_talk(self, seconds: float = 1.0) -> None:
        """Real audio takes real time."""
        time.sleep(seconds)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("office")
    sounds = folder / "data" / "sounds"
    write_tone(sounds / "told.wav", TOLD, 1.0)
    write_tone(sounds / "conf-muted.wav", TOLD, 0.3)
    write_tone(sounds / "long.wav", TOLD, 4.0)
    long = (sounds / "long.wav").read_bytes()
    write_tone(sounds / "later.wav", LATER, 2.0)
    later = (sounds / "later.wav").read_bytes()[44:]
    (sounds / "long.wav").unlink()
    (sounds / "long.sln").write_bytes(long[44:] + later)
    files = {
        "features_conf": FEATURES, "res_parking_conf": PARKING, "confbridge_conf": CONFBRIDGE,
    }  # fmt: skip
    with (
        office(folder, EXTENSIONS.replace("{folder}", str(folder)), **files) as node,
        Phone(node, "alice") as alice, Phone(node, "bob") as bob, Phone(node, "carol") as carol,
    ):  # fmt: skip
        trio = Trio(node, alice, bob, carol)
        for phone in trio.all:
            phone.wait_until_registered()
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    yield started
    started.end()
    assert "Traceback" not in started.node.log()


def packets_to(node: Node, name: str) -> int:
    """How many packets of audio a phone was sent in its call."""
    (line,) = (x for x in node.ask("pjsip show channelstats").splitlines() if f" {name}-" in x)
    return int(line.split()[8])


def test_hold_and_resume(trio: Trio) -> None:
    trio.talk()
    trio.let_talk()
    trio.alice.command("hold")
    trio.let_talk(1.5)
    held = packets_to(trio.node, "alice")
    trio.alice.command("resume")
    trio.let_talk()
    # this phone lets its user hear nothing any more, but that is its own doing
    assert packets_to(trio.node, "alice") >= held + 25
    trio.end()
    assert trio.bob.hears(TONES["alice"]) >= 1.2
    assert 0.9 <= trio.bob.hears(MUSIC) <= 2.0


def test_a_transfer_by_refer(trio: Trio) -> None:
    trio.talk()
    trio.let_talk()
    trio.bob.transfer("300")
    trio.carol.answer()
    trio.bob.wait_for("CALL_CLOSED")
    trio.let_talk()
    trio.end()
    assert trio.carol.hears(TONES["alice"]) >= 0.5
    assert trio.carol.hears(TONES["bob"]) == 0
    assert trio.alice.hears(TONES["carol"]) >= 0.5


@pytest.mark.parametrize("code", ["#1300", "*6"])
def test_a_blind_transfer_by_keys(trio: Trio, code: str) -> None:
    trio.talk()
    trio.let_talk(0.7)
    trio.bob.key(code)
    trio.carol.answer()
    trio.let_talk()
    trio.end()
    assert trio.alice.hears(TONES["bob"]) >= 0.4
    assert trio.alice.hears(TONES["carol"]) >= 0.5
    assert trio.carol.hears(TONES["alice"]) >= 0.5
    assert trio.carol.hears(TONES["bob"]) == 0


@pytest.mark.parametrize("code", ["#2300", "*5"])
def test_an_attended_transfer_by_keys(trio: Trio, code: str) -> None:
    trio.talk()
    trio.let_talk(0.7)
    trio.bob.key(code)
    trio.carol.answer()
    trio.let_talk()  # Bob and Carol; Alice hears music
    trio.bob.command("hangup")
    trio.let_talk()
    trio.end()
    assert trio.bob.hears(TONES["carol"]) >= 0.5
    assert trio.alice.hears(MUSIC) >= 0.5
    assert trio.alice.hears(TONES["carol"]) >= 0.5
    assert trio.carol.hears(TONES["bob"]) >= 0.5
    assert trio.carol.hears(TONES["alice"]) >= 0.5


def hears_whom(phone: Phone) -> set[str]:
    """Whose tones it heard in the last second."""
    return {name for name, hertz in TONES.items() if last_second(phone, hertz) > 0.2}


def test_all_three_talk_by_a_key(trio: Trio) -> None:
    trio.talk()
    trio.bob.key("#2300")
    trio.carol.answer()
    trio.let_talk(0.5)
    trio.bob.key("*3")
    trio.let_talk(1.5)
    trio.end()
    assert hears_whom(trio.alice) == {"bob", "carol"}
    assert hears_whom(trio.bob) == {"alice", "carol"}
    assert hears_whom(trio.carol) == {"alice", "bob"}


def test_a_conference_and_who_is_muted_in_it(trio: Trio) -> None:
    for phone in trio.all:
        phone.dial("840")
        phone.wait_for("CALL_ESTABLISHED")
    trio.let_talk(1.0)
    trio.alice.key("1")
    trio.let_talk(1.5)
    trio.end()
    assert trio.bob.hears_among_others(TONES["alice"]) >= 0.5  # before
    assert hears_whom(trio.alice) == {"bob", "carol"}
    assert hears_whom(trio.bob) == {"carol"}
    assert hears_whom(trio.carol) == {"bob"}


@pytest.mark.parametrize("number", ["850", "851"])
def test_all_phones_hear_who_pages(trio: Trio, number: str) -> None:
    is_duplex = number == "851"
    trio.alice.dial(number)
    trio.bob.answer()
    trio.carol.answer()
    trio.let_talk(1.5)
    trio.end()
    assert hears_whom(trio.alice) == ({"bob", "carol"} if is_duplex else set())
    assert hears_whom(trio.bob) == ({"alice", "carol"} if is_duplex else {"alice"})
    assert hears_whom(trio.carol) == ({"alice", "bob"} if is_duplex else {"alice"})


def test_a_key_lets_the_other_party_hear_something(trio: Trio) -> None:
    trio.talk()
    trio.let_talk(0.5)
    trio.bob.key("*7")
    trio.let_talk(2.0)
    trio.end()
    assert trio.alice.hears_among_others(TOLD) >= 0.7
    assert trio.alice.hears(TONES["bob"]) >= 0.7
    assert trio.bob.hears_among_others(TOLD) == 0


def test_a_call_is_sent_elsewhere_from_another(trio: Trio) -> None:
    trio.talk()
    trio.let_talk(0.5)
    trio.carol.dial("810")
    trio.node.wait_for_application("Wait", "9")  # behind the prompt
    trio.end()
    assert trio.alice.hears(TOLD) >= 0.7
    assert trio.bob.hears(TOLD) == 0


def lamp(status: str) -> str:
    """A line of the phone, with its colours."""
    return rf"<sip:200@\S+ changed status from \S+ to \S*{status}"


def test_a_lamp_and_waiting_messages(trio: Trio) -> None:
    """Carol's phone watches Bob's extension, by presence; each phone its own mailbox."""
    for phone in trio.all:
        phone.wait_for_log(r"Messages-Waiting: no", within=30)  # it asks some time after its start
    trio.carol.wait_for_log(lamp("Online"))
    trio.talk("201")
    trio.carol.wait_for_log("(?s:.*)".join(map(lamp, ("Online", "Busy"))))
    trio.end()
    trio.carol.wait_for_log("(?s:.*)".join(map(lamp, ("Online", "Busy", "Online"))))


@pytest.mark.parametrize(
    ("number", "bob_hears", "alice_hears"), [("830", 0, 0), ("831", 1, 0), ("832", 1, 1)]
)
def test_who_listens_in_is_heard_by_whom_he_speaks_to(
    trio: Trio, number: str, bob_hears: int, alice_hears: int
) -> None:
    trio.talk()
    trio.carol.dial(number)
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.let_talk(1.5)
    trio.end()
    assert last_second(trio.carol, TONES["alice"]) > 0.2
    assert last_second(trio.carol, TONES["bob"]) > 0.2
    assert (last_second(trio.bob, TONES["carol"]) > 0.2) is bool(bob_hears)
    assert (last_second(trio.alice, TONES["carol"]) > 0.2) is bool(alice_hears)
    assert last_second(trio.bob, TONES["alice"]) > 0.2
    assert last_second(trio.alice, TONES["bob"]) > 0.2


def last_second(phone: Phone, hertz: float) -> float:
    """The share of a tone in the last second, the loudness of a phone's own being 1."""
    return float(np.median(levels(heard_in(phone.heard)[-16000:], hertz))) / LOUD


def test_a_recording_holds_both_tones_at_their_level(trio: Trio) -> None:
    trio.talk("202")
    trio.let_talk(1.5)
    trio.end()
    samples = heard_in(trio.node.folder / "mixed.wav")
    both = samples[-16000:]
    for name in ("alice", "bob"):
        assert np.median(levels(both, TONES[name])) == pytest.approx(LOUD, rel=0.15)
    assert np.median(levels(both, TONES["carol"])) < 0.05 * LOUD


def test_a_parked_call_comes_back_to_who_parked_it(trio: Trio) -> None:
    trio.talk()
    trio.let_talk(0.5)
    trio.bob.key("#72")
    trio.bob.wait_for("CALL_CLOSED")
    trio.bob.answer()  # 3 s later
    trio.let_talk()
    trio.end()
    assert trio.alice.hears(MUSIC) >= 1.5
    assert trio.alice.hears(TONES["bob"]) >= 0.8
    assert trio.bob.hears(TONES["alice"]) >= 0.5


def test_a_parked_call_is_fetched(trio: Trio) -> None:
    trio.talk()
    trio.bob.key("#72")
    trio.bob.wait_for("CALL_CLOSED")
    trio.carol.dial("701")
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.let_talk()
    trio.end()
    assert trio.carol.hears(TONES["alice"]) >= 0.5
    assert trio.alice.hears(TONES["carol"]) >= 0.5


def test_a_ringing_call_is_picked_up(trio: Trio) -> None:
    trio.alice.dial("200")
    trio.bob.wait_for("CALL_INCOMING")
    trio.carol.dial("820")
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.bob.wait_for("CALL_CLOSED")
    trio.let_talk()
    trio.end()
    assert trio.carol.hears(TONES["alice"]) >= 0.5
    assert trio.alice.hears(TONES["carol"]) >= 0.5


def test_keys_go_forward_in_a_long_prompt(trio: Trio) -> None:
    trio.alice.dial("602")
    trio.alice.wait_for("CALL_ESTABLISHED")
    trio.let_talk(0.5)
    trio.alice.key("#")
    trio.alice.wait_for("CALL_CLOSED")
    assert trio.alice.hears(TOLD) <= 2.0
    assert trio.alice.hears(LATER) >= 1.5


def test_a_group_rings_and_one_of_it_answers(trio: Trio) -> None:
    trio.alice.dial("203")
    trio.bob.wait_for("CALL_INCOMING")
    trio.carol.answer()
    trio.bob.wait_for("CALL_CLOSED")
    trio.let_talk()
    trio.end()
    assert trio.alice.hears(TONES["carol"]) >= 0.5
    assert trio.carol.hears(TONES["alice"]) >= 0.5


def test_music_while_it_rings(trio: Trio) -> None:
    trio.alice.dial("201")
    trio.bob.wait_for("CALL_INCOMING")
    trio.let_talk(1.2)
    trio.bob.command("accept")
    trio.bob.wait_for("CALL_ESTABLISHED")
    trio.let_talk()
    trio.end()
    assert trio.alice.hears(MUSIC) >= 0.7
    assert trio.alice.hears(TONES["bob"]) >= 0.5
