"""What lossy, late, forking and rude peers do: a real sipp plays them against a node."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.media.calls import frequencies
from tests.peers.hearing import heard_in
from tests.peers.node import Node
from tests.peers.party import Party
from tests.peers.program import WITHIN
from tests.peers.scenario import SDP, Scenario
from tests.support.ports import free_port
from tests.support.tones import write_tone
from tests.tools.phone.sipp import Sipp, needs_sipp

pytestmark = [pytest.mark.peer, needs_sipp]

PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[peer]
type = endpoint
context = in
allow = !all,ulaw
outbound_auth = peer
[peer]
type = identify
endpoint = peer
match = 127.0.0.1
[peer]
type = auth
username = node
password = secret
"""
EXTENSIONS = """\
[in]
exten => hold,1,Answer()
 same => n,Wait(30)
exten => ring,1,Ringing()
 same => n,Wait(30)
exten => bye,1,Answer()
 same => n,Wait(0.2)
exten => tone,1,Answer()
 same => n,Playback(tone)
 same => n,Wait(30)
exten => record,1,Answer()
 same => n,Record({folder}/recorded.wav,0,0.6,q)
 same => n,Wait(30)
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    write_tone(folder / "data" / "sounds" / "tone.wav", 800, 3)
    with Node(folder, {"pjsip.conf": PJSIP, "extensions.conf": EXTENSIONS}) as running:
        yield running


class Stage:
    """Where scenarios are played."""

    def __init__(self, node: Node, folder: Path) -> None:
        self.node = node
        self._folder = folder

    def start(self, scenario: Scenario, *arguments: str) -> Sipp:
        """Let sipp begin; enter it."""
        file = self._folder / "scenario.xml"
        scenario.write(file)
        return Sipp(self._folder, file, *arguments)

    def calls(self, scenario: Scenario) -> str:
        """Let sipp call the node; returns all messages of it."""
        with self.start(scenario, f"127.0.0.1:{self.node.port}") as sipp:
            return self.finish(sipp)

    def is_called(self, scenario: Scenario, application: str = "Wait 30") -> str:
        """Let the node call sipp; returns all messages of it."""
        with self.start(scenario) as sipp:
            resource = f"PJSIP/peer/sip:callee@{sipp.address}"
            self.node.ask(f"channel originate {resource} application {application}")
            return self.finish(sipp)

    def wait_until_ringing(self) -> None:
        """Wait for their 180."""
        deadline = time.monotonic() + WITHIN
        while "!Ringing!" not in self.node.ask("core show channels concise"):
            assert time.monotonic() < deadline
            time.sleep(0.01)  # another process rings in real time

    def finish(self, sipp: Sipp) -> str:
        """Wait until the scenario is at its end, and went well."""
        code = sipp.finish()
        assert code == 0, f"{sipp.messages()}\n{sipp.output()[-3000:]}\n{self.node.log()[-2000:]}"
        return sipp.messages()


@pytest.fixture
def stage(node: Node, tmp_path: Path) -> Iterator[Stage]:
    yield Stage(node, tmp_path)
    node.wait_until_idle()
    assert "Traceback" not in node.log()


def bye(scenario: Scenario, number: int = 2) -> Scenario:
    """Hang up."""
    return scenario.within("BYE", number).receive(200)


def talking(number: str = "hold") -> Scenario:
    """A call that the node answered."""
    scenario = Scenario(number).invite(branch="first").receive(100, optional=True)
    return scenario.receive(180, optional=True).receive(200).within("ACK", 1)


def received(messages: str, what: str) -> int:
    """How often a message came whose first line begins so; sipp tells of those sent, too."""
    return len(re.findall(rf"message received [^\n]*\n\n{what}", messages))


def with_tag(messages: str, what: str, tag: str) -> int:
    """As :func:`received`, of those to a tag of ours."""
    pattern = rf"message received [^\n]*\n\n{what}(?:[^\n]+\n)*?To:[^\n]*;tag={tag}\n"
    return len(re.findall(pattern, messages))


# what is lost or comes twice


def test_an_invite_that_is_sent_again_is_one_call(stage: Stage) -> None:
    scenario = (
        Scenario("hold").invite(branch="first", wait=False).invite(branch="first", wait=False)
    )
    scenario.receive(100, optional=True).receive(200).invite(branch="first", wait=False).pause(0.3)
    with stage.start(bye(scenario.within("ACK", 1)), f"127.0.0.1:{stage.node.port}") as sipp:
        stage.node.wait_for_application("Wait", "30")
        assert len(stage.node.ask("core show channels concise").splitlines()) == 1
        stage.finish(sipp)


def test_the_200_comes_again_until_its_ack_does(stage: Stage) -> None:
    scenario = Scenario("hold").invite().receive(100, optional=True).receive(200)
    scenario.pause(1.8).within("ACK", 1).pause(1.2)
    assert received(stage.calls(bye(scenario)), "SIP/2.0 200 OK") >= 3


def test_a_bye_is_sent_again_until_it_is_answered(stage: Stage) -> None:
    scenario = talking("bye").receive("BYE").pause(1.2).respond(200)
    assert received(stage.calls(scenario), "BYE") >= 2


def test_our_invite_is_sent_again_until_it_is_answered(stage: Stage) -> None:
    scenario = Scenario().receive("INVITE").pause(1.2).respond(200, tag="a", sdp=True)
    scenario.receive("ACK").receive("BYE").respond(200)
    assert received(stage.is_called(scenario, "Wait 0.2"), "INVITE") >= 2


def test_our_ack_comes_again_for_each_200(stage: Stage) -> None:
    scenario = Scenario().receive("INVITE", keep="i").respond(200, tag="a", sdp=True)
    scenario.receive("ACK").respond(200, tag="a", sdp=True, to="i").receive("ACK")
    scenario.receive("BYE").respond(200)
    stage.is_called(scenario, "Wait 0.5")


# CANCEL


def test_a_cancel_while_it_rings(stage: Stage) -> None:
    scenario = Scenario("ring").invite(branch="first").receive(100, optional=True).receive(180)
    scenario.request("CANCEL", 1, branch="first").receive(200).receive(487)
    stage.calls(scenario.within("ACK", 1, branch="first"))


def test_a_cancel_that_comes_too_late_changes_nothing(stage: Stage) -> None:
    """Its transaction is still there (RFC 6026 §7.1), so its answer is 200 (RFC 3261 §9.2)."""
    scenario = talking().request("CANCEL", 1, branch="first", wait=False).receive(200)
    scenario.within("OPTIONS", 2).receive(200)
    stage.calls(bye(scenario, 3))


def test_a_cancel_of_nothing(stage: Stage) -> None:
    stage.calls(Scenario("hold").request("CANCEL", 1, branch="other", wait=False).receive(481))


def test_our_cancel_crosses_their_200(stage: Stage) -> None:
    """We have the call, do not want it any more, and say so."""
    scenario = Scenario().receive("INVITE", keep="i").respond(180, tag="a").receive("CANCEL")
    scenario.respond(200, tag="a").respond(200, tag="a", sdp=True, to="i")
    scenario.receive("ACK").receive("BYE").respond(200)
    with stage.start(scenario) as sipp:
        resource = f"PJSIP/peer/sip:callee@{sipp.address}"
        stage.node.ask(f"channel originate {resource} application Wait 30")
        stage.wait_until_ringing()
        stage.node.ask("channel request hangup all")
        stage.finish(sipp)


# forks


def test_of_two_who_answer_the_second_is_let_go(stage: Stage) -> None:
    scenario = Scenario().receive("INVITE", keep="i").respond(180, tag="a")
    scenario.respond(183, tag="b", sdp=True, to="i").respond(180, tag="c", to="i")
    scenario.respond(200, tag="a", sdp=True, to="i").receive("ACK")
    scenario.respond(200, tag="b", sdp=True, to="i").receive("ACK")
    scenario.receive("BYE", keep="second").respond(200).receive("BYE").respond(200)
    messages = stage.is_called(scenario, "Wait 0.8")
    assert with_tag(messages, "ACK", "a") == 1
    assert with_tag(messages, "ACK", "b") == 1
    assert re.findall(r"\n\nBYE (?:[^\n]+\n)*?To:[^\n]*;tag=(\w)\n", messages) == ["b", "a"]


# challenges


@pytest.mark.parametrize(("status", "asks"), [(401, "WWW"), (407, "Proxy")])
def test_a_challenged_invite_is_sent_again_with_proof(stage: Stage, status: int, asks: str) -> None:
    header = f'{asks}-Authenticate: Digest realm="far",nonce="n1",algorithm=MD5,qop="auth"'
    proof = "Authorization" if status == 401 else "Proxy-Authorization"
    scenario = (
        Scenario().receive("INVITE").respond(status, tag="a", headers=[header]).receive("ACK")
    )
    scenario.receive("INVITE", matching=f'{proof}: Digest username="node",realm="far"')
    scenario.respond(200, tag="b", sdp=True).receive("ACK").receive("BYE").respond(200)
    stage.is_called(scenario, "Wait 0.2")


def test_a_challenge_that_the_proof_does_not_satisfy_ends_the_call(stage: Stage) -> None:
    header = 'WWW-Authenticate: Digest realm="far",nonce="n{}",algorithm=MD5'
    scenario = Scenario().receive("INVITE").respond(401, tag="a", headers=[header.format(1)])
    scenario.receive("ACK").receive("INVITE")
    scenario.respond(401, tag="b", headers=[header.format(2)]).receive("ACK")
    stage.is_called(scenario)


# what is out of order


def test_an_ack_of_nothing_is_ignored(stage: Stage) -> None:
    scenario = Scenario("hold").request("ACK", 1).request("OPTIONS", 2).receive(200)
    stage.calls(scenario)


def test_a_bye_in_an_early_dialog(stage: Stage) -> None:
    scenario = Scenario("ring").invite(branch="first").receive(100, optional=True).receive(180)
    scenario.within("BYE", 2, wait=False).receive(200).receive(487)
    stage.calls(scenario.within("ACK", 1, branch="first"))


def test_a_prack_of_nothing(stage: Stage) -> None:
    scenario = Scenario("ring").invite(branch="first").receive(100, optional=True).receive(180)
    scenario.within("PRACK", 2, headers=["RAck: 7 1 INVITE"], wait=False).receive(481)
    scenario.request("CANCEL", 1, branch="first").receive(200).receive(487)
    stage.calls(scenario.within("ACK", 1, branch="first"))


def test_an_offer_while_ours_is_not_answered(stage: Stage) -> None:
    scenario = Scenario("hold").invite(sdp=False, branch="one").receive(100, optional=True)
    scenario.receive(200, matching="m=audio")
    scenario.invite(2, to="[peer_tag_param]", branch="two", wait=False)
    scenario.receive(100, optional=True).receive(491).within("ACK", 2, branch="two")
    answer = SDP.replace("[$version]", "1")
    scenario.within("ACK", 1, headers=["Content-Type: application/sdp"], body=answer)
    stage.calls(bye(scenario.pause(0.2), 3))


def test_an_offer_before_the_last_answer_is_acknowledged(stage: Stage) -> None:
    """Both sides know where they are (RFC 5407 §3.1.5): it is answered."""
    scenario = talking().invite(2, to="[peer_tag_param]", branch="two", wait=False)
    scenario.receive(100, optional=True).receive(200)
    scenario.invite(3, to="[peer_tag_param]", branch="three", wait=False)
    scenario.receive(100, optional=True).receive(200).within("ACK", 2).within("ACK", 3)
    stage.calls(bye(scenario.pause(0.2), 4))


def test_a_body_that_is_missing(stage: Stage) -> None:
    scenario = Scenario("hold").request(
        "INVITE", 1, headers=["Content-Type: application/sdp"], length="300", wait=False
    )
    stage.calls(scenario.receive(400))


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("OPTIONS", [], 200),
        ("INFO", ["Content-Type: application/x-unknown"], 415),
        ("INFO", [], 200),
        ("FROB", [], 501),
        ("NOTIFY", ["Event: frob", "Subscription-State: active"], 489),
    ],
)
def test_requests_within_a_call(stage: Stage, method: str, headers: list[str], status: int) -> None:
    body = "x\n" if status == 415 else ""
    scenario = talking().within(method, 2, headers=headers, body=body, wait=False)
    stage.calls(bye(scenario.receive(status), 3))


# third party call control


def test_a_controller_joins_two_extensions(node: Node, tmp_path: Path) -> None:
    """3PCC with sipp's own controllers: the first offer is the node's, and so is the answer."""
    port = f"127.0.0.1:{node.port}"
    pair = ["-3pcc", f"127.0.0.1:{free_port()}"]
    with (
        Sipp(tmp_path, "-3pcc-C-B", *pair, "-s", "record", port) as second,
        Sipp(tmp_path, "-3pcc-C-A", *pair, "-s", "tone", port) as first,
    ):
        assert first.finish() == second.finish() == 0
    node.wait_until_idle()
    assert frequencies(heard_in(node.folder / "recorded.wav")) == [800]


def test_a_number_that_goes_back(node: Node) -> None:
    """sipp does not take the answer to an older number for one, so that a bare party does it."""

    async def main() -> list[str]:
        party = Party("back", "ulaw", "127.0.0.1")
        await party.start(("127.0.0.1", node.port))
        await party.call("hold")
        answers = [await party.ask("OPTIONS", number=number) for number in (5, 4, 6)]
        await party.hang_up()
        party.close()
        return [each.partition("\r\n")[0] for each in answers]

    statuses = ["200 OK", "500 CSeq out of order", "200 OK"]
    assert asyncio.run(main()) == [f"SIP/2.0 {each}" for each in statuses]
    node.wait_until_idle()
