"""Keys of voicemail.conf, each by what callers and owners hear, and by what is sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.pbx.states.mailboxes import MailboxChanged
from tests.apps.mailbox_house import PLAN, House
from tests.apps.test_directory import PLAN as DIRECTORY
from tests.apps.test_voicemail import mails
from tests.apps.test_voicemail_main import general
from tests.support.fakes import make_pbx

YES_NO = pytest.mark.parametrize("word", ["yes", "no"])


@YES_NO
def test_leaveurgent(tmp_path: Path, word: str) -> None:
    house = House(tmp_path, general("review=yes", f"leaveurgent={word}"))
    house.call("VoiceMail(100,s)", "wwww#www")
    assert "vm-review" in house.played
    assert ("vm-review-urgent" in house.played) is (word == "yes")


@YES_NO
def test_tempgreetwarn(tmp_path: Path, word: str) -> None:
    house = House(tmp_path, general(f"tempgreetwarn={word}"))
    house.call("VoiceMailMain(100,s)", "0w4wwwwww#1www#w#")
    house.call("VoiceMailMain(100,s)", "www")
    assert (house.played[0] == "vm-tempgreetactive") is (word == "yes")


@pytest.mark.parametrize(
    ("lines", "is_said"),
    [
        (["sayduration=yes"], True),
        (["sayduration=no"], False),
        (["saydurationm=3"], False),
        (["saydurationm=1"], True),
    ],
)
def test_the_length_of_a_message(tmp_path: Path, lines: list[str], *, is_said: bool) -> None:
    house = House(tmp_path, general("envelope=no", *lines))
    house.put(duration=150)
    house.call("VoiceMailMain(100,s)", "1wwwwwwwww")
    assert ("vm-duration" in house.played) is is_said


@YES_NO
def test_forcegreetings(tmp_path: Path, word: str) -> None:
    conf = general(f"forcegreetings={word}").replace("100 => 1234", "100 => 100")
    house = House(tmp_path, conf)
    house.call("VoiceMailMain(100)", "100#wwwwww#1www" + "www")
    assert (house.played[1:3] == ["vm-newuser", "vm-rec-unv"]) is (word == "yes")
    assert "vm-rec-name" not in house.played


@pytest.mark.parametrize(
    ("lines", "key", "end"),
    [
        ([], "0", "o"),
        ([], "*", "a"),
        (["exitcontext=exit"], "0", "of exit"),
        (["exitcontext=exit"], "*", "star of exit"),
    ],
)
def test_exitcontext(tmp_path: Path, lines: list[str], key: str, end: str) -> None:
    plan = PLAN + "[exit]\nexten => o,1,Set(end=of exit)\nexten => a,1,Set(end=star of exit)\n"
    house = House(tmp_path, general("operator=yes", *lines), plan)
    assert house.call("VoiceMail(100,u)", key)["end"] == end


@pytest.mark.parametrize(
    ("option", "keys", "end"),
    [
        ("", "232w1", "100"),
        ("hidefromdir=yes", "232w232w232ww", "s"),
        ("alias=Zoe Zander", "963w1", "100"),
        ("alias=Zoe Zander", "232w1", "100"),
    ],
)
def test_who_is_in_the_directory(tmp_path: Path, option: str, keys: str, end: str) -> None:
    conf = f"[default]\n100 => 1,Alice Adams,,,{option}\n"
    ran = House(tmp_path, conf, DIRECTORY).call("Directory(default,,a)", keys, hangs_up=False)
    assert ran["end"] == end


PASSWORDS = "0w5w512#ww12345#w12346#www12345#w12345#wwww#w"


@pytest.mark.parametrize(
    ("option", "line", "keys"),
    [
        ("vm-login", "VoiceMailMain()", "w"),
        ("vm-password", "VoiceMailMain(100)", "w"),
        ("vm-newuser", "VoiceMailMain(200)", "200#www"),
        ("vm-newpassword", "VoiceMailMain(100,s)", PASSWORDS),
        ("vm-invalid-password", "VoiceMailMain(100,s)", PASSWORDS),
        ("vm-reenterpassword", "VoiceMailMain(100,s)", PASSWORDS),
        ("vm-mismatch", "VoiceMailMain(100,s)", PASSWORDS),
        ("vm-passchanged", "VoiceMailMain(100,s)", PASSWORDS),
        ("vm-prepend-timeout", "VoiceMailMain(100,s)", "18w200#1w1wwt" + "w" * 20),
    ],
)
def test_prompts_of_ones_own(tmp_path: Path, option: str, line: str, keys: str) -> None:
    lines = ["minpassword=4", "maxsecs=6", "maxsilence=3", "forcename=yes"]
    conf = general(*lines, f"{option}=of-my-own").replace("200 => 4321", "200 => 200")
    house = House(tmp_path, conf)
    house.put()
    house.call(line, keys)
    assert "of-my-own" in house.played
    assert option not in house.played


def test_what_a_pager_gets(tmp_path: Path) -> None:
    conf = general(
        "pagerdateformat=%d.%m.%Y", "pagerfromstring=Box", "pagersubject=For ${VM_NAME}",
        "pagerbody=${VM_DUR}\\n${VM_DATE}",
    ).replace("alice@example.com", "alice@example.com,beep@example.com")  # fmt: skip
    house = House(tmp_path, conf)
    house.call("VoiceMail(100,s)", "wwww")
    (mail,) = (each for each in mails(house) if "beep@" in str(each["To"]))
    assert mail["Subject"] == "For Alice Adams"
    assert str(mail["From"]).startswith("Box <")
    body = mail.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["0:04", "14.11.2023"]


@YES_NO
def test_attach(tmp_path: Path, word: str) -> None:
    house = House(tmp_path, general(f"attach={word}"))
    house.call("VoiceMail(100,s)", "wwww")
    (mail,) = mails(house)
    assert len(list(mail.iter_attachments())) == (word == "yes")


def test_maxgreet(tmp_path: Path) -> None:
    for limit, is_kept in ((0, False), (3, True)):
        house = House(tmp_path / str(limit), general(f"maxgreet={limit}"))
        house.root.mkdir()
        house.call("VoiceMailMain(100,s)", "0w3" + "w" * 8 + "1www")
        assert (house.spool.greeting(house.box(), "greet") is not None) is is_kept


@pytest.mark.parametrize("most", [1, 2])
def test_maxlogins(tmp_path: Path, most: int) -> None:
    house = House(tmp_path, general(f"maxlogins={most}"))
    assert house.call("VoiceMailMain(100)", "1#2#3#www", hangs_up=False)["end"] == ""
    assert house.played.count("vm-password") == most


@pytest.mark.parametrize(
    ("contexts", "said"),
    [
        ("default", "vm-from-extension"),
        ("other", "vm-from-phonenumber"),
        ("", "vm-from-extension"),
    ],
)
def test_cidinternalcontexts(tmp_path: Path, contexts: str, said: str) -> None:
    house = House(tmp_path, general("saycid=yes", f"cidinternalcontexts={contexts}"))
    house.put(caller='"Bob" <200>', context="default")
    house.call("VoiceMailMain(100,s)", "1" + "w" * 20)
    assert said in house.played


@pytest.mark.parametrize(
    ("lines", "asks"),
    [
        ([], True),
        (["listen-control-stop-key=9"], False),
        (["listen-control-stop-key=9", "listen-control-pause-key=8"], False),
        (["listen-control-stop-key=9", "listen-control-restart-key=8"], False),
        (["listen-control-stop-key=9", "listen-control-forward-key=8", "skipms=1000"], False),
        (["listen-control-stop-key=9", "listen-control-reverse-key=8"], False),
    ],
)
def test_keys_while_a_message_is_heard(tmp_path: Path, lines: list[str], *, asks: bool) -> None:
    """A key that stops it leads to what it means in the menu; one that pauses does nothing more."""
    house = House(tmp_path, general("envelope=no", *lines))
    house.put()
    house.call("VoiceMailMain(100,s)", "1wwww8ww", every=0.5)
    assert ("vm-extension" in house.played) is asks
    is_paused = "listen-control-pause-key=8" in lines
    assert ("vm-advopts" not in house.played) is (is_paused or asks)


@YES_NO
def test_usedirectory(tmp_path: Path, word: str) -> None:
    house = House(tmp_path, general(f"usedirectory={word}"))
    house.put()
    house.call("VoiceMailMain(100,s)", "18wwww")
    assert ("vm-forward" in house.played) is (word == "yes")


@YES_NO
def test_pollmailboxes(tmp_path: Path, word: str) -> None:
    house = House(tmp_path, general(f"pollmailboxes={word}", "pollfreq=7"))

    async def main() -> None:
        async with make_pbx() as pbx, asyncio.timeout(20):
            voicemail = house.voicemail(pbx)
            assert voicemail.config.general.poll_every == 7
            await voicemail.look_at_all()
            house.told.clear()
            house.put()  # by another program
            await voicemail.look_at_all()

    asyncio.run(main())
    told = MailboxChanged("100@default", 1, 0)
    assert (told in house.told) is (word == "yes")
