"""Mailboxes over AMI: lists, messages that are moved, and what is told of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from switchroom.pbx.states.device_state import device_state
from switchroom.storage.astdb import AstDb
from switchroom.voicemail.external import ExternalMailboxes
from switchroom.voicemail.service import voicemail_of
from tests.ami.support import Ami, Client, run_ami
from tests.apps.mailbox_house import House

Test = Callable[[Ami, Client, House], Coroutine[Any, Any, None]]


def run(folder: Path, test: Test, conf: str = "") -> None:
    async def main(ami: Ami) -> None:
        house = House(folder, conf) if conf else House(folder)
        house.voicemail(ami.pbx)
        await test(ami, await ami.user("boss", "top"), house)

    run_ami(folder, main)


def events(client: Client, name: str) -> list[dict[str, str]]:
    return [dict(each.headers) for each in client.answers if each.get("Event") == name]


def test_messages_are_listed_moved_forwarded_and_removed(tmp_path: Path) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        message = house.put(caller='"Bob" <200>', duration=9)
        box = {"Context": "default", "Mailbox": "100"}
        await boss.ask("VoicemailBoxSummary", **box)
        (told,) = events(boss, "VoicemailBoxDetail")
        assert (told["Folder"], told["MessageID"], told["CallerID"], told["Duration"]) == (
            "INBOX", message.id, '"Bob" <200>', "9",
        )  # fmt: skip
        what = {**box, "Folder": "INBOX", "ID": message.id}
        answer = await boss.ask("VoicemailMove", **what, ToFolder="Work")
        assert answer.get("Response") == "Success"
        assert (house.ids(), house.ids("Work")) == ([], [message.id])
        what["Folder"] = "Work"
        to = {"ToContext": "default", "ToMailbox": "200", "ToFolder": "INBOX"}
        assert (await boss.ask("VoicemailForward", **what, **to)).get("Response") == "Success"
        assert len(house.ids(box="200")) == 1
        assert (await boss.ask("VoicemailRemove", **what)).get("Response") == "Success"
        assert house.ids("Work") == []
        await asyncio.sleep(0)
        waiting = [
            each.get("Mailbox") for each in boss.heard if each.get("Event") == "MessageWaiting"
        ]
        assert waiting == ["100@default", "200@default", "100@default"]

    run(tmp_path, test)


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        ("VoicemailUserStatus", {"Context": "default"}),
        ("VoicemailUserStatus", {"Context": "default", "Mailbox": "999"}),
        ("VoicemailBoxSummary", {"Context": "sales", "Mailbox": "100"}),
        ("VoicemailMove", {"Context": "default", "Mailbox": "100", "Folder": "INBOX", "ID": "x", "ToFolder": "Old"}),
        ("VoicemailMove", {"Context": "default", "Mailbox": "100", "Folder": "Nowhere", "ID": "x", "ToFolder": "Old"}),
        ("VoicemailRemove", {"Context": "default", "Mailbox": "100", "Folder": "INBOX"}),
        ("VoicemailForward", {"Context": "default", "Mailbox": "100", "Folder": "INBOX", "ID": "x"}),
        ("MWIUpdate", {}),
        ("MWIUpdate", {"Mailbox": "1", "NewMessages": "many"}),
        ("MWIGet", {"Mailbox": "/(/"}),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(tmp_path: Path, action: str, headers: dict[str, str]) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        answer = await boss.ask(action, **headers)
        assert answer.get("Response") == "Error"
        assert answer.get("Message")

    run(tmp_path, test)


def test_one_owner(tmp_path: Path) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        house.put()
        house.put("Urgent", flag="Urgent")
        await boss.ask("VoicemailUserStatus", Context="default", Mailbox="100")
        (told,) = events(boss, "VoicemailUserDetail")
        assert (told["NewMessageCount"], told["OldMessageCount"]) == ("2", "0")
        assert events(boss, "VoicemailUserDetailComplete")[0]["ListItems"] == "1"
        answer = await boss.ask("MailboxCount", Mailbox="100")
        assert [answer.get(f"{each}Messages") for each in ("Urg", "New", "Old")] == ["1", "1", "0"]
        assert (await boss.ask("MailboxStatus", Mailbox="100")).get("Waiting") == "1"

    run(tmp_path, test)


def test_what_another_program_did_is_seen_when_it_says_so(tmp_path: Path) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        house.put()
        await boss.ask("VoicemailRefresh", Context="default", Mailbox="100")
        assert boss.names().count("MessageWaiting") == 1
        await boss.ask("VoicemailRefresh")
        assert (
            boss.names().count("MessageWaiting") == 1 + 2
        )  # the others are told for the first time

    run(tmp_path, test)


def test_nobody_has_a_mailbox(tmp_path: Path) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        answer = await boss.ask("VoicemailUsersList")
        assert answer.get("Message") == "There are no voicemail users currently defined."

    run(tmp_path, test, "[general]\n")


def test_mailboxes_that_somebody_else_keeps(tmp_path: Path) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        await boss.ask("MWIUpdate", Mailbox="900@other", NewMessages="3", OldMessages="1")
        await boss.ask("MWIUpdate", Mailbox="901@other")
        waiting = [each for each in boss.heard if each.get("Event") == "MessageWaiting"]
        assert [(each.get("Mailbox"), each.get("New"), each.get("Waiting")) for each in waiting] == [
            ("900@other", "3", "1"), ("901@other", "0", "0"),
        ]  # fmt: skip
        await boss.ask("MWIGet", Mailbox="/^90./")
        assert [each["NewMessages"] for each in events(boss, "MWIGet")] == ["3", "0"]
        answer = await boss.ask("MailboxCount", Mailbox="900@other")
        assert answer.get("NewMessages") == "3"
        assert device_state(ami.pbx, "MWI:900@other").name == "INUSE"
        assert device_state(ami.pbx, "MWI:901@other").name == "NOT_INUSE"
        assert device_state(ami.pbx, "MWI:100@default").name == "NOT_INUSE"
        assert device_state(ami.pbx, "MWI:999@default").name == "INVALID"
        await boss.ask("MWIDelete", Mailbox="900@other")
        await boss.ask("MWIGet", Mailbox="900@other")
        assert events(boss, "MWIGet") == []

    run(tmp_path, test)


def test_counts_outlive_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        database = AstDb(tmp_path / "astdb.sqlite3")
        await ExternalMailboxes(database).update("900@other", 3, 1)
        database.close()
        database = AstDb(tmp_path / "astdb.sqlite3")
        assert dict(ExternalMailboxes(database).counts) == {"900@other": (3, 1)}
        database.close()

    asyncio.run(main())


def test_a_new_password_is_told_to_who_keeps_users(tmp_path: Path) -> None:
    async def test(ami: Ami, boss: Client, house: House) -> None:
        voicemail = voicemail_of(ami.pbx)
        await voicemail.change_password(house.box(), "77")
        await asyncio.sleep(0)
        (told,) = [each for each in boss.heard if each.get("Event") == "VoicemailPasswordChange"]
        assert (told.get("Mailbox"), told.get("NewPassword")) == ("100", "77")

    run(tmp_path, test)
