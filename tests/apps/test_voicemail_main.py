"""VoiceMailMain(): owners log in, hear, move and delete messages, and change what is theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.pbx.states.mailboxes import MailboxChanged
from tests.apps.mailbox_house import CONF, House

#: Where a key is expected: behind the welcome of a mailbox with one new message.
LOGIN = "1234#"


def general(*lines: str) -> str:
    return CONF.replace("[general]\n", "[general]\n" + "".join(f"{line}\n" for line in lines))


def test_logging_in_by_keys(tmp_path: Path) -> None:
    house = House(tmp_path)
    ran = house.call("VoiceMailMain()", "100#1234##w", hangs_up=False)
    assert house.played[:2] == ["vm-login", "vm-password"]
    assert (house.played[-1], ran["end"]) == ("vm-goodbye", "s")


@pytest.mark.parametrize(
    ("arguments", "keys", "played"),
    [
        ("100", "1#2#3#www", ["vm-password", "vm-incorrect"] * 3),
        ("", "100#1#100#2#200#3#w", ["vm-login", "vm-password", "vm-incorrect-mailbox",
                                     "vm-password", "vm-incorrect-mailbox", "vm-password",
                                     "vm-incorrect"]),
        ("", "999#1#999#1#999#1#w", ["vm-login", "vm-password", "vm-incorrect-mailbox",
                                     "vm-password", "vm-incorrect-mailbox", "vm-password",
                                     "vm-incorrect"]),
    ],
)  # fmt: skip
def test_nobody_gets_in_without_the_password(
    tmp_path: Path, arguments: str, keys: str, played: list[str]
) -> None:
    house = House(tmp_path)
    ran = house.call(f"VoiceMailMain({arguments})", keys, hangs_up=False)
    assert house.played == [*played, "vm-goodbye"]
    assert ran["end"] == ""  # hung up


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [("100,s", ""), ("300", ""), ("1,p", "00#1234#"), ("@default", "100#1234#")],
)
def test_other_ways_in(tmp_path: Path, arguments: str, keys: str) -> None:
    house = House(tmp_path)
    ran = house.call(f"VoiceMailMain({arguments})", f"{keys}#w", hangs_up=False)
    assert ran["end"] == "s"
    assert "vm-incorrect" not in house.played


def test_star_leads_out(tmp_path: Path) -> None:
    assert House(tmp_path).call("VoiceMailMain()", "*")["end"] == "a"
    assert House(tmp_path).call("VoiceMailMain(100)", "*")["end"] == "a"
    assert House(tmp_path).call("VMAuthenticate(100)", "*")["end"] == "a"


def test_vm_authenticate(tmp_path: Path) -> None:
    house = House(tmp_path)
    ran = house.call("VMAuthenticate(@default)", "200#4321#", hangs_up=False)
    assert (ran["AUTH_MAILBOX"], ran["AUTH_CONTEXT"], ran["end"]) == ("200", "default", "s")
    assert house.played == ["vm-login", "vm-password"]
    assert House(tmp_path).call("VMAuthenticate(200,s)", "1#1#1#", hangs_up=False)["end"] == ""


def test_what_waits_is_said(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put("Urgent", flag="Urgent")
    house.put()
    house.put()
    house.put("Old")
    house.call("VoiceMailMain(100,s)", "w" * 20)
    assert house.played[:13] == [
        "vm-youhave", "digits/1", "vm-Urgent", "vm-message", "vm-and", "digits/2", "vm-INBOX",
        "vm-messages", "vm-and", "digits/1", "vm-Old", "vm-message", "vm-onefor",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "one"),
    [("de", "digits/1F"), ("es", "digits/1M"), ("ru", "digits/1n"), ("en", "digits/1")],
)
def test_in_the_owners_language(tmp_path: Path, language: str, one: str) -> None:
    house = House(tmp_path, general(f"language={language}"))
    house.put()
    house.call("VoiceMailMain(100,s)", "w" * 6)
    assert house.played[:4] == ["vm-youhave", one, "vm-INBOX", "vm-message"]


def test_a_message_is_heard_and_is_old_then(tmp_path: Path) -> None:
    house = House(tmp_path)
    message = house.put(caller='"Bob" <200>')
    ran = house.call("VoiceMailMain(100,s)", "1wwwwwwwwwwwwwwwww#w", hangs_up=False)
    sound = str(house.spool.folder(house.box()) / "INBOX" / "msg0000")
    start = house.played.index("vm-first")
    assert house.played[start : start + 3] == ["vm-first", "vm-message", "vm-received"]
    assert sound in house.played
    assert house.played[-1] == "vm-goodbye"
    assert ran["end"] == "s"
    assert (house.ids(), house.ids("Old")) == ([], [message.id])
    assert house.told == [MailboxChanged("100@default", 0, 1)]


def test_a_hangup_settles_it_too(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put()
    house.put()
    house.call("VoiceMailMain(100,s)", "17")
    assert (len(house.ids()), len(house.ids("Old"))) == (1, 0)
    assert house.told == [MailboxChanged("100@default", 1, 0)]


def test_next_previous_repeat(tmp_path: Path) -> None:
    house = House(tmp_path, general("envelope=no"))
    ids = [house.put().id for _ in range(3)]
    house.call("VoiceMailMain(100,s)", "16666644447w", every=0.4)
    assert house.played.count("vm-nomore") == 3 + 2
    assert (house.ids(), house.ids("Old")) == ([], ids[1:])


def test_around_the_end_where_the_mailbox_wants_that(tmp_path: Path) -> None:
    house = House(tmp_path, general("envelope=no", "messagewrap=yes"))
    ids = [house.put().id for _ in range(3)]
    house.call("VoiceMailMain(100,s)", "147w", every=0.4)
    assert (house.ids(), house.ids("Old")) == ([ids[1]], [ids[0]])


def test_delete_and_undelete(tmp_path: Path) -> None:
    house = House(tmp_path)
    message = house.put()
    house.call("VoiceMailMain(100,s)", "1777ww#")
    assert house.ids("Old") == house.ids() == []
    message = house.put()
    house.call("VoiceMailMain(100,s)", "177ww#")
    assert house.ids("Old") == [message.id]


def test_the_next_one_behind_a_command(tmp_path: Path) -> None:
    house = House(tmp_path, general("nextaftercmd=yes", "envelope=no"))
    ids = [house.put().id for _ in range(3)]
    house.call("VoiceMailMain(100,s)", "17wwww7wwww7w")
    assert house.ids() == house.ids("Old") == []
    assert len(ids) == 3


def test_heard_messages_stay_new_where_that_is_wanted(tmp_path: Path) -> None:
    house = House(tmp_path, general("moveheard=no"))
    message = house.put()
    house.call("VoiceMailMain(100,s)", "1ww#")
    assert house.ids() == [message.id]
    assert house.told == []


def test_saving_in_a_folder_and_looking_there(tmp_path: Path) -> None:
    house = House(tmp_path)
    first, second = house.put(), house.put()
    house.call("VoiceMailMain(100,s)", "193www#")
    assert (house.ids(), house.ids("Family")) == ([second.id], [first.id])
    assert "vm-savedto" in house.played
    house.call("VoiceMailMain(100,s)", "23wwwww17ww#")
    assert house.ids("Family") == []
    assert house.played.count("vm-Family") >= 2
    assert house.ids() == [second.id]


def test_saving_as_new_keeps_it_new(tmp_path: Path) -> None:
    house = House(tmp_path)
    message = house.put()
    house.call("VoiceMailMain(100,s)", "190www#")
    assert house.ids() == [message.id]


def test_read_only(tmp_path: Path) -> None:
    house = House(tmp_path)
    message = house.put()
    house.call("VoiceMailMain(100,sr)", "17ww90ww#")
    assert house.ids() == [message.id]


def test_a_folder_at_once(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put("Work")
    house.call("VoiceMailMain(100,sa(2))", "w")
    assert house.played[0] == "vm-first"
    house.call("VoiceMailMain(100,sa(Work))", "w")
    assert house.played[0] == "vm-first"
    house.call("VoiceMailMain(100,sa)", "www")
    assert house.played[:3] == ["vm-youhave", "vm-no", "vm-INBOX"]


def test_winding_while_it_plays(tmp_path: Path) -> None:
    house = House(tmp_path, general("envelope=no", "skipms=2000"))
    house.put()
    sound = str(house.spool.folder(house.box()) / "INBOX" / "msg0000")
    house.sounds.durations[sound] = 30.0
    house.call("VoiceMailMain(100,s)", "1www#*0w027w#")
    assert house.played.count(sound) == 5  # from 1, #, *, behind the pause, and from its beginning
    assert house.ids("Old") == []


def test_the_caller_and_the_length(tmp_path: Path) -> None:
    house = House(tmp_path, general("saycid=yes", "saydurationm=1"))
    house.put(caller='"X" <555>', duration=125)
    house.put(caller="<200>")
    house.put()
    house.call("VoiceMailMain(100,s)", "1" + "w" * 28)
    at = house.played.index("vm-from-phonenumber")
    assert house.played[at : at + 7] == [
        "vm-from-phonenumber", "digits/5", "digits/5", "digits/5", "vm-duration", "digits/2",
        "vm-minutes",
    ]  # fmt: skip
    house.call("VoiceMailMain(100,s)", "1" + "w" * 28)
    assert "vm-from-extension" in house.played
    house.call("VoiceMailMain(100,s)", "1" + "w" * 28)
    assert "vm-unknown-caller" in house.played


def test_greetings(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VoiceMailMain(100,s)", "0w1wwwwww#1www2wwww#1www#w#")
    assert house.spool.greeting(house.box(), "unavail") is not None
    assert house.spool.greeting(house.box(), "busy") is not None
    assert "vm-rec-unv" in house.played
    assert "vm-rec-busy" in house.played
    house.call("VoiceMailMain(100,s)", "0w3wwww")  # hung up while the name is recorded
    assert house.spool.greeting(house.box(), "greet") is None
    assert not list(house.spool.folder(house.box(), "tmp").iterdir())


def test_the_temporary_greeting(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VoiceMailMain(100,s)", "0w4wwwwww#1www#w#")
    assert house.spool.greeting(house.box(), "temp") is not None
    house.call("VoiceMailMain(100,s)", "w0w42w#w#")
    assert house.played[0] == "vm-tempgreetactive"
    assert "vm-tempremoved" in house.played
    assert house.spool.greeting(house.box(), "temp") is None


def test_the_password_is_changed_in_the_file(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VoiceMailMain(100,s)", "0w5w98#98#www#w#")
    assert house.played.count("vm-passchanged") == 1
    assert "100 => 98,Alice Adams,alice@example.com\n" in house.path.read_text()
    ran = house.call("VoiceMailMain(100)", "98##w", hangs_up=False)
    assert ran["end"] == "s"
    assert house.path.read_text().count("\n") == CONF.count("\n")


def test_passwords_that_are_none(tmp_path: Path) -> None:
    house = House(tmp_path, general("minpassword=4"))
    house.call("VoiceMailMain(100,s)", "0w512#ww1235#w1236#wwwww*w")
    assert house.played.count("vm-invalid-password") == 1
    assert house.played.count("vm-mismatch") == 1
    assert house.path.read_text() == house.conf
    fixed = House(tmp_path / "fixed", CONF.replace("1234,", "-1234,"))
    fixed.root.mkdir()
    fixed.call("VoiceMailMain(100)", "1234#0w5ww")
    assert fixed.played[-2:] == ["vm-no", "vm-options"]


def test_a_password_in_the_spool(tmp_path: Path) -> None:
    house = House(tmp_path, general("passwordlocation=spooldir"))
    before = house.conf
    house.call("VoiceMailMain(100)", "1234#0w5w777#777#www")
    assert house.spool.password(house.box()) == "777"
    assert house.path.read_text() == before
    assert house.call("VoiceMailMain(100)", "777##w", hangs_up=False)["end"] == "s"
    assert house.call("VoiceMailMain(100)", "1234#" * 3, hangs_up=False)["end"] == ""


def test_a_new_owner_is_led_through(tmp_path: Path) -> None:
    conf = general("forcename=yes").replace("100 => 1234", "100 => 100")
    house = House(tmp_path, conf)
    ran = house.call("VoiceMailMain(100)", "100#wwwwww#1www42#42#wwww#w", hangs_up=False)
    assert house.played[1:3] == ["vm-newuser", "vm-rec-name"]
    assert house.spool.greeting(house.box(), "greet") is not None
    assert "100 => 42," in house.path.read_text()
    assert ran["end"] == "s"
    house = House(tmp_path / "second", conf)
    house.root.mkdir()
    ran = house.call("VoiceMailMain(100)", "100#" + "w" * 40, hangs_up=False)
    assert ran["end"] == ""  # who does not set it up does not get in


def test_forwarding(tmp_path: Path) -> None:
    house = House(tmp_path)
    message = house.put(caller="<555>")
    house.call("VoiceMailMain(100,s)", "18w200#1w2wwww#w")
    (forwarded,) = house.messages(box="200")
    assert (forwarded.caller, forwarded.duration) == ("<555>", 5)
    assert forwarded.id != message.id
    assert "vm-msgforwarded" in house.played
    assert house.told[0] == MailboxChanged("200@default", 1, 0)
    assert house.ids("Old") == [message.id]


@pytest.mark.parametrize(("keeps", "folder"), [("no", "INBOX"), ("yes", "Urgent")])
@pytest.mark.parametrize("way", ["2", "1wwwww#1"])
def test_what_is_urgent_is_forwarded_so_where_that_is_wanted(
    tmp_path: Path, keeps: str, folder: str, way: str
) -> None:
    house = House(tmp_path, CONF.replace("[default]", f"forward_urgent_auto={keeps}\n[default]"))
    house.put("Urgent", flag="Urgent")
    house.call("VoiceMailMain(100,s)", f"18w200#1w{way}wwww#w")
    assert len(house.messages(folder, box="200")) == 1


def test_forwarding_with_something_said_in_front(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put()
    house.call("VoiceMailMain(100,s)", "18w200#2w300#1w1wwwwww#1wwwww#w")
    for box in ("200", "300"):
        (forwarded,) = house.messages(box=box)
        assert forwarded.duration > 5 + 2
        path = house.spool.folder(house.box(box)) / "INBOX" / "msg0000.wav"
        assert (path.stat().st_size - 44) / 16000 == pytest.approx(forwarded.duration, abs=0.6)


def test_replying(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.put(caller="<200>")
    house.call("VoiceMailMain(100,s)", "131wwwww#w#w", caller=("Alice", "100"))
    (reply,) = house.messages(box="200")
    assert reply.caller_number == "100"
    stranger = House(tmp_path / "stranger")
    stranger.root.mkdir()
    stranger.put(caller="<999>")
    stranger.call("VoiceMailMain(100,s)", "131www")
    assert "vm-nobox" in stranger.played


def test_calling_back_and_out(tmp_path: Path) -> None:
    house = House(tmp_path, general("callback=default", "dialout=default"))
    house.put(caller="<7>")
    assert house.call("VoiceMailMain(100,s)", "1321www", hangs_up=False)["end"] == "7"
    assert "vm-dialout" in house.played
    assert house.call("VoiceMailMain(100,s)", "347#ww", hangs_up=False)["end"] == "7"


def test_the_envelope_when_asked(tmp_path: Path) -> None:
    house = House(tmp_path, general("envelope=no"))
    house.put(caller="<7>")
    house.call("VoiceMailMain(100,s)", "133wwwwwwwwwww")
    assert "vm-received" in house.played
    assert "vm-from-phonenumber" in house.played


def test_a_message_for_somebody_else(tmp_path: Path) -> None:
    house = House(tmp_path, general("sendvoicemail=yes"))
    house.call("VoiceMailMain(100,s)", "35w200#1wwwww#ww")
    assert len(house.messages(box="200")) == 1


def test_nobody_presses_anything(tmp_path: Path) -> None:
    ran = House(tmp_path).call("VoiceMailMain(100,s)", hangs_up=False, keys="w" * 60)
    assert ran["end"] == "s"


def test_play_one_message(tmp_path: Path) -> None:
    house = House(tmp_path)
    message = house.put("Work")
    ran = house.call(f"VoiceMailPlayMsg(100@default,{message.id})", hangs_up=False, keys="w" * 20)
    assert ran["VOICEMAIL_PLAYBACKSTATUS"] == "SUCCESS"
    assert house.played[-1] == str(house.spool.folder(house.box()) / "Work" / "msg0000")
    assert house.ids("Work") == [message.id]
    ran = house.call("VoiceMailPlayMsg(100,nothing)", hangs_up=False)
    assert ran["VOICEMAIL_PLAYBACKSTATUS"] == "FAILED"


def test_names_and_whether_there_is_a_mailbox(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VMSayName(200)", "wwww", hangs_up=False)
    assert house.played == ["digits/2", "digits/0", "digits/0"]
    assert house.call("MailboxExists(200)")["VMBOXEXISTSSTATUS"] == "SUCCESS"
    assert house.call("MailboxExists(999)")["VMBOXEXISTSSTATUS"] == "FAILED"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("VM_INFO(100,exists)", "1"),
        ("VM_INFO(999,exists)", "0"),
        ("VM_INFO(999,email)", ""),
        ("VM_INFO(100@default,email)", "alice@example.com"),
        ("VM_INFO(100,fullname)", "Alice Adams"),
        ("VM_INFO(100,password)", "1234"),
        ("VM_INFO(100,count)", "2"),
        ("VM_INFO(100,count,Old)", "1"),
        ("VM_INFO(100,tz)", ""),
        ("VMCOUNT(100)", "2"),
        ("VMCOUNT(100@default&200@default)", "3"),
        ("VMCOUNT(100,Old)", "1"),
        ("VMCOUNT(100,Nowhere)", "0"),
        ("MAILBOX_EXISTS(100)", "1"),
        ("MAILBOX_EXISTS(100@sales)", "0"),
    ],
)
def test_functions(tmp_path: Path, expression: str, value: str) -> None:
    house = House(tmp_path)
    house.put()
    house.put()
    house.put("Old")
    house.put(box="200")
    assert house.call(f"Set(R=${{{expression}}})")["R"] == value
