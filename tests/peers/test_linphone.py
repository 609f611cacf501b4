"""A real linphone: transports, keys, candidates, hold, transfers, lamps, digits and codecs."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.peers.hearing import seconds_heard, seconds_heard_so_far, wait_until_heard
from tests.peers.linphone import Linphone, needs_linphone
from tests.peers.node import Node
from tests.peers.office import MUSIC, NUMBERS, PJSIP_CONF, TONES, office
from tests.peers.program import wait_until
from tests.peers.test_tls import TLS
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.support.tones import write_tone

pytestmark = [pytest.mark.peer, needs_linphone]

ACCOUNT = """
[{name}](phone)
auth = {name}
aors = {name}
{options}
[{name}]
type = auth
username = {name}
password = secret
[{name}]
type = aor
max_contacts = 1
"""
#: Dave must protect his audio; Erin offers candidates, and has a mailbox; Frank shakes hands.
MORE = ACCOUNT.format(name="dave", options="media_encryption = sdes") + ACCOUNT.format(
    name="erin", options="ice_support = yes\nmailboxes = 500@default"
)
MORE += ACCOUNT.format(name="frank", options="media_encryption = dtls\nrtcp_mux = yes")
#: They offer candidates besides, and are keyed in two ways.
MORE += ACCOUNT.format(name="keyed", options="media_encryption = sdes\nice_support = yes")
MORE += ACCOUNT.format(name="shaken", options="media_encryption = dtls\nice_support = yes")
EXTENSIONS = """\
[phones]
exten => 100,1,Dial(PJSIP/alice,20)
exten => 200,1,Dial(PJSIP/bob,20)
exten => 200,hint,PJSIP/bob
exten => 300,1,Dial(PJSIP/carol,20)
exten => 600,1,Answer()
 same => n,Echo()
exten => 700,1,MessageSend(pjsip:bob)
exten => 603,1,Progress()
 same => n,Playback(early,noanswer)
 same => n,Busy(1)
exten => 601,1,Answer()
 same => n,Read(keys,,4)
 same => n,Wait(${keys}.5)
"""


class Served:
    """The node, its port for TLS, and who signed its certificate."""

    def __init__(self, node: Node, tls: int, authority: Path) -> None:
        self.node = node
        self.ports = {"udp": node.port, "tcp": node.port, "tls": tls}
        self.authority = authority


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("office")
    authority = Authority(folder)
    authority.issue("127.0.0.1")
    port = free_port()
    pjsip = PJSIP_CONF + TLS.format(tls=port).replace("{{", "{").replace("}}", "}") + MORE
    write_tone(folder / "data" / "sounds" / "early.wav", 750, 3.0)
    with office(folder, EXTENSIONS, pjsip_conf=pjsip) as node:
        yield Served(node, port, authority.file)


class Phones(ExitStack):
    """Those of a test, which end with it."""

    def __init__(self, served: Served, folder: Path) -> None:
        super().__init__()
        self._served = served
        self._folder = folder

    def add(self, user: str, *, transport: str = "udp", **options: Any) -> Linphone:
        """Start one that says its user's tone."""
        authority = self._served.authority if transport == "tls" else None
        phone = Linphone(
            self._folder / user, user, self._served.ports[transport], transport=transport,
            hertz=TONES.get(user, 1000), authority=authority, **options,
        )  # fmt: skip
        return self.enter_context(phone)

    def all_registered(self, *phones: Linphone) -> None:
        for phone in phones:
            phone.wait_until_registered()


@pytest.fixture
def phones(served: Served, tmp_path: Path) -> Iterator[Phones]:
    with Phones(served, tmp_path) as made:
        yield made
    served.node.wait_until_idle()
    assert "Traceback" not in served.node.log()


def echo(served: Served, phone: Linphone, *, until: str = "") -> None:
    """Call the echo, hear it, and hang up, but not before its log matches ``until``."""
    phone.wait_until_registered()
    phone.call("600")
    served.node.wait_for_application("Echo")
    wait_until_heard(phone, TONES.get(phone.user, 1000))
    phone.wait_for(until, log=True)
    phone.command("terminate")
    phone.wait_for("Call 1 .*ended")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_it_registers_and_hears_itself(served: Served, phones: Phones, transport: str) -> None:
    phone = phones.add("alice", transport=transport)
    echo(served, phone)
    assert f";transport={transport}" in served.node.ask("database show registrar/contact/alice")


def test_it_hears_itself_behind_keys(served: Served, phones: Phones) -> None:
    phone = phones.add("dave", transport="tls", encryption="srtp")
    echo(served, phone)
    assert "RTP/SAVP" in phone.log()


def test_it_shakes_hands_for_keys(served: Served, phones: Phones) -> None:
    phone = phones.add("frank", encryption="dtls")
    echo(served, phone)
    assert "UDP/TLS/RTP/SAVP" in phone.log()


def test_it_hears_what_is_played_before_the_answer(phones: Phones) -> None:
    phone = phones.add("alice")
    phone.wait_until_registered()
    phone.call("603")
    phone.wait_for("Call 1 .*ended|busy|error")
    phone.wait_for("SIP/2.0 486", log=True)
    assert seconds_heard(phone.heard, 750) >= 0.6


def test_texts_go_both_ways(served: Served, phones: Phones) -> None:
    alice, bob = phones.add("alice"), phones.add("bob")
    phones.all_registered(alice, bob)
    alice.command(f"chat {alice.uri('700')} Good morning")
    bob.wait_for("Good morning")
    assert "sip:alice@" in bob.said()


def test_who_leaves_is_registered_no_more(served: Served, tmp_path: Path) -> None:
    with Phones(served, tmp_path) as phones:
        phones.add("alice").wait_until_registered()
        assert "sip:alice@" in served.node.ask("pjsip show contacts")
    wait_until(lambda: "sip:alice@" not in served.node.ask("pjsip show contacts"), served.node.log)


def test_who_offers_no_keys_is_refused(phones: Phones) -> None:
    phone = phones.add("dave", transport="tls")
    phone.wait_until_registered()
    phone.call("600")
    phone.wait_for("SIP/2.0 488", log=True)


def test_candidates_do_no_harm(served: Served, phones: Phones) -> None:
    phone = phones.add("alice", ice=True)
    echo(served, phone)
    assert "a=candidate:" in phone.log()


def test_candidates_are_checked(served: Served, phones: Phones) -> None:
    phone = phones.add("erin", ice=True)
    echo(served, phone, until="Subject: ICE processing concluded(?s:.*)SIP/2.0 200 OK")
    phone.wait_for("ice: Finished ICE check list .* processing successfully", log=True)


@pytest.mark.parametrize(("user", "encryption"), [("keyed", "srtp"), ("shaken", "dtls")])
def test_candidates_are_checked_and_audio_is_protected(
    served: Served, phones: Phones, user: str, encryption: str
) -> None:
    phone = phones.add(user, ice=True, encryption=encryption)
    echo(served, phone)


def test_it_is_told_of_messages_without_asking(phones: Phones) -> None:
    phone = phones.add("erin")
    phone.wait_for("\nNOTIFY sip:erin@", log=True)
    phone.wait_for("Messages-Waiting: no", log=True)


@pytest.mark.parametrize("codec", ["opus", "G722", "PCMA"])
def test_it_hears_itself_in_each_codec(served: Served, phones: Phones, codec: str) -> None:
    phone = phones.add("alice", codecs=[codec])
    echo(served, phone)


def test_a_codec_that_nobody_has_is_refused(phones: Phones) -> None:
    phone = phones.add("alice", codecs=["speex"])
    phone.wait_until_registered()
    phone.call("600")
    phone.wait_for("SIP/2.0 488", log=True)


@pytest.mark.parametrize("way", ["events", "INFO"])
def test_its_digits_arrive(served: Served, phones: Phones, way: str) -> None:
    phone = phones.add("alice", info=way == "INFO")
    phone.wait_until_registered()
    phone.call("601")
    served.node.wait_for_application("Read")
    phone.wait_for("Media streams established")
    for digit in "4711":
        phone.command(digit)
        time.sleep(0.3)  # as a hand does
    assert served.node.wait_for_application("Wait") == "4711.5"
    assert ("\nINFO sip:" in phone.log()) is (way == "INFO")
    phone.command("terminate")


def test_who_is_held_hears_music(served: Served, phones: Phones) -> None:
    alice, bob = phones.add("alice"), phones.add("bob", answers=True)
    phones.all_registered(alice, bob)
    alice.call("200")
    alice.wait_for("Media streams established")
    wait_until_heard(bob, TONES["alice"])
    alice.command("pause")
    alice.wait_for("is now paused")
    wait_until_heard(bob, MUSIC)
    before = seconds_heard_so_far(bob.heard, TONES["alice"])
    alice.command("resume")
    alice.wait_for("(?s)paused.*(resumed|Media streams established)")
    wait_until_heard(bob, TONES["alice"], before + 0.7)
    alice.command("terminate")
    bob.wait_for("Call 1 .*ended")


def test_a_blind_transfer(served: Served, phones: Phones) -> None:
    alice, bob, carol = phones.add("alice"), phones.add("bob", answers=True), phones.add(
        "carol", answers=True
    )  # fmt: skip
    phones.all_registered(alice, bob, carol)
    alice.call("200")
    wait_until_heard(alice, TONES["bob"])
    bob.command(f"transfer {bob.uri('300')}")
    carol.wait_for("Media streams established")
    bob.wait_for("Call 1 .*ended")
    wait_until_heard(alice, TONES["carol"])
    wait_until_heard(carol, TONES["alice"])
    alice.command("terminate")
    carol.wait_for("Call 1 .*ended")
    assert seconds_heard(carol.heard, TONES["bob"]) == 0


def test_an_attended_transfer(served: Served, phones: Phones) -> None:
    alice, bob = phones.add("alice"), phones.add("bob", answers=True)
    carol = phones.add("carol", answers=True)
    phones.all_registered(alice, bob, carol)
    alice.call("200")
    bob.wait_for("Media streams established")
    bob.command("pause")
    bob.wait_for("is now paused")
    bob.call("300")
    wait_until_heard(carol, TONES["bob"])
    wait_until_heard(alice, MUSIC)
    bob.command("transfer 1 --to-call 2")
    bob.wait_for("Call 1 .*ended")
    bob.wait_for("Call 2 .*ended")
    wait_until_heard(alice, TONES["carol"])
    wait_until_heard(carol, TONES["alice"])
    alice.command("terminate")
    carol.wait_for("Call 1 .*ended")


def test_the_lamp_of_an_extension(served: Served, phones: Phones) -> None:
    alice = phones.add("alice", watches=[NUMBERS["bob"]])
    alice.wait_for("<note>Unavailable</note>", log=True)
    bob, carol = phones.add("bob"), phones.add("carol")
    phones.all_registered(bob, carol)
    alice.wait_for("<note>Ready</note>", log=True)
    carol.call("200")
    alice.wait_for("<note>Ringing</note>", log=True)
    bob.command("answer")
    alice.wait_for("<note>On the phone</note>", log=True)
    carol.command("terminate")
    alice.wait_for("(?s)<note>On the phone</note>.*<note>Ready</note>", log=True)
    alice.wait_for(r'(?s)"200" <sip:200@127.0.0.1> is Online.*is On the phone.*is Online')
