"""Mailboxes that are rows of a database: a changed row acts on the next call."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from switchroom.config.voicemail.mailboxes import BoxOptions
from switchroom.config.voicemail.rows import mailbox_of_row
from switchroom.media.api import Sound
from switchroom.pbx.pbx import Pbx
from switchroom.storage.realtime import Realtime, Target
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings
from tests.apps.mailbox_house import CONF, PLAN, House
from tests.support.dialplan import Outcome
from tests.support.fakes import FakeSounds

SCHEMA = """\
CREATE TABLE vm(uniqueid INTEGER, context TEXT, mailbox TEXT, password TEXT, fullname TEXT, email TEXT,
  pager TEXT, saycid TEXT, deletevoicemail TEXT, maxmsg INTEGER, imapuser TEXT);
INSERT INTO vm VALUES(1, 'default', '500', '5555', 'Eve Evans', 'eve@example.com', NULL, 'yes', 'no', 2, 'x');
INSERT INTO vm VALUES(2, 'sales', '600', '6666', 'Fay Fox', NULL, NULL, NULL, NULL, NULL, NULL);
"""


class ShortSounds(FakeSounds):
    """Time is real here."""

    async def find(self, name: str, *, language: str = "en") -> Sound:
        return Sound(name, bytes(2 * 80))


class RowHouse(House):
    """Some mailboxes stand in the file, some in a database."""

    def call(self, line: str, keys: str = "", **how: Any) -> Outcome:
        return super().call(line, keys, every=0.3, **how)

    def change(self, statement: str) -> None:
        with sqlite3.connect(self.root / "vm.sqlite3") as connection:
            connection.executescript(statement)
        connection.close()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.root / "vm.sqlite3") as connection:
            found = connection.execute(statement).fetchall()
        connection.close()
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RowHouse]:
    databases = Databases()
    databases.take([SourceSettings("main", f"sqlite:///{tmp_path}/vm.sqlite3", answer_within=20.0)])
    databases.journal_path = tmp_path / "journal.sqlite3"

    def prepare(pbx: Pbx) -> None:
        pbx.datastore(Realtime).use(databases, {"voicemail": [Target("main", "vm")]})

    made = RowHouse(tmp_path, CONF, prepare=prepare, sounds=ShortSounds(), real=True)
    made.change(SCHEMA)
    yield made
    databases.close()


def count(house: RowHouse, number: str) -> int:
    return len(list(house.spool.root.glob(f"*/{number}/INBOX/*.txt")))


def test_a_row_is_a_mailbox() -> None:
    defaults = BoxOptions(review=True)
    row = {
        "mailbox": "500", "Context": "", "secret": "1", "fullname": "Eve", "deletevoicemail": "yes",
        "maxsecs": "9", "imapuser": "x", "stamp": "2020", "review": "",
    }  # fmt: skip
    box = mailbox_of_row(row, defaults)
    assert box is not None
    assert (box.name, box.password, box.full_name, box.column) == (
        "500@default",
        "1",
        "Eve",
        "secret",
    )
    assert (box.options.delete, box.options.longest, box.options.review) == (True, 9, True)


def test_rows_that_are_none(caplog: pytest.LogCaptureFixture) -> None:
    assert mailbox_of_row({"mailbox": ""}, BoxOptions()) is None
    assert mailbox_of_row({"mailbox": "../x"}, BoxOptions()) is None
    box = mailbox_of_row({"mailbox": "1", "maxmsg": "many"}, BoxOptions())
    assert box is not None
    assert box.options == BoxOptions()
    assert "maxmsg: expected a whole number" in caplog.text


def test_a_message_and_its_owner(house: RowHouse) -> None:
    assert house.call("VoiceMail(500,s)", "wwwww")["status"] == "SUCCESS"
    assert count(house, "500") == 1
    ran = house.call("VoiceMailMain(500)", "5555##w", hangs_up=False)
    assert ran["end"] == "s"
    assert house.call("VoiceMailMain(600@sales)", "6666##w", hangs_up=False)["end"] == "s"
    assert house.call("VoiceMailMain(100)", "1234##w", hangs_up=False)["end"] == "s"
    assert house.call("VoiceMail(600,s)", "www")["status"] == "FAILED"  # that is sales' own


def test_what_is_changed_there_acts_on_the_next_call(house: RowHouse) -> None:
    assert house.call("Set(R=${VM_INFO(500,fullname)})")["R"] == "Eve Evans"
    house.change("UPDATE vm SET fullname = 'Eve Ewing' WHERE mailbox = '500'")
    assert house.call("Set(R=${VM_INFO(500,fullname)})")["R"] == "Eve Ewing"
    house.change("DELETE FROM vm WHERE mailbox = '500'")
    assert house.call("Set(R=${VM_INFO(500,exists)})")["R"] == "0"


def test_a_new_password_gets_into_the_row(house: RowHouse) -> None:
    house.call("VoiceMailMain(500)", "5555#w0w5w77#77#www")
    assert house.ask("SELECT password FROM vm WHERE mailbox = '500'") == [("77",)]
    assert house.call("VoiceMailMain(500)", "77##w", hangs_up=False)["end"] == "s"
    house.change("UPDATE vm SET password = '88' WHERE mailbox = '500'")
    assert house.call("VoiceMailMain(500)", "88##w", hangs_up=False)["end"] == "s"


def test_the_directory_knows_them(house: RowHouse) -> None:
    house.plan = PLAN + "exten => 500,1,Set(end=500)\n"
    ran = house.call("Directory(default)", "382w1w", hangs_up=False)
    assert ran["end"] == "500"
