"""Queues and members in a database: a changed row acts on the next call, and on who waits."""

from __future__ import annotations

import asyncio
import math
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.channels.local import LocalTechnology
from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import MemberSettings, PenaltyChange, QueuesConfig, read_queues
from switchroom.config.queues.rows import members_of_rows, queue_of_row
from switchroom.node.parts.databases import SqlDatabases
from switchroom.node.parts.queues import Queues
from switchroom.node.parts.realtime import RealtimeFamilies
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.queues.desk import Desks
from switchroom.queues.log import QueueLog
from switchroom.queues.realtime import RealtimeQueues
from switchroom.storage.realtime import Realtime
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx

SCHEMA = """\
CREATE TABLE queues(name TEXT, strategy TEXT, timeout INTEGER, ringinuse TEXT, announce_frequency INTEGER,
  wrapuptime INTEGER, weight INTEGER, comment TEXT);
CREATE TABLE queue_members(queue_name TEXT, interface TEXT, membername TEXT, state_interface TEXT,
  penalty INTEGER, paused INTEGER, uniqueid INTEGER, wrapuptime INTEGER, ringinuse TEXT);
CREATE TABLE queue_rules(rule_name TEXT, time TEXT, min_penalty TEXT, max_penalty TEXT, raise_penalty TEXT);
INSERT INTO queues VALUES('support', 'linear', 7, 'no', 30, NULL, 0, 'ours');
INSERT INTO queue_members VALUES('support', 'Local/a@agents/n', 'Ann', NULL, 1, 0, 1, NULL, NULL);
INSERT INTO queue_members VALUES('sales', 'Local/b@agents/n', 'Bob', NULL, 0, 1, 2, NULL, NULL);
"""
DIALPLAN = """\
[in]
exten => support,1,Queue(support)
exten => sales,1,Queue(sales,n)
[agents]
exten => _[ab],1,Answer()
 same => n,Wait(9)
"""


class Scene:
    """A core whose queues stand in a file and in a database."""

    def __init__(self, pbx: Pbx, database: Path) -> None:
        self.pbx = pbx
        self.database = database
        self.log: list[tuple[str, ...]] = []

    def change(self, statement: str) -> None:
        with sqlite3.connect(self.database) as connection:
            connection.executescript(statement)
        connection.close()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.database) as connection:
            found = connection.execute(statement).fetchall()
        connection.close()
        return found

    def call(self, extension: str) -> Channel:
        channel = make_channel(self.pbx, context="in", extension=extension)
        self.pbx.start(channel)
        return channel

    def names(self, queue: str) -> list[str]:
        return [m.name for m in self.pbx.datastore(Desks)[queue].queue.members.values()]

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                await asyncio.sleep(0.005)  # another thread reads the database in real time


def run(folder: Path, story: Callable[[Scene], Awaitable[None]]) -> None:
    database = folder / "queues.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.executescript(SCHEMA)
    connection.close()
    (folder / "queues.conf").write_text("[sales]\nstrategy=linear\nmember=>Local/a@agents/n,0,Al\n")
    (folder / "res_odbc.conf").write_text(
        f"[main]\nurl=sqlite:///{database}\nnegative_connection_cache=0\nanswer_timeout=20\n"
    )
    (folder / "extconfig.conf").write_text(
        "[settings]\nqueues=>odbc,main\nqueue_members=>odbc,main\nqueue_rules=>odbc,main\n"
    )
    directories = Directories(astetcdir=folder, astspooldir=folder / "spool", astlogdir=folder)
    asterisk = AsteriskConfig(directories=directories)

    async def play() -> None:
        async with AsyncExitStack() as stack:
            pbx = make_pbx(
                make_interpreter(DIALPLAN),
                directories=directories,
                technologies={"LOCAL": LocalTechnology()},
            )
            scene = Scene(pbx, database)
            parts = (SqlDatabases(asterisk), RealtimeFamilies(asterisk), Queues(asterisk))
            for part in parts:
                part.read()
                part.open(pbx, stack)
            for part in parts:
                part.apply(pbx)
            pbx.datastore(QueueLog).sinks.append(lambda *line: scene.log.append(line))
            await stack.enter_async_context(pbx)
            for family in ("queues", "queue_members"):
                await pbx.datastore(Realtime).refresh(family)
            await story(scene)
            for each in list(pbx.channels.values()):
                each.hangup()
            await scene.until(lambda: not pbx.channels)

    asyncio.run(play())


def test_what_stands_there_is_known_at_start(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        desks = scene.pbx.datastore(Desks)
        settings = desks["support"].queue.settings
        assert (settings.strategy, settings.timeout, settings.rings_in_use) == (
            "linear",
            7.0,
            False,
        )
        assert settings.announcements.every == 30
        (ann,) = desks["support"].queue.members.values()
        assert (ann.name, ann.penalty, ann.membership) == ("Ann", 1, "realtime")
        assert scene.names("sales") == ["Al", "Bob"]
        assert [m.is_paused for m in desks["sales"].queue.members.values()] == [False, True]
        assert ("REALTIME", "sales", "Local/b@agents/n", "ADDMEMBER", "PAUSED") in scene.log

    run(tmp_path, story)


def test_a_changed_row_acts_on_the_next_call(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.change("UPDATE queues SET timeout=9; UPDATE queue_members SET membername='Eve'")
        scene.call("support")
        await scene.until(lambda: any(line[3] == "CONNECT" for line in scene.log))
        assert next(line[2] for line in scene.log if line[3] == "CONNECT") == "Eve"
        assert scene.pbx.datastore(Desks)["support"].queue.settings.timeout == 9.0
        scene.change("INSERT INTO queues(name, strategy) VALUES('fresh', 'ringall')")
        await scene.pbx.datastore(RealtimeQueues).fetch("fresh")
        assert scene.pbx.datastore(Desks)["fresh"].queue.settings.strategy == "ringall"

    run(tmp_path, story)


def test_members_come_and_go_while_a_caller_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchroom.queues.realtime.WATCH_EVERY", 0.02)

    async def story(scene: Scene) -> None:
        scene.change("DELETE FROM queue_members")
        watching = scene.pbx.spawn(scene.pbx.datastore(RealtimeQueues).watch(), name="watch")
        scene.call("support")
        await scene.until(lambda: any(line[3] == "ENTERQUEUE" for line in scene.log))
        assert ("REALTIME", "support", "Local/a@agents/n", "REMOVEMEMBER", "") in scene.log
        scene.change(
            "INSERT INTO queue_members(queue_name, interface) VALUES('support', 'Local/b@agents/n')"
        )
        await scene.until(lambda: any(line[3] == "CONNECT" for line in scene.log))
        watching.cancel()

    run(tmp_path, story)


def test_a_pause_is_written_into_the_row_and_read_from_it(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        desks = scene.pbx.datastore(Desks)
        desks.pause("Local/a@agents/n", paused=True, reason="lunch")
        paused = "SELECT paused FROM queue_members WHERE interface='Local/a@agents/n'"
        (ann,) = desks["support"].queue.members.values()
        await scene.until(lambda: ann.written_at < math.inf)
        assert scene.ask(paused) == [(1,)]
        scene.change("UPDATE queue_members SET paused=0")
        await scene.pbx.datastore(RealtimeQueues).fetch("support")
        assert not ann.is_paused

    run(tmp_path, story)


def test_what_is_changed_of_a_member_is_in_its_row(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        desk = scene.pbx.datastore(Desks)["support"]
        (ann,) = desk.queue.members.values()
        scene.change("ALTER TABLE queue_members ADD COLUMN reason_paused TEXT")
        desk.set_penalty(ann, 4)
        desk.set_rings_in_use(ann, rings=True)
        desk.pause(ann, paused=True, reason="lunch")
        row = "SELECT penalty, paused, reason_paused FROM queue_members WHERE interface='Local/a@agents/n'"
        await scene.until(lambda: scene.ask(row)[0][:2] == (4, 1) and ann.written_at < math.inf)
        await scene.pbx.datastore(RealtimeQueues).fetch("support")
        assert (ann.penalty, ann.is_paused, ann.rings_in_use) == (4, True, True)

    run(tmp_path, story)


def test_a_row_that_was_read_before_it_was_written_undoes_nothing(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        desks = scene.pbx.datastore(Desks)
        desk, now = desks["support"], asyncio.get_running_loop().time()
        settings = desk.queue.settings
        (ann,) = desk.queue.members.values()
        desk.pause(ann, paused=True)
        desks.make(settings, is_realtime=True, read_at=now)  # while it is being written
        assert ann.is_paused
        paused = "SELECT paused FROM queue_members WHERE interface='Local/a@agents/n'"
        await scene.until(lambda: scene.ask(paused) == [(1,)])
        await scene.until(lambda: ann.written_at < math.inf)
        desks.make(settings, is_realtime=True, read_at=now)  # and behind that
        assert ann.is_paused
        later = asyncio.get_running_loop().time()
        desks.make(settings, is_realtime=True, read_at=later)
        assert not ann.is_paused

    run(tmp_path, story)


def test_with_the_database_gone_the_last_known_copy_counts(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.database.rename(scene.database.with_suffix(".gone"))
        scene.database.mkdir()  # no file can be opened there
        scene.call("support")
        await scene.until(lambda: any(line[3] == "CONNECT" for line in scene.log))

    run(tmp_path, story)


def test_a_reload_keeps_both(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        before = [*scene.pbx.datastore(Desks)["sales"].queue.members.values()]
        part = Queues(AsteriskConfig(directories=scene.pbx.directories))
        part.read()
        part.apply(scene.pbx)
        assert [*scene.pbx.datastore(Desks)["sales"].queue.members.values()] == before
        assert scene.names("support") == ["Ann"]
        assert not any(line[3] == "REMOVEMEMBER" for line in scene.log)

    run(tmp_path, story)


def test_rules_stand_there_besides_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "queuerules.conf").write_text(
        "[general]\nrealtime_rules=yes\n[ours]\npenaltychange => 5,1\n"
    )

    async def story(scene: Scene) -> None:
        desks = scene.pbx.datastore(Desks)
        scene.change(
            "INSERT INTO queue_rules VALUES('theirs', '60', '', '+5', NULL);"
            "INSERT INTO queue_rules VALUES('theirs', '30', '1', '10', '2');"
            "INSERT INTO queue_rules VALUES('none', 'soon', '1', '10', '2')"
        )
        await scene.pbx.datastore(RealtimeQueues).fetch("support")
        assert desks.rules == {
            "ours": (PenaltyChange(5.0, "1"),),
            "theirs": (PenaltyChange(30.0, "10", "1", "2"), PenaltyChange(60.0, "+5")),
        }

    run(tmp_path, story)


def test_rows() -> None:
    config = read_queues(parse_config("[general]\nautofill=no\nnegative_penalty_invalid=yes\n"))
    row = {
        "name": "q", "queue_youarenext": "next", "periodic_announce": "a,b", "joinempty": "strict",
        "setinterfacevar": "1", "autofill": "", "unknown": "x",
    }  # fmt: skip
    settings = queue_of_row(row, config)
    assert (settings.prompts.you_are_next, settings.announcements.periodic) == ("next", ("a", "b"))
    assert (settings.sets_interface, settings.autofill) == (True, False)
    with pytest.raises(ConfigError):
        queue_of_row({"name": "q", "timeout": "soon"}, config)
    members = members_of_rows(
        [
            {"interface": "SIP/a", "penalty": "-3", "paused": "2", "reason_paused": "x", "uniqueid": "7"},
            {"interface": " "},
            {"interface": "SIP/b", "wrapuptime": "0", "ringinuse": "no", "state_interface": "Custom:b"},
        ],
        config,
    )  # fmt: skip
    assert members == (
        MemberSettings("SIP/a", -1, is_paused=True, pause_reason="x", row="7"),
        MemberSettings("SIP/b", state_interface="Custom:b", rings_in_use=False, row="SIP/b"),
    )
    assert queue_of_row({"name": "q"}, QueuesConfig()).strategy == "ringall"
