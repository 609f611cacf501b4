"""Voicemail in a table: the same as in files, and nothing is lost while the database is away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.config.voicemail.mailboxes import BoxOptions, Mailbox
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import Source, SourceSettings
from switchroom.voicemail.message import Message
from switchroom.voicemail.spool import Counts, NoMessageError, Stored
from switchroom.voicemail.sql_spool import SqlSpool
from switchroom.voicemail.sql_table import MessageTable
from tests.apps.mailbox_house import CONF, House

BOX = Mailbox("default", "100", "1234")
OTHER = Mailbox("sales", "200", "1")
BLOBS = {"sqlite": "BLOB", "postgresql": "BYTEA", "mysql": "LONGBLOB"}
#: As the original's users make it.
TABLE = """CREATE TABLE voicemessages(
    msgnum INTEGER NOT NULL, dir VARCHAR(255) NOT NULL, context VARCHAR(80), macrocontext VARCHAR(80),
    callerid VARCHAR(80), origtime {time}, duration VARCHAR(20), flag VARCHAR(30),
    category VARCHAR(30), mailboxuser VARCHAR(30), mailboxcontext VARCHAR(30), recording {blob},
    msg_id VARCHAR(40), PRIMARY KEY (dir, msgnum))"""


def run_text(source: Source, sql: str) -> None:
    asyncio.run(source.run(lambda session: session.run_text(sql)))


def make_table(source: Source, *, time: str = "VARCHAR(40)") -> None:
    kind = source.settings.url.partition(":")[0].partition("+")[0]
    blob = BLOBS.get({"mariadb": "mysql", "postgres": "postgresql"}.get(kind, kind), "BLOB")
    run_text(source, "DROP TABLE IF EXISTS voicemessages")
    run_text(source, TABLE.format(blob=blob, time=time))


@pytest.fixture
def source(url: str) -> Iterator[Source]:
    databases = Databases()
    settings = SourceSettings("main", url, connect_timeout=5.0, answer_within=10.0, look_every=0.2)
    databases.take([settings])
    make_table(databases.source("main"))
    yield databases.source("main")
    databases.close()


def spool_of(source: Source, root: Path) -> SqlSpool:
    return SqlSpool(root, source, MessageTable("voicemessages"), ".wav")


def message(number: int) -> Message:
    return Message(
        f"{number}-0000000{number}", "100", 1_700_000_000 + number, duration=number,
        caller='"Zoë" <555>', context="from-trunk", flag="Urgent" if number > 8 else "",
    )  # fmt: skip


def put(spool: SqlSpool, number: int, folder: str = "INBOX") -> Stored:
    sound = spool.temporary(BOX, ".wav")
    sound.write_bytes(b"sound \x00\xff %d" % number)
    return spool.add(BOX, folder, message(number), [sound])


def whole(spool: SqlSpool, box: Mailbox, folder: str) -> list[tuple[int, str, bytes]]:
    return [
        (each.number, each.message.id, spool.sounds(box, each)[0].read_bytes())
        for each in spool.messages(box, folder)
    ]


def test_messages_come_move_and_go(source: Source, tmp_path: Path) -> None:
    tmp_path /= "spool"
    spool = spool_of(source, tmp_path)
    first, second, third = (put(spool, number) for number in (1, 2, 3))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    (found, *_) = spool.messages(BOX, "INBOX")
    assert found == first
    spool.move(BOX, first, "Old")
    spool.remove(BOX, second)
    spool.compact(BOX, "INBOX")
    assert whole(spool, BOX, "INBOX") == [(0, third.message.id, b"sound \x00\xff 3")]
    assert whole(spool, BOX, "Old") == [(0, first.message.id, b"sound \x00\xff 1")]
    with pytest.raises(NoMessageError):
        spool.remove(BOX, second)
    copied = spool.copy(BOX, third, OTHER, "INBOX", message(9))
    assert whole(spool, OTHER, "INBOX") == [(0, copied.message.id, b"sound \x00\xff 3")]
    other = spool_of(source, tmp_path)  # another system
    other.look()
    assert other.known_counts(BOX) == Counts(urgent=0, new=1, old=1)
    assert spool.counts(BOX) == Counts(urgent=0, new=1, old=1)
    spool.forget_fetched(BOX)
    assert not list(tmp_path.rglob("fetched-*100*"))


def test_whole_numbers_may_be_numbers(source: Source, tmp_path: Path) -> None:
    make_table(source, time="INTEGER")
    source.shapes.clear()
    spool = spool_of(source, tmp_path)
    assert put(spool, 1) == spool.messages(BOX, "INBOX")[0]


def test_deleted_messages_are_kept_as_the_mailbox_wants(source: Source, tmp_path: Path) -> None:
    box = Mailbox("default", "100", "", options=BoxOptions(deleted_kept=2))
    spool = spool_of(source, tmp_path)
    for number in (1, 2, 3):
        spool.discard(box, put(spool, number))
    assert [each.message.id for each in spool.messages(box, "Deleted")] == [
        "2-00000002", "3-00000003",
    ]  # fmt: skip


def test_greetings(source: Source, tmp_path: Path) -> None:
    spool = spool_of(source, tmp_path)
    assert spool.greeting(BOX, "unavail") is None
    for said in (b"one", b"two"):
        sound = spool.temporary(BOX, ".wav")
        sound.write_bytes(said)
        spool.set_greeting(BOX, "unavail", [sound])
        found = spool.greeting(BOX, "unavail")
        assert found is not None
        assert found.with_suffix(".wav").read_bytes() == said
    assert spool.messages(BOX, "INBOX") == []
    other = spool_of(source, tmp_path)
    other.remove_greeting(BOX, "unavail")
    assert spool.greeting(BOX, "unavail") is None


def test_while_the_table_is_away_messages_wait_as_files(source: Source, tmp_path: Path) -> None:
    spool = spool_of(source, tmp_path)
    put(spool, 1)
    run_text(source, "ALTER TABLE voicemessages RENAME TO elsewhere")
    source.shapes.clear()
    second = put(spool, 2)
    assert [each.message.id for each in spool.messages(BOX, "INBOX")] == ["2-00000002"]
    assert spool.fetch(BOX, second).with_suffix(".wav").read_bytes() == b"sound \x00\xff 2"
    assert spool.known_counts(BOX).new == 2
    run_text(source, "ALTER TABLE elsewhere RENAME TO voicemessages")
    source.shapes.clear()
    assert whole(spool, BOX, "INBOX") == [
        (0, "1-00000001", b"sound \x00\xff 1"), (1, "2-00000002", b"sound \x00\xff 2"),
    ]  # fmt: skip
    assert not list(tmp_path.rglob("msg*"))
    assert spool.counts(BOX).new == 2


def test_what_got_there_although_nobody_knew_is_not_there_twice(
    source: Source, tmp_path: Path
) -> None:
    spool = spool_of(source, tmp_path)
    put(spool, 1)
    sound = spool.temporary(BOX, ".wav")
    sound.write_bytes(b"the same")
    super(SqlSpool, spool).add(BOX, "INBOX", message(1), [sound])
    assert len(spool.messages(BOX, "INBOX")) == 1


def test_a_call_with_voicemail_in_a_table(source: Source, tmp_path: Path) -> None:
    """A message is left, heard and deleted; the lamp is told."""
    house = House(tmp_path, CONF.replace("[general]\n", "[general]\nodbcstorage=main\n"))
    house.prepare = lambda pbx: pbx.datastore(Databases).sources.update(main=source)
    house.call("VoiceMail(100,s)", "wwwww")
    spool = spool_of(source, tmp_path / "spool" / "voicemail")
    assert [each.message.duration for each in spool.messages(BOX, "INBOX")] == [5]
    assert (house.told[-1].new, house.told[-1].old) == (1, 0)
    house.call("VoiceMailMain(100,s)", "1wwwwwwwww7ww#")
    assert spool.messages(BOX, "INBOX") == spool.messages(BOX, "Old") == []
    assert any("fetched-" in each for each in house.played)
    assert not [path for path in (tmp_path / "spool" / "voicemail").rglob("*") if path.is_file()]
    assert (house.told[-1].new, house.told[-1].old) == (0, 0)


def test_a_database_that_nobody_knows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    house = House(tmp_path, CONF.replace("[general]\n", "[general]\nodbcstorage=nowhere\n"))
    house.call("VoiceMail(100,s)", "wwwww")
    assert len(house.messages()) == 1
    assert "no database is called 'nowhere' (odbcstorage)" in caplog.text
