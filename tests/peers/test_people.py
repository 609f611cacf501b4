"""Three in one call, recordings by a key, and what a phone is told that lost the race to answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.hearing import heard_in, wait_until_heard
from tests.peers.node import Node
from tests.peers.office import PJSIP_CONF, TONES, office
from tests.peers.program import wait_until
from tests.peers.trio import SECOND, WINDOW, Trio, levels, one_test, trio_at
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
        trio_at(node) as trio,
    ):  # fmt: skip
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    with one_test(started) as trio:
        yield trio


@needs_baresip
def test_three_hear_each_other_and_then_the_two_that_are_left(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.key("#2300")
    trio.carol.answer()
    trio.wait_until_each_hears(bob={"carol"}, carol={"bob"})
    trio.bob.key("*3")
    trio.wait_until_each_hears(
        alice={"bob", "carol"}, bob={"alice", "carol"}, carol={"alice", "bob"}
    )
    trio.bob.command("hangup")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


@needs_baresip
def test_from_the_relay_to_the_mixer_and_back_without_a_click(trio: Trio) -> None:
    """A tone is smooth: a step between two samples far above what it has is a click."""
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.key("#2300")
    trio.carol.answer()
    trio.wait_until_each_hears(bob={"carol"}, carol={"bob"})
    trio.bob.key("*3")
    trio.wait_until_each_hears(alice={"bob", "carol"}, bob={"alice", "carol"})
    trio.carol.command("hangup")
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})  # they are connected again
    trio.end()
    samples = np.frombuffer(heard_in(trio.alice.heard), np.int16).astype(float)
    loudest = np.abs(samples).max()
    steps = np.abs(np.diff(samples))
    # The fastest of the tones, 1,500 Hz at 8,000 samples a second, moves by 1.12 amplitudes a sample.
    assert steps.max() < 1.4 * loudest


@needs_baresip
def test_a_key_records_the_call_until_it_is_keyed_again(trio: Trio) -> None:
    trio.talk()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.alice.key("*5")
    monitor = trio.node.folder / "spool" / "monitor"

    def recorded() -> float:
        """Seconds of both."""
        samples = [heard_in(file) for file in monitor.glob("auto-*.wav")]
        loud = [[levels(each, TONES[name]) > 1000 for name in ("alice", "bob")] for each in samples]
        return float(sum(np.sum(np.all(each, axis=0)) for each in loud)) * WINDOW

    wait_until(lambda: recorded() >= 1.4, lambda: f"{recorded()} s were recorded")
    trio.alice.key("*5")
    wait_until_heard(trio.alice, TONES["bob"], trio.alice.hears(TONES["bob"]) + 3.0)
    trio.end()
    (file,) = monitor.glob("auto-*.wav")
    assert len(heard_in(file)) / SECOND <= trio.alice.hears(TONES["bob"]) - 2.0


@needs_baresip
def test_who_is_followed_takes_the_call_by_a_key(trio: Trio) -> None:
    trio.alice.dial("400")
    trio.alice.wait_for("CALL_ESTABLISHED")
    trio.bob.answer()
    trio.let_talk(1.0)  # he hears what he may key
    trio.bob.key("1")
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})


@needs_baresip
def test_a_password_gives_the_dial_tone_of_the_house(trio: Trio) -> None:
    trio.alice.dial("500")
    trio.alice.wait_for("CALL_ESTABLISHED")
    trio.node.wait_for_application("DISA")
    trio.alice.key("4711#200")
    trio.bob.answer()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})


@needs_baresip
def test_a_phone_of_the_group_picks_up_by_the_code(trio: Trio) -> None:
    trio.alice.dial("200")
    trio.bob.wait_for("CALL_INCOMING")
    trio.carol.dial("*8")
    trio.carol.wait_for("CALL_ESTABLISHED")
    trio.bob.wait_for("CALL_CLOSED")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


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
    trio.forget_heard()
    trio.bob.dial("600")
    trio.bob.wait_for("CALL_ESTABLISHED")
    trio.bob.wait_for("CALL_CLOSED")
    trio.alice.answer()  # she is called back, and bob rings again
    trio.bob.answer()
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})


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
            wait_until(lambda: "race/cause" in node.ask("database show race"), node.log)
        assert sipp.finish() == 0, sipp.messages()
