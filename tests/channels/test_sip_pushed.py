"""Endpoints, auths and addresses that programs push: at work at once, and what of them stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from switchroom.channels.sip.endpoints.objects import SipObjects
from switchroom.channels.sip.endpoints.realtime import RealtimeEndpoints
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.language.reader import parse_config
from switchroom.config.rtp import RtpConfig
from switchroom.config.sorcery import Sorcery, read_sorcery
from switchroom.pbx.config_objects import (
    Attributes,
    BadObjectError,
    ConfigObjectError,
    UnchangeableObjectError,
    UnknownObjectError,
)
from switchroom.sip.digest import Account
from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.storage.sql.statements import Change
from tests.channels.sip_far_end import Side, play
from tests.channels.test_sip_realtime import Tables

FILE = """\
[filed]
type=endpoint
context=in
aors=filed
auth=filed
[filed]
type=auth
username=filed
password=from the file
[filed]
type=aor
"""
DIALPLAN = "[in]\nexten => 200,1,Answer()\n same => n,Wait(60)\n"
ASTDB = """\
[res_pjsip]
endpoint=config,pjsip.conf,criteria=type=endpoint
endpoint=astdb,ps_endpoints
auth=config,pjsip.conf,criteria=type=auth
auth=astdb,ps_auths
aor=config,pjsip.conf,criteria=type=aor
aor=astdb,ps_aors
domain_alias=memory
[res_pjsip_endpoint_identifier_ip]
identify=memory
[res_pjsip_outbound_registration]
registration=memory
"""
ENDPOINT = [
    ("context", "in"),
    ("disallow", "all"),
    ("allow", "ulaw"),
    ("auth", "new"),
    ("aors", "new"),
]
AUTH = [("auth_type", "userpass"), ("username", "new"), ("password", "wonder")]
AOR = [("max_contacts", "1")]
Story = Callable[[Side], Awaitable[None]]


def run(story: Story, sorcery: str = ASTDB, files: str = FILE) -> None:
    async def begin(side: Side) -> None:
        use(side, sorcery)
        await story(side)

    play(begin, files, dialplan=DIALPLAN)


def use(side: Side, sorcery: str) -> None:
    """As the node's part does."""
    config = read_sorcery(parse_config(sorcery)) if sorcery else Sorcery()
    assert config.warnings == ()
    pushed = side.service.pushed
    pushed.use(config, RtpConfig())
    side.service.take_changed(pushed.joined_again())


def reload(side: Side) -> None:
    side.service.reload(merge(side.config, None, user_agent="test"))


async def put(side: Side, kind: str, changes: Attributes, name: str = "new") -> dict[str, str]:
    return dict(await side.service.objects.put("res_pjsip", kind, name, changes))


async def find(side: Side, kind: str, name: str = "new") -> dict[str, str]:
    return dict(await side.service.objects.find("res_pjsip", kind, name))


async def delete(side: Side, kind: str, name: str = "new") -> None:
    await side.service.objects.delete("res_pjsip", kind, name)


async def refused(what: Awaitable[object]) -> type[ConfigObjectError]:
    with pytest.raises(ConfigObjectError) as caught:
        await what
    return caught.type


async def register(side: Side, secret: str = "wonder", user: str = "new") -> int:
    sender = f"sip:{user}@127.0.0.1"
    contact = ("Contact", f"<sip:{user}@127.0.0.1:{side.far.port}>")
    answer = await side.far.request(
        "REGISTER", side.uri(), side.flow, sender=sender, headers=(contact,),
        account=Account(user, secret),
    )  # fmt: skip
    return answer.status


async def call(side: Side, secret: str = "wonder") -> int:
    session = await side.far.call(
        side.uri("200"), side.flow, sender="sip:new@127.0.0.1", account=Account("new", secret)
    )
    outcome = side.far.outcome(session)
    if isinstance(outcome, SessionAnswered):
        session.end(now=side.far.now)
        side.far.pump()
        return 200
    assert isinstance(outcome, SessionEnded)
    return outcome.status


async def push_phone(side: Side) -> None:
    await put(side, "endpoint", ENDPOINT)
    await put(side, "auth", AUTH)
    await put(side, "aor", AOR)


def test_a_pushed_phone_registers_and_calls_at_once() -> None:
    async def story(side: Side) -> None:
        assert await register(side) in {401, 403, 404}
        await push_phone(side)
        assert await register(side) == 200
        assert await register(side, "wrong") != 200
        assert await call(side) == 200
        assert await register(side, "from the file", "filed") == 200

    run(story)


def test_an_endpoint_without_its_auth_is_nobody() -> None:
    async def story(side: Side) -> None:
        await put(side, "aor", AOR)
        found = await put(side, "endpoint", ENDPOINT)
        assert (found["context"], found["auth"]) == ("in", "new")
        assert "new" not in side.service.settings.endpoints
        assert await call(side, "") in {401, 403}
        await put(side, "auth", AUTH)
        assert await call(side) == 200
        await delete(side, "auth")
        assert "new" not in side.service.settings.endpoints
        assert await call(side) in {401, 403}

    run(story)


def test_who_refers_to_another_auth_now_waits_for_that_one() -> None:
    async def story(side: Side) -> None:
        await push_phone(side)
        await put(side, "endpoint", [("auth", "other")])
        assert "new" not in side.service.settings.endpoints
        await delete(side, "auth")
        await put(side, "auth", [("username", "new"), ("password", "changed")], "other")
        assert await call(side, "changed") == 200
        reload(side)
        await put(side, "auth", [("password", "again")], "other")
        assert await call(side, "changed") in {401, 403}
        assert await call(side, "again") == 200

    run(story)


def test_changes_of_an_object_keep_the_rest() -> None:
    async def story(side: Side) -> None:
        await push_phone(side)
        changed = await put(side, "auth", [("password", "other")])
        assert (changed["username"], changed.get("password")) == ("new", None)
        assert await register(side) != 200
        assert await register(side, "other") == 200
        await put(side, "endpoint", [("callerid", '"New" <77>'), ("context", "")])
        found = await find(side, "endpoint")
        assert (found["callerid"], found["context"]) == ('"New" <77>', "default")
        assert (await find(side, "aor"))["max_contacts"] == "1"

    run(story)


def test_what_is_in_the_astdb_outlives_a_reload_and_a_restart() -> None:
    async def story(side: Side) -> None:
        await push_phone(side)
        stored = side.pbx.astdb.get("ps_endpoints/endpoint", "new")
        assert stored is not None
        assert json.loads(stored) == dict(ENDPOINT)
        reload(side)
        assert await register(side) == 200
        use(side, "")
        assert "new" not in side.service.settings.endpoints
        use(side, ASTDB)
        assert await call(side) == 200
        await side.pbx.astdb.put("ps_endpoints/endpoint", "bad", '{"no_such": "x"}')
        await side.pbx.astdb.put("ps_endpoints/endpoint", "worse", "[")
        reload(side)
        assert {"new", "filed"} == set(side.service.settings.endpoints)
        await delete(side, "endpoint")
        assert side.pbx.astdb.get("ps_endpoints/endpoint", "new") is None
        assert await call(side) in {401, 403}

    run(story)


def test_what_is_in_memory_outlives_a_reload() -> None:
    async def story(side: Side) -> None:
        await push_phone(side)
        await put(side, "identify", [("endpoint", "new"), ("match", "192.0.2.1"), ("match", "::1")])
        await put(side, "domain_alias", [("domain", "Example.com")], "Short")
        reload(side)
        settings = side.service.settings
        (identify,) = settings.identifies
        assert [str(each) for each in identify.networks] == ["192.0.2.1/32", "::1/128"]
        assert settings.domain_aliases == {"short": "example.com"}
        assert await find(side, "domain_alias", "Short") == {"domain": "example.com"}
        endpoint = side.service.endpoint_at("192.0.2.1")
        assert endpoint is not None
        assert endpoint.name == "new"
        await delete(side, "identify")
        await delete(side, "domain_alias", "Short")
        assert side.service.endpoint_at("192.0.2.1") is None
        assert side.service.settings.domain_aliases == {}
        assert side.pbx.astdb.items("ps_identifies") == []

    run(story)


def test_a_pushed_registration_is_made_and_taken_back() -> None:
    async def story(side: Side) -> None:
        uri = f"sip:127.0.0.1:{side.far.port}"
        await put(side, "registration", [("server_uri", uri), ("client_uri", "sip:we@127.0.0.1"),
                                         ("max_random_initial_delay", "0")])  # fmt: skip
        await side.far.until(lambda: side.far.requests("REGISTER"))
        reload(side)
        assert [each.settings.name for each in side.service.registrations] == ["new"]
        await delete(side, "registration")
        assert list(side.service.registrations) == []

    run(story)


def test_what_a_file_says_stays() -> None:
    async def story(side: Side) -> None:
        before = side.service.settings
        for kind in ("endpoint", "auth", "aor"):
            assert await refused(put(side, kind, [], "filed")) is UnchangeableObjectError
            assert await refused(delete(side, kind, "filed")) is UnchangeableObjectError
        assert await refused(put(side, "transport", [], "udp")) is UnchangeableObjectError
        assert await refused(delete(side, "transport", "udp")) is UnchangeableObjectError
        assert side.service.settings is before
        assert (await find(side, "transport", "udp"))["protocol"] == "udp"
        assert (await find(side, "auth", "filed"))["username"] == "filed"
        assert "from the file" not in (await find(side, "auth", "filed")).values()

    run(story)


def test_without_sorcery_nothing_is_pushed() -> None:
    async def story(side: Side) -> None:
        for kind in ("endpoint", "auth", "aor", "identify", "registration", "domain_alias"):
            assert await refused(put(side, kind, [])) is UnchangeableObjectError
            assert await refused(delete(side, kind)) is UnknownObjectError

    run(story, "")


def test_what_a_file_says_does_not_count_where_only_the_astdb_is_named() -> None:
    async def story(side: Side) -> None:
        assert set(side.service.settings.endpoints) == set()
        await put(side, "endpoint", [("context", "in"), ("aors", "filed")], "filed")
        assert side.service.settings.endpoints["filed"].credentials == ()
        reload(side)
        assert side.service.settings.endpoints["filed"].credentials == ()
        assert set(side.service.settings.aors) == {"filed"}

    run(story, "[res_pjsip]\nendpoint=astdb,ps_endpoints\n")


@pytest.mark.parametrize(
    ("kind", "changes", "name"),
    [
        ("endpoint", [("no_such_option", "x")], "new"),
        ("endpoint", [("allow", "nocodec")], "new"),
        ("aor", [("max_contacts", "many")], "new"),
        ("identify", [("match", "not an address")], "new"),
        ("endpoint", [("context", "in")], "a/b"),
        ("endpoint", [("context", "in")], "a]"),
        ("endpoint", [("context", "in")], "n" * 201),
        ("endpoint", [("context", "x")] * 501, "new"),
    ],
)
def test_what_is_no_object_is_refused(kind: str, changes: Attributes, name: str) -> None:
    async def story(side: Side) -> None:
        before = side.service.settings
        assert await refused(put(side, kind, changes, name)) is BadObjectError
        assert side.service.settings is before
        assert side.pbx.astdb.items("ps_endpoints") == []

    run(story)


def test_unknown_classes_and_kinds() -> None:
    async def story(side: Side) -> None:
        objects = side.service.objects
        for config_class, kind in (
            ("res_none", "endpoint"), ("res_pjsip", "none"), ("res_pjsip", "contact"),
            ("res_pjsip_outbound_registration", "endpoint"),
        ):  # fmt: skip
            assert await refused(objects.find(config_class, kind, "x")) is UnknownObjectError
            assert await refused(objects.put(config_class, kind, "x", [])) is UnknownObjectError
            assert await refused(objects.delete(config_class, kind, "x")) is UnknownObjectError
        own = "res_pjsip_endpoint_identifier_ip"
        await objects.put(own, "identify", "x", [("endpoint", "filed"), ("match", "192.0.2.7")])
        assert dict(await objects.find(own, "identify", "x"))["endpoint"] == "filed"

    run(story)


def test_many_pushed_at_once() -> None:
    async def story(side: Side) -> None:
        names = [f"p{number}" for number in range(50)]
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(put(side, "auth", AUTH, name))
                group.create_task(put(side, "endpoint", [("auth", name)], name))
        assert set(side.service.settings.endpoints) == {"filed", *names}
        assert len(side.pbx.astdb.items("ps_auths")) == 50

    run(story)


class WritableTables(Tables):
    """Tables that may be changed from here."""

    async def _change(self, family: str, make: Callable[[str], Change]) -> int:
        return self.tables[family].change(make(family))


def test_what_is_kept_in_a_table_goes_there() -> None:
    tables = WritableTables(ps_endpoints=[], ps_auths=[], ps_aors=[])
    sorcery = (
        "[res_pjsip]\nendpoint=realtime,ps_endpoints\nauth=realtime,ps_auths\n"
        "aor=realtime,ps_aors\nendpoint/cache=memory_cache,object_lifetime_maximum=600\n"
    )

    async def begin(side: Side) -> None:
        side.service.objects = SipObjects(side.service, side.service.pushed, tables)
        use(side, sorcery)
        side.service.directory = RealtimeEndpoints(
            side.service, tables, read_sorcery(parse_config(sorcery)), RtpConfig()
        )
        await push_phone(side)
        assert tables.tables["ps_auths"].rows == [{"id": "new", **dict(AUTH)}]
        assert await register(side) == 200
        await put(side, "auth", [("password", "a;b")])
        assert tables.tables["ps_auths"].rows[0]["password"] == "a^3Bb"
        assert await register(side, "a;b") == 200
        assert (await find(side, "auth"))["username"] == "new"
        assert await refused(put(side, "auth", [("nothing", "x")])) is BadObjectError
        await delete(side, "endpoint")
        assert tables.tables["ps_endpoints"].rows == []
        assert await register(side) != 200

    play(begin, "", dialplan=DIALPLAN)
