"""VoiceMail(): what callers hear, and what becomes of what they say."""

from __future__ import annotations

import email
from email.policy import default
from pathlib import Path

import pytest

from switchroom.media.files.reading import read_sound
from switchroom.pbx.states.mailboxes import MailboxChanged
from tests.apps.mailbox_house import CONF, NOW, House


def mails(house: House) -> list[email.message.EmailMessage]:
    found = sorted((house.root / "spool" / "voicemail-mail").glob("*.mail"))
    return [
        email.message_from_bytes(path.read_bytes().partition(b"\n")[2], policy=default)
        for path in found
    ]


def test_a_message_is_left_and_told(tmp_path: Path) -> None:
    house = House(tmp_path)
    ran = house.call(
        "VoiceMail(100@default,u)", "wwwwwwwwwww#", hangs_up=False, caller=("Bob", "200")
    )
    assert house.played == [
        "vm-theperson", "digits/1", "digits/0", "digits/0", "vm-isunavail", "vm-intro", "beep",
        "auth-thankyou",
    ]  # fmt: skip
    assert (ran["VMSTATUS"], ran["end"]) == ("SUCCESS", "s")
    (message,) = house.messages()
    assert (message.caller, message.mailbox, message.time) == ('"Bob" <200>', "100", NOW)
    assert (message.context, message.extension, message.duration) == ("default", "s", 5)
    samples, _ = read_sound(next(house.root.rglob("msg0000.wav")))
    assert len(samples) == 5 * 16000
    assert house.told == [MailboxChanged("100@default", 1, 0)]
    (mail,) = mails(house)
    assert mail["To"] == "Alice Adams <alice@example.com>"
    assert mail["Subject"] == "[PBX]: New message 1 in mailbox 100"
    body = mail.get_body()
    assert body is not None
    assert '"Bob" <200> left a message of 0:05 minutes' in body.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "msg0000.wav"
    assert attached.get_content_type() == "audio/x-wav"
    assert attached.get_content() == next(house.root.rglob("msg0000.wav")).read_bytes()


def test_a_hangup_keeps_what_was_said(tmp_path: Path) -> None:
    house = House(tmp_path)
    ran = house.call("VoiceMail(200,s)", "wwww")
    assert [each.duration for each in house.messages(box="200")] == [4]
    assert ran["status"] == "SUCCESS"  # known in h already
    assert mails(house) == []


@pytest.mark.parametrize(
    ("options", "conf", "greeting", "heard"),
    [
        ("s", "", "", ["beep"]),
        ("", "", "", ["vm-intro", "beep"]),
        ("b", "", "", ["vm-theperson", "digits/1", "digits/0", "digits/0", "vm-isonphone",
                       "vm-intro", "beep"]),
        ("u", "", "greet", ["{greet}", "vm-isunavail", "vm-intro", "beep"]),
        ("u", "", "unavail", ["{unavail}", "vm-intro", "beep"]),
        ("us", "", "unavail", ["{unavail}", "beep"]),
        ("uS", "", "unavail", ["{unavail}", "beep"]),
        ("bS", "", "unavail", ["vm-theperson", "digits/1", "digits/0", "digits/0", "vm-isonphone",
                               "vm-intro", "beep"]),
        ("u", "", "temp", ["{temp}", "vm-intro", "beep"]),
        ("st", "", "", []),
        ("st(ding)", "", "", ["ding"]),
    ],
)  # fmt: skip
def test_what_is_heard_first(
    tmp_path: Path, options: str, conf: str, greeting: str, heard: list[str]
) -> None:
    house = House(tmp_path)
    if greeting:
        sound = house.spool.temporary(house.box(), ".wav")
        sound.write_bytes(b"")
        house.spool.set_greeting(house.box(), greeting, [sound])
    house.call(f"VoiceMail(100,{options})", "w" * 10)
    folder = house.spool.folder(house.box())
    names = {kind: folder / kind for kind in ("greet", "unavail", "temp")}
    assert house.played == [name.format(**names) for name in heard]


@pytest.mark.parametrize(
    ("options", "conf", "keys", "end", "status"),
    [
        ("u", "", "*", "a", "USEREXIT"),
        ("u", "operator=yes\n", "0", "o", "USEREXIT"),
        ("u", "", "07*", "a", "USEREXIT"),
        ("ud(default)", "", "7", "7", "USEREXIT"),
        ("ud", "", "7", "7", "USEREXIT"),
        ("u", "", "7*", "a", "USEREXIT"),
    ],
)
def test_ways_out(
    tmp_path: Path, options: str, conf: str, keys: str, end: str, status: str
) -> None:
    house = House(tmp_path, CONF.replace("[general]\n", f"[general]\n{conf}"))
    ran = house.call(f"VoiceMail(100,{options})", keys)
    assert (ran["end"], ran["VMSTATUS"]) == (end, status)
    assert house.messages() == []


def test_pound_skips_the_greeting(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VoiceMail(100,u)", "#www", every=0.75)
    assert house.played == ["vm-theperson", "beep"]
    assert house.messages()[0].duration == 2


def test_several_mailboxes_get_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    ran = house.call("VoiceMail(200&100@default&999,s)", "www#", hangs_up=False)
    assert ran["VMSTATUS"] == "SUCCESS"
    (first,), (second,) = house.messages(box="200"), house.messages(box="100")
    assert first.id != second.id
    assert [each.mailbox for each in house.told] == ["200@default", "100@default"]
    assert len(mails(house)) == 1


def test_there_is_no_such_mailbox(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ran = House(tmp_path).call("VoiceMail(999,u)", hangs_up=False)
    assert (ran["VMSTATUS"], ran["end"]) == ("FAILED", "s")
    assert "there is no mailbox '999'" in caplog.text


def test_the_caller_is_asked_for_a_mailbox(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VoiceMail()", "200#wwwwww")
    assert house.played[:2] == ["vm-whichbox", "vm-intro"]
    assert len(house.messages(box="200")) == 1


def test_a_disk_that_takes_nothing_leaves_the_caller_in_the_dialplan(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(tmp_path)
    blocked = tmp_path / "spool" / "voicemail"
    blocked.parent.mkdir()
    blocked.write_bytes(b"no folder")
    ran = house.call("VoiceMail(100,s)", "www", hangs_up=False)
    assert (ran["VMSTATUS"], ran["end"]) == ("FAILED", "s")
    assert "nothing can be recorded" in caplog.text


def test_a_full_mailbox(tmp_path: Path) -> None:
    house = House(tmp_path, CONF.replace("[general]\n", "[general]\nmaxmsg=2\n"))
    house.put()
    house.put()
    ran = house.call("VoiceMail(100,s)", "www", hangs_up=False)
    assert (house.played, ran["VMSTATUS"]) == (["vm-mailboxfull"], "FAILED")


def test_a_mailbox_that_only_greets(tmp_path: Path) -> None:
    house = House(tmp_path, CONF.replace("[general]\n", "[general]\nmaxmsg=0\n"))
    ran = house.call("VoiceMail(100,su)", "wwwwwwwww", hangs_up=False)
    assert (house.played[-1], ran["VMSTATUS"]) == ("vm-isunavail", "SUCCESS")
    assert house.messages() == []


def test_a_short_message_is_none(tmp_path: Path) -> None:
    conf = CONF.replace("[general]\n", "[general]\nminsecs=3\n")
    ran = (house := House(tmp_path, conf)).call("VoiceMail(100,s)", "ww#w", hangs_up=False)
    assert (house.played, ran["VMSTATUS"]) == (["beep", "vm-tooshort"], "FAILED")
    house.call("VoiceMail(100,s)", "w")
    assert house.messages() == []
    assert list(house.root.rglob("*.wav")) == []


def test_silence_ends_it_and_is_cut_off(tmp_path: Path) -> None:
    conf = CONF.replace("[general]\n", "[general]\nmaxsilence=4\nmaxsecs=60\n")
    ran = (house := House(tmp_path, conf)).call("VoiceMail(100,s)", hangs_up=False, keys="w" * 9)
    assert house.messages() == []  # there was nothing but silence
    assert ran["VMSTATUS"] == "FAILED"


def test_the_longest_message(tmp_path: Path) -> None:
    conf = CONF.replace("[general]\n", "[general]\nmaxsecs=6\n")
    ran = (house := House(tmp_path, conf)).call("VoiceMail(100,s)", hangs_up=False, keys="w" * 9)
    assert ([each.duration for each in house.messages()], ran["VMSTATUS"]) == ([6], "SUCCESS")


def test_urgent_and_priority(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.call("VoiceMail(100,sU)", "www")
    house.call("VoiceMail(100,sP)", "www")
    assert [each.flag for each in house.messages("Urgent")] == ["Urgent"]
    assert [each.flag for each in house.messages()] == ["PRIORITY"]
    assert [(each.new, each.old) for each in house.told] == [(1, 0), (2, 0)]


def test_a_review(tmp_path: Path) -> None:
    """Said, heard, said again, marked as urgent, sent."""
    conf = CONF.replace("[general]\n", "[general]\nreview=yes\n")
    house = House(tmp_path, conf)
    ran = house.call("VoiceMail(100,s)", "ww#2ww3www#41w", hangs_up=False)
    take = next(each for each in house.played if each.startswith("/"))
    assert [each for each in house.played if not each.startswith("vm-review-")] == [
        "beep", "vm-review", take, "vm-review", "beep", "vm-review", "vm-marked-urgent",
        "vm-msgsaved",
    ]  # fmt: skip
    assert ran["VMSTATUS"] == "SUCCESS"
    (message,) = house.messages("Urgent")
    assert message.is_urgent


def test_the_operator_while_recording(tmp_path: Path) -> None:
    conf = CONF.replace("[general]\n", "[general]\noperator=yes\n")
    house = House(tmp_path, conf)
    ran = house.call("VoiceMail(100,s)", "www01w")
    assert house.played == ["beep", "vm-saveoper", "vm-msgsaved"]
    assert (ran["end"], ran["VMSTATUS"], len(house.messages())) == ("o", "USEREXIT", 1)
    ran = house.call("VoiceMail(100,s)", "www0wwwwwwwwwwww")
    assert (ran["end"], len(house.messages())) == ("o", 1)


def test_formats_and_volume(tmp_path: Path) -> None:
    pytest.importorskip("soundfile")
    conf = CONF.replace("format=wav", "format=wav49|gsm|wav\nvolgain=3")
    house = House(tmp_path, conf)
    house.call("VoiceMail(100,s)", "wwww")
    assert sorted(path.name for path in house.root.rglob("msg*")) == [
        "msg0000.WAV", "msg0000.gsm", "msg0000.txt", "msg0000.wav",
    ]  # fmt: skip
    for path in house.root.rglob("msg0000.[Ww]*"):
        samples, rate = read_sound(path)
        assert len(samples) / 2 / rate == pytest.approx(4, abs=0.05)
    (mail,) = mails(house)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "msg0000.WAV"


def test_a_message_that_is_only_mailed(tmp_path: Path) -> None:
    conf = CONF.replace("alice@example.com", "alice@example.com,beep@example.com,delete=yes")
    house = House(tmp_path, conf)
    house.call("VoiceMail(100,s)", "wwww")
    assert house.messages() == []
    to_pager, to_alice = sorted(mails(house), key=lambda mail: str(mail["Subject"]))
    assert len(list(to_alice.iter_attachments())) == 1
    assert to_pager["Subject"] == "New VM"
    assert list(to_pager.iter_attachments()) == []


def test_words_of_ones_own(tmp_path: Path) -> None:
    conf = CONF.replace(
        "[general]\n",
        "[general]\nemailsubject=${VM_CIDNUM} rang ${VM_NAME}\npbxskip=yes\ntz=Europe/Berlin\n"
        'emailbody=${IF($["${VM_MAILBOX}"="100"]?yes:no)}\\n\\t${VM_DATE}: ${VM_DUR}\\n\n'
        "emaildateformat=%H:%M %d.%m.%Y\nfromstring=Zentrale\nserveremail=pbx@example.com\n",
    )
    house = House(tmp_path, conf)
    house.call("VoiceMail(100,s)", "wwww", caller=("", "555"))
    (mail,) = mails(house)
    assert mail["Subject"] == "555 rang Alice Adams"
    assert mail["From"] == "Zentrale <pbx@example.com>"
    body = mail.get_body()
    assert body is not None
    assert body.get_content() == "yes\r\n\t23:13 14.11.2023: 0:04\r\n"
