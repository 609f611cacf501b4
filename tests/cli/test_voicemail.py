"""``voicemail …`` and ``mwi …``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apps.mailbox_house import CONF, House
from tests.cli.fakes import CliNode
from tests.cli.test_commands import complete, run

MORE = CONF.replace(
    "[default]\n",
    "aliasescontext=also\n[also]\n7=100@default\n"
    "[zonemessages]\nberlin=Europe/Berlin|'vm-received' Q H M\n[default]\n",
)


@pytest.fixture
def house(cli: CliNode, tmp_path: Path) -> House:
    made = House(tmp_path, MORE)
    made.voicemail(cli.context.pbx)
    return made


def test_lists(cli: CliNode, house: House) -> None:
    house.put()
    house.put("Urgent")
    assert run(cli, "voicemail show users") == (
        "Context    Mbox  User                      Zone       NewMsg\n"
        "default    100   Alice Adams                               2\n"
        "default    200   Bob Brown                                 0\n"
        "default    300   Carl Cook                                 0\n"
        "3 voicemail users configured.\n"
    )
    assert "3 voicemail users" in run(cli, "voicemail show users for default")
    assert "No such voicemail context" in run(cli, "voicemail show users for sales")
    assert run(cli, "voicemail show zones").splitlines()[1].split() == [
        "berlin", "Europe/Berlin", "'vm-received'", "Q", "H", "M",
    ]  # fmt: skip
    assert run(cli, "voicemail show aliases").splitlines()[1].split() == ["7@also", "100@default"]


def test_nothing_is_there(cli: CliNode) -> None:
    assert run(cli, "voicemail show aliases").startswith("There are no voicemail aliases")
    shown = run(cli, "voicemail show users")
    assert shown.startswith("There are no voicemail users currently defined\nCommand")


def test_messages(cli: CliNode, house: House) -> None:
    message = house.put(caller='"Bob" <200>', duration=9)
    shown = run(cli, "voicemail show mailbox 100 default")
    assert message.id in shown
    assert '"Bob" <200>' in shown
    assert complete(cli, "voicemail move 1") == ["100"]
    assert complete(cli, "voicemail move 100 ") == ["default"]
    assert "Work" in complete(cli, "voicemail move 100 default W")
    run(cli, f"voicemail move 100 default INBOX {message.id} Work")
    assert house.ids("Work") == [message.id]
    run(cli, f"voicemail forward 100 default Work {message.id} 200 default INBOX")
    assert len(house.ids(box="200")) == 1
    run(cli, f"voicemail remove 100 default Work {message.id}")
    assert house.ids("Work") == []
    again = run(cli, f"voicemail remove 100 default Work {message.id}")
    assert again.startswith(f"there is no message {message.id} in 100@default/Work\n")
    assert "Can't find voicemail user" in run(cli, "voicemail show mailbox 999 default")


def test_reload(cli: CliNode) -> None:
    assert run(cli, "voicemail reload") == "Reloading voicemail configuration...\n"
    assert cli.node.told == ["reload app_voicemail"]


def test_mailboxes_that_somebody_else_keeps(cli: CliNode) -> None:
    run(cli, "mwi update mailbox 900@other 3 1")
    run(cli, "mwi update mailbox 901@other")
    assert run(cli, "mwi list all").splitlines()[1:] == [
        "     3      1 900@other", "     0      0 901@other",
    ]  # fmt: skip
    assert len(run(cli, "mwi list like 900").splitlines()) == 2
    assert "New: 3\nOld: 1\n" in run(cli, "mwi show mailbox 900@other")
    assert complete(cli, "mwi show mailbox 901") == ["901@other"]
    assert "is no pattern" in run(cli, "mwi list like (")
    assert run(cli, "mwi delete mailbox 900@other") == "1 mailboxes deleted.\n"
    assert "does not exist" in run(cli, "mwi show mailbox 900@other")
    assert run(cli, "mwi delete like .") == "1 mailboxes deleted.\n"
    assert run(cli, "mwi delete all") == "0 mailboxes deleted.\n"
