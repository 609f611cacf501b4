"""Voicemail in a simulation: it talks as it will, and nothing of the machine is changed."""

from tests.tools.simulate.node import Simulator

DIALPLAN = """[default]
exten => 100,1,VoiceMail(100,u)
exten => *97,1,VoiceMailMain(100)
"""
MAILBOXES = """[general]
externnotify=/bin/touch {0}/notified
externpass=/bin/touch {0}/changed
[default]
100 => 1234,Alice,alice@example.com
"""


def sounds(data: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["sound"] for each in data["heard"]]


def test_a_message_is_left(simulator: Simulator) -> None:
    simulator.write(DIALPLAN, voicemail=MAILBOXES.format(simulator.folder))
    data = simulator.json("--dial", "100", "--dtmf", "w15 #")
    assert data["variables"]["VMSTATUS"] == "SUCCESS"
    assert sounds(data)[-2:] == ["beep", "auth-thankyou"]
    assert sorted(path.name for path in simulator.folder.iterdir()) == [
        "extensions.conf", "voicemail.conf",
    ]  # fmt: skip


def test_a_password_is_changed_for_this_call_only(simulator: Simulator) -> None:
    simulator.write(DIALPLAN, voicemail=MAILBOXES.format(simulator.folder))
    before = (simulator.folder / "voicemail.conf").read_text()
    keys = "hear:vm-password 1234# w5 0 hear:vm-options 5 hear:vm-newpassword 77# w3 77# w5"
    data = simulator.json("--dial", "*97", "--dtmf", keys)
    assert "vm-passchanged" in sounds(data)
    assert (simulator.folder / "voicemail.conf").read_text() == before
    assert len(list(simulator.folder.iterdir())) == 2
