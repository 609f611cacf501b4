"""What a call centre does with its calls, each with real phones and by what they hear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.hearing import heard_in, wait_until_heard
from tests.peers.node import Node
from tests.peers.office import MUSIC, TONES, office
from tests.peers.program import wait_until
from tests.peers.trio import LOUD, Trio, levels, one_test, trio_at
from tests.support.tones import write_tone

pytestmark = [pytest.mark.peer, needs_baresip]

TOLD = 2100  #: hertz, of a prompt
LATER = 2500  #: of what stands 8 s into a long prompt

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
exten => 602,1,ControlPlayback(long,7000,#,*)
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


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("office")
    sounds = folder / "data" / "sounds"
    write_tone(sounds / "told.wav", TOLD, 1.0)
    write_tone(sounds / "conf-muted.wav", TOLD, 0.3)
    write_tone(sounds / "long.wav", TOLD, 8.0)
    long = (sounds / "long.wav").read_bytes()
    write_tone(sounds / "later.wav", LATER, 4.0)
    later = (sounds / "later.wav").read_bytes()[44:]
    (sounds / "long.wav").unlink()
    (sounds / "long.sln").write_bytes(long[44:] + later)
    files = {
        "features_conf": FEATURES, "res_parking_conf": PARKING, "confbridge_conf": CONFBRIDGE,
    }  # fmt: skip
    with (
        office(folder, EXTENSIONS.replace("{folder}", str(folder)), **files) as node,
        trio_at(node) as trio,
    ):  # fmt: skip
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    with one_test(started) as trio:
        yield trio


def packets_to(node: Node, name: str) -> int:
    """How many packets of audio a phone was sent in its call."""
    (line,) = (x for x in node.ask("pjsip show channelstats").splitlines() if f" {name}-" in x)
    return int(line.split()[8])


def test_hold_and_resume(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.alice.command("hold")
    wait_until_heard(trio.bob, MUSIC)
    held = packets_to(trio.node, "alice")
    trio.alice.command("resume")
    trio.wait_until_each_hears(bob={"alice"})
    # this phone lets its user hear nothing any more, but that is its own doing
    wait_until(
        lambda: packets_to(trio.node, "alice") >= held + 25,
        lambda: f"{packets_to(trio.node, 'alice')} after {held}",
    )


def test_a_transfer_by_refer(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.transfer("300")
    trio.carol.answer()
    trio.bob.wait_for("CALL_CLOSED")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})
    trio.end()
    assert trio.carol.hears(TONES["bob"]) == 0


@pytest.mark.parametrize("code", ["#1300", "*6"])
def test_a_blind_transfer_by_keys(trio: Trio, code: str) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.key(code)
    trio.carol.answer()
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})
    trio.end()
    assert trio.carol.hears(TONES["bob"]) == 0


@pytest.mark.parametrize("code", ["#2300", "*5"])
def test_an_attended_transfer_by_keys(trio: Trio, code: str) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.key(code)
    trio.carol.answer()
    trio.wait_until_each_hears(bob={"carol"}, carol={"bob"}, alice=set())
    wait_until_heard(trio.alice, MUSIC, 0.5)
    trio.bob.command("hangup")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


def test_all_three_talk_by_a_key(trio: Trio) -> None:
    trio.talk()
    trio.bob.key("#2300")
    trio.carol.answer()
    trio.wait_until_each_hears(bob={"carol"}, carol={"bob"})
    trio.bob.key("*3")
    trio.wait_until_each_hears(
        alice={"bob", "carol"}, bob={"alice", "carol"}, carol={"alice", "bob"}
    )


def test_a_conference_and_who_is_muted_in_it(trio: Trio) -> None:
    for phone in trio.all:
        phone.dial("840")
        phone.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(bob={"alice", "carol"}, carol={"alice", "bob"})
    trio.alice.key("1")
    trio.wait_until_each_hears(alice={"bob", "carol"}, bob={"carol"}, carol={"bob"})


@pytest.mark.parametrize("number", ["850", "851"])
def test_all_phones_hear_who_pages(trio: Trio, number: str) -> None:
    is_duplex = number == "851"
    trio.alice.dial(number)
    trio.bob.answer()
    trio.carol.answer()
    trio.wait_until_each_hears(
        alice={"bob", "carol"} if is_duplex else set(),
        bob={"alice", "carol"} if is_duplex else {"alice"},
        carol={"alice", "bob"} if is_duplex else {"alice"},
    )


def test_a_key_lets_the_other_party_hear_something(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"})
    trio.bob.key("*7")
    trio.alice.wait_until_heard_among_others(TOLD, 0.7)
    trio.wait_until_each_hears(alice={"bob"})
    trio.end()
    assert trio.bob.hears_among_others(TOLD) == 0


def test_a_call_is_sent_elsewhere_from_another(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.carol.dial("810")
    wait_until_heard(trio.alice, TOLD)
    trio.end()
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
    ("number", "bob_hears", "alice_hears"),
    [("830", False, False), ("831", True, False), ("832", True, True)],
)
def test_who_listens_in_is_heard_by_whom_he_speaks_to(
    trio: Trio, number: str, *, bob_hears: bool, alice_hears: bool
) -> None:
    trio.talk()
    trio.carol.dial(number)
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(
        carol={"alice", "bob"},
        bob={"alice", "carol"} if bob_hears else {"alice"},
        alice={"bob", "carol"} if alice_hears else {"bob"},
    )


def test_a_recording_holds_both_tones_at_their_level(trio: Trio) -> None:
    trio.talk("202")
    for phone, name in ((trio.alice, "bob"), (trio.bob, "alice")):
        wait_until_heard(phone, TONES[name], 1.2)
    trio.end()
    samples = heard_in(trio.node.folder / "mixed.wav")
    both = samples[-16000:]
    for name in ("alice", "bob"):
        assert np.median(levels(both, TONES[name])) == pytest.approx(LOUD, rel=0.15)
    assert np.median(levels(both, TONES["carol"])) < 0.05 * LOUD


def test_a_parked_call_comes_back_to_who_parked_it(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.key("#72")
    trio.bob.wait_for("CALL_CLOSED")
    trio.bob.forget_heard()
    trio.bob.answer()  # 3 s later
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.end()
    assert trio.alice.hears(MUSIC) >= 1.5


def test_a_parked_call_is_fetched(trio: Trio) -> None:
    trio.talk()
    trio.bob.key("#72")
    trio.bob.wait_for("CALL_CLOSED")
    trio.carol.dial("701")
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


def test_a_ringing_call_is_picked_up(trio: Trio) -> None:
    trio.alice.dial("200")
    trio.bob.wait_for("CALL_INCOMING")
    trio.carol.dial("820")
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.bob.wait_for("CALL_CLOSED")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


def test_keys_go_forward_in_a_long_prompt(trio: Trio) -> None:
    trio.alice.dial("602")
    trio.alice.wait_for("CALL_ESTABLISHED")
    wait_until_heard(trio.alice, TOLD, 0.3)
    trio.alice.key("#")
    trio.alice.wait_for("CALL_CLOSED")
    assert trio.alice.hears(TOLD) <= 5.0
    assert trio.alice.hears(LATER) >= 1.0


def test_a_group_rings_and_one_of_it_answers(trio: Trio) -> None:
    trio.alice.dial("203")
    trio.bob.wait_for("CALL_INCOMING")
    trio.carol.answer()
    trio.bob.wait_for("CALL_CLOSED")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


def test_music_while_it_rings(trio: Trio) -> None:
    trio.alice.dial("201")
    trio.bob.wait_for("CALL_INCOMING")
    wait_until_heard(trio.alice, MUSIC)
    trio.bob.command("accept")
    trio.bob.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
