"""Endpoints in tables: a changed row acts on the next call, and the last known one without a database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.channels.sip.endpoints.realtime import RealtimeEndpoints
from switchroom.config.language.reader import parse_config
from switchroom.config.rtp import RtpConfig
from switchroom.config.sorcery import read_sorcery
from switchroom.pbx.channel import RequestError
from switchroom.pbx.look_ups import LookUps
from switchroom.sip.digest import Account
from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.storage.known_table import KnownTable
from switchroom.storage.realtime import Realtime, Target
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.statements import Condition
from tests.channels.sip_far_end import Side, play

FILE = """\
[filed]
type=endpoint
context=in
allow=!all,ulaw
aors=filed
[filed]
type=aor
contact=sip:filed@127.0.0.1:9
[shared]
type=auth
username=alice
password=from the file
"""
DIALPLAN = "[in]\nexten => _X.,1,Answer()\n same => n,Wait(60)\n[out]\nexten => 200,1,Busy()\n"
SORCERY = """\
[res_pjsip]
endpoint=realtime,ps_endpoints
endpoint=config,pjsip.conf,criteria=type=endpoint
auth=realtime,ps_auths
auth=config,pjsip.conf,criteria=type=auth
aor=realtime,ps_aors
contact=realtime,ps_contacts
[res_pjsip_endpoint_identifier_ip]
identify=realtime,ps_endpoint_id_ips
"""
Row = dict[str, str]


class Tables(Realtime):
    """Tables in memory that somebody changes; what was read of them is the copy, as always."""

    def __init__(self, **families: list[Row]) -> None:
        super().__init__()
        self.tables = {name: KnownTable(rows) for name, rows in families.items()}
        self.is_down = False
        self.asked = 0
        self.use(Databases(), {name: [Target("main", name)] for name in families})

    async def find(self, family: str, *conditions: Condition, order_by: str = "") -> list[Row]:
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.is_down:
            return self.known(family, *conditions)
        rows = self.tables[family].find(conditions)
        known = self._known[Target("main", family)]
        if known.replace(conditions, [dict(row) for row in rows]) and not conditions:
            for tell in self.on_news:
                tell(family)
        return rows

    async def refresh(self, family: str) -> None:
        await self.find(family)

    def set(self, family: str, *rows: Row) -> None:
        self.tables[family] = KnownTable(list(rows))


ALICE = {"id": "alice", "context": "in", "disallow": "all", "allow": "ulaw", "auth": "alice",
         "aors": "alice", "callerid": "", "no_such_option": "x", "direct_media": "no"}  # fmt: skip
SECRET = {"id": "alice", "auth_type": "userpass", "username": "alice", "password": "wonderland"}
AOR = {"id": "alice", "max_contacts": "2", "contact": ""}


def tables() -> Tables:
    return Tables(
        ps_endpoints=[dict(ALICE)], ps_auths=[dict(SECRET)], ps_aors=[dict(AOR)],
        ps_contacts=[], ps_endpoint_id_ips=[],
    )  # fmt: skip


def run(found: Tables, story: Callable[[Side], Awaitable[None]], *, sorcery: str = SORCERY) -> None:
    async def begin(side: Side) -> None:
        for family in found.families:
            await found.refresh(family)
        config = read_sorcery(parse_config(sorcery))
        side.service.directory = RealtimeEndpoints(side.service, found, config, RtpConfig())
        side.service.directory.build_all()
        await story(side)

    play(begin, FILE, dialplan=DIALPLAN)


def account(secret: str = "wonderland") -> Account:
    return Account("alice", secret)


async def status(side: Side, **changes: object) -> int:
    """How a call to 200 ends, or 200."""
    arguments = {"account": account(), **changes}
    session = await side.far.call(side.uri("200"), side.flow, **arguments)  # type: ignore[arg-type]  # as they are
    outcome = side.far.outcome(session)
    if isinstance(outcome, SessionAnswered):
        session.end(now=side.far.now)
        side.far.pump()
        return 200
    assert isinstance(outcome, SessionEnded)
    return outcome.status


def test_a_changed_row_acts_on_the_next_call() -> None:
    found = tables()

    async def story(side: Side) -> None:
        assert await status(side) == 200
        found.set("ps_auths", {**SECRET, "password": "other"})
        assert await status(side) == 401
        assert await status(side, account=account("other")) == 200
        found.set("ps_endpoints", {**ALICE, "context": "out"})
        assert await status(side, account=account("other")) == 486
        found.set("ps_endpoints")
        assert await status(side, account=account("other")) == 401
        found.set("ps_endpoints", {**ALICE, "auth": "shared"})
        assert await status(side, account=account("from the file")) == 200
        found.set("ps_endpoints", {**ALICE, "dtmf_mode": "rubbish"})
        assert await status(side) == 401, "what cannot be used is left out"

    run(found, story)


def test_the_last_known_rows_count_without_the_database() -> None:
    found = tables()

    async def story(side: Side) -> None:
        found.is_down = True
        found.set("ps_endpoints")
        assert await status(side) == 200
        assert await status(side, account=account("wrong")) == 401

    run(found, story)


def test_a_fault_of_the_look_up_leaves_no_call_unanswered(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tables()

    async def fail(*_: object, **__: object) -> list[Row]:
        raise RuntimeError("a driver's fault")

    async def story(side: Side) -> None:
        monkeypatch.setattr(found, "find", fail)
        side.pbx.datastore(LookUps).append(fail)  # type: ignore[arg-type]  # it returns never
        assert await status(side) == 200

    run(found, story)
    assert "a look-up before a call failed" in caplog.text


def test_registers_and_is_dialled() -> None:
    found = tables()

    async def story(side: Side) -> None:
        contact = (("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>"),)
        response = await side.far.request(
            "REGISTER", side.uri(), side.flow, headers=contact, account=account()
        )
        assert response.status == 200
        technology = side.pbx.technologies["PJSIP"]
        channel = await technology.request(side.pbx, "alice", None)
        assert channel.name.startswith("PJSIP/alice-")
        channel.hangup()
        bob = {**ALICE, "id": "bob", "aors": "bob", "auth": ""}
        found.set("ps_endpoints", ALICE, bob)
        found.set("ps_aors", AOR, {"id": "bob", "contact": "sip:bob@127.0.0.1:9^3Btransport=udp"})
        channel = await technology.request(side.pbx, "bob", None)
        assert side.service.settings.aors["bob"].contacts == ("sip:bob@127.0.0.1:9;transport=udp",)
        channel.hangup()
        found.set("ps_contacts", {"id": "carol;@1", "uri": "sip:c@127.0.0.1:9", "expiration_time": "99999999999"},
                  {"id": "carol;@2", "uri": "sip:old@127.0.0.1:9", "expiration_time": "1"})  # fmt: skip
        found.set("ps_aors", AOR, {"id": "carol"})
        found.set("ps_endpoints", {**bob, "id": "carol", "aors": "carol"})
        channel = await technology.request(side.pbx, "carol", None)
        assert side.service.settings.aors["carol"].contacts == ("sip:c@127.0.0.1:9",)
        channel.hangup()
        with pytest.raises(RequestError):
            await technology.request(side.pbx, "dave", None)

    run(found, story)


def test_known_by_address() -> None:
    found = tables()

    async def story(side: Side) -> None:
        trunk = {**ALICE, "auth": "", "id": "trunk"}
        found.set("ps_endpoints", trunk)
        sender = "sip:somebody@example.com"
        assert await status(side, sender=sender, account=None) == 401
        found.set("ps_endpoint_id_ips", {"id": "t", "endpoint": "trunk", "match": "127.0.0.0/8"})
        assert await status(side, sender=sender, account=None) == 200
        found.set("ps_endpoints", {**trunk, "context": "out"})
        assert await status(side, sender=sender, account=None) == 486

    run(found, story)


def test_the_files_endpoints_count_where_sorcery_says_so() -> None:
    async def both(side: Side) -> None:
        assert {"filed", "alice"} <= side.service.settings.endpoints.keys()
        assert {"filed", "alice"} <= side.service.settings.pjsip.endpoints.keys()

    async def only_tables(side: Side) -> None:
        assert list(side.service.settings.endpoints) == ["alice"]

    run(tables(), both)
    run(
        tables(),
        only_tables,
        sorcery="[res_pjsip]\nendpoint=realtime,ps_endpoints\nauth=realtime,ps_auths\n",
    )


def test_a_memory_cache_is_believed_for_its_time() -> None:
    found = tables()
    cached = SORCERY + "[res_pjsip]\nendpoint/cache=memory_cache,object_lifetime_maximum=30\n"

    async def story(side: Side) -> None:
        assert await status(side) == 200
        asked = found.asked
        assert await status(side) == 200
        assert found.asked == asked
        directory = side.service.directory
        assert directory is not None
        assert directory.ages() == {"alice": pytest.approx(0.0, abs=5.0)}
        assert not directory.forget("nobody")
        assert directory.forget("alice")
        assert await status(side) == 200
        assert found.asked > asked
        asked = found.asked
        await asyncio.sleep(31)
        assert await status(side) == 200
        assert found.asked > asked
        assert directory.forget()
        assert directory.ages() == {}

    run(found, story, sorcery=cached)


def test_a_reload_keeps_what_stands_in_tables() -> None:
    found = tables()

    async def story(side: Side) -> None:
        directory = side.service.directory
        assert directory is not None
        base = directory._base
        side.service.reload(base)
        assert "alice" not in side.service.settings.endpoints
        directory.use(read_sorcery(parse_config(SORCERY)), RtpConfig())
        assert await status(side) == 200

    run(found, story)


def test_sorcery_tells_what_it_does_not_know() -> None:
    config = read_sorcery(
        parse_config(
            "[res_pjsip]\nendpoint=realtime,a\nendpoint=realtime,b\nauth=astdb,x\nglobal=other,y\n[else]\nx=realtime,z\n"
        )
    )
    assert config.kinds["endpoint"].families == ("a", "b")
    assert list(config.kinds) == ["endpoint"]
    assert [each.message for each in config.warnings] == ["global=other,y has no effect here"]
