"""Three in one call, recordings by a key, and what a phone is told that lost the race to answer."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.node import Node
from tests.peers.office import PJSIP_CONF, TONES, heard_in, office
from tests.peers.test_features import Phone, Trio, levels
from tests.tools.phone.sipp import Sipp, needs_sipp

pytestmark = [pytest.mark.peer]

EXTENSIONS = """\
[phones]
exten => 200,1,Dial(PJSIP/bob,20,tX)
exten => 300,1,Dial(PJSIP/carol,20)
exten => 210,1,Dial(PJSIP/bob,2)
exten => 600,1,Answer()
 same => n,Wait(1)
exten => *30,1,Answer()
 same => n,CallCompletionRequest()
 same => n,NoOp(${CC_REQUEST_RESULT} ${CC_REQUEST_REASON})
exten => 400,1,FollowMe(bob,d)
exten => 500,1,DISA(4711,phones)
"""
COMPLETION = "[general]\ncc_agent_policy = generic\ncc_monitor_policy = generic\n"
FOLLOWME = "[bob]\ncontext = phones\nnumber = 200,20\ncall-from-prompt =\nnorecording-prompt =\n"
FOLLOWME += "options-prompt =\n"
GROUPS = PJSIP_CONF.replace(
    "rtp_symmetric = yes", "rtp_symmetric = yes\ncall_group = 1\npickup_group = 1"
)
FEATURES = """\
[general]
transferannouncesound =
featuredigittimeout = 3000
transferdigittimeout = 2
[featuremap]
blindxfer => #1
atxfer => #2
automixmon => *5
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("office")
    with (
        office(
            folder, EXTENSIONS, features_conf=FEATURES, followme_conf=FOLLOWME, ccss_conf=COMPLETION, pjsip_conf=GROUPS
        ) as node,
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


@needs_baresip
def test_three_hear_each_other_and_then_the_two_that_are_left(trio: Trio) -> None:
    trio.talk()
    trio.let_talk(1.5)
    trio.bob.key("#2300")
    trio.carol.answer()
    trio.let_talk()
    trio.bob.key("*3")
    trio.let_talk(2.0)
    trio.bob.command("hangup")
    trio.let_talk(1.5)
    trio.end()
    both = {
        "alice": (trio.alice, "bob", "carol"),
        "bob": (trio.bob, "alice", "carol"),
        "carol": (trio.carol, "alice", "bob"),
    }
    for name, (phone, *others) in both.items():
        samples = heard_in(phone.heard)
        heard = [levels(samples, TONES[other]) for other in others]
        together = np.min([each > 0.1 * each.max() for each in heard], axis=0)
        assert np.sum(together) * 0.05 >= 1.2, f"{name} hears both others at once"
    alone = levels(heard_in(trio.alice.heard), TONES["carol"])
    assert alone[-15:].max() > 0.5 * alone.max(), "Alice hears Carol still"


@needs_baresip
def test_from_the_relay_to_the_mixer_and_back_without_a_click(trio: Trio) -> None:
    """A tone is smooth: a step between two samples far above what it has is a click."""
    trio.talk()
    trio.let_talk(1.0)
    trio.bob.key("#2300")
    trio.carol.answer()
    trio.let_talk(0.7)
    trio.bob.key("*3")
    trio.let_talk(1.5)
    trio.carol.command("hangup")  # Alice and Bob are connected again
    trio.let_talk(1.5)
    trio.end()
    samples = np.frombuffer(heard_in(trio.alice.heard), np.int16).astype(float)
    bob = levels(samples.astype(np.int16).tobytes(), TONES["bob"])
    assert np.sum(bob > 0.3 * bob.max()) * 0.05 >= 3.0
    loudest = np.abs(samples).max()
    steps = np.abs(np.diff(samples))
    # The fastest of the tones, 1,500 Hz at 8,000 samples a second, moves by 1.12 amplitudes a sample.
    assert steps.max() < 1.4 * loudest


@needs_baresip
def test_a_key_records_the_call_until_it_is_keyed_again(trio: Trio) -> None:
    trio.talk()
    trio.let_talk(0.5)
    trio.alice.key("*5")
    trio.let_talk(2.0)
    trio.alice.key("*5")
    trio.let_talk(1.0)
    trio.end()
    (file,) = (trio.node.folder / "spool" / "monitor").glob("auto-*.wav")
    samples = heard_in(file)
    for name in ("alice", "bob"):
        assert np.sum(levels(samples, TONES[name]) > 1000) * 0.05 >= 1.4
    assert 1.5 <= len(samples) / 16000 <= 3.0


@needs_baresip
def test_who_is_followed_takes_the_call_by_a_key(trio: Trio) -> None:
    trio.alice.dial("400")
    trio.alice.wait_for("CALL_ESTABLISHED")
    trio.bob.answer()
    trio.let_talk(1.0)
    trio.bob.key("1")
    trio.let_talk(1.5)
    trio.end()
    assert trio.alice.hears(TONES["bob"]) >= 0.8
    assert trio.bob.hears(TONES["alice"]) >= 0.8


@needs_baresip
def test_a_password_gives_the_dial_tone_of_the_house(trio: Trio) -> None:
    trio.alice.dial("500")
    trio.alice.wait_for("CALL_ESTABLISHED")
    trio.let_talk(0.5)
    trio.alice.key("4711#200")
    trio.bob.answer()
    trio.let_talk(1.0)
    trio.end()
    assert trio.alice.hears(TONES["bob"]) >= 0.5
    assert trio.bob.hears(TONES["alice"]) >= 0.5


@needs_baresip
def test_a_phone_of_the_group_picks_up_by_the_code(trio: Trio) -> None:
    trio.alice.dial("200")
    trio.bob.wait_for("CALL_INCOMING")
    trio.carol.dial("*8")
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.bob.wait_for("CALL_CLOSED")
    trio.let_talk(1.0)
    trio.end()
    assert trio.alice.hears(TONES["carol"]) >= 0.5
    assert trio.carol.hears(TONES["alice"]) >= 0.5


@needs_baresip
def test_who_did_not_answer_is_called_again_when_he_has_used_his_phone(trio: Trio) -> None:
    trio.alice.dial("210")
    trio.bob.wait_for("CALL_INCOMING")
    trio.bob.wait_for("CALL_CLOSED")
    trio.node.wait_until_idle()
    trio.alice.dial("*30")
    trio.node.wait_for_log("PJSIP/alice wants to be called back")
    trio.node.wait_until_idle()
    trio.alice.forget()
    trio.bob.forget()
    trio.bob.dial("600")
    trio.bob.wait_for("CALL_ESTABLISHED")
    trio.bob.wait_for("CALL_CLOSED")
    trio.alice.answer()  # she is called back, and bob rings again
    trio.bob.answer()
    trio.let_talk(1.0)
    trio.end()
    assert trio.alice.hears(TONES["bob"]) >= 0.5
    assert trio.bob.hears(TONES["alice"]) >= 0.5


ELSEWHERE = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[desk]
type = endpoint
context = phones
allow = ulaw
aors = desk
send_pai = yes
[desk]
type = aor
contact = sip:desk@ADDRESS
"""
RACE = """\
[phones]
exten => 1,1,Dial(PJSIP/desk&Local/2@phones/n,20,gf("Desk" <77>))
 same => n,Set(DB(race/cause)=${HANGUPCAUSE(${HANGUPCAUSE_KEYS()},ast)})
exten => 2,1,Ringing()
 same => n,Wait(1)
 same => n,Answer()
 same => n,Wait(1)
"""


@needs_sipp
def test_who_rang_in_vain_is_told_that_another_answered(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("race")
    with Sipp(folder, "answered_elsewhere") as sipp:
        files = {
            "pjsip.conf": ELSEWHERE.replace("ADDRESS", sipp.address),
            "extensions.conf": RACE,
        }
        with Node(folder, files) as node:
            node.ask("channel originate Local/1@phones application Wait 10")
            deadline = time.monotonic() + 20
            while "race/cause" not in node.ask("database show race"):
                assert time.monotonic() < deadline, node.log()
                time.sleep(0.1)
        assert sipp.finish() == 0, sipp.messages()
