"""A user who may only read changes nothing, whatever he asks for and by whichever door."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from switchroom.ari.models.rest import RESTRequest
from switchroom.ari.registry import Operation, collect_operations
from switchroom.ari.session import Session
from switchroom.dialplan.modules import Unloaded
from switchroom.tools.simulate.astdb import MemoryAstDb
from tests.ari.support import Ari, FakeObjects, run_ari

VALUES = {
    "channelId": "Fake/1-00000000", "bridgeId": "b", "applicationName": "ivr", "app": "ivr",
    "application": "ivr", "endpoint": "Phone/alice", "channel": "Fake/1-00000000",
    "media": "sound:x", "name": "r", "format": "wav", "variable": "A", "value": "changed",
    "playbackId": "p", "snoopId": "s", "recordingName": "r", "deviceName": "Stasis:door",
    "deviceState": "BUSY", "mailboxName": "100", "oldMessages": "1", "newMessages": "1",
    "eventName": "x", "eventSource": "channel:", "tech": "Phone", "resource": "alice",
    "to": "phone:alice", "from": "me", "refer_to": "bob", "operation": "pause", "spy": "both",
    "states": "channel_progress", "moduleName": "app_dial", "logChannelName": "x",
    "configuration": "error", "configClass": "res_pjsip", "objectType": "endpoint", "id": "pushed",
    "destinationRecordingName": "d", "external_host": "127.0.0.1:1", "soundId": "x",
    "extension": "200", "dtmf": "1", "variables": "A",
}  # fmt: skip


def filled(operation: Operation) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Path, query and body with which an operation would work."""
    path, query = operation.path, {}
    for each in operation.parameters:
        value = VALUES.get(each.name)
        if each.place == "path":
            assert value is not None, each.name
            path = path.replace(f"{{{each.name}}}", value.replace("/", "%2F"))
        elif each.place == "query" and value is not None:
            query[each.name] = value
    fields = [{"attribute": "context", "value": "internal"}]
    return path, query, {"variables": {"A": "changed"}, "fields": fields}


def state_of(ari: Ari, folder: Path) -> object:
    pbx, objects = ari.pbx, ari.context.objects
    assert isinstance(pbx.astdb, MemoryAstDb)
    assert isinstance(objects, FakeObjects)
    return (
        {name: list(attributes) for name, attributes in objects.pushed.items()},
        {name: (c.state, c.variables.copy(), c.application) for name, c in pbx.channels.items()},
        dict(pbx.global_variables),
        set(pbx.datastore(Unloaded)),
        pbx.astdb.items(),
        sorted(str(path) for path in folder.rglob("*")),
    )


async def prepare(ari: Ari) -> None:
    ari.serve()
    await ari.call()
    await ari.ask("POST", "/bridges/b", {"variables": {"A": "before"}})
    await ari.ask("POST", "/asterisk/variable", variable="A", value="before")
    before = {"fields": [{"attribute": "context", "value": "before"}]}
    await ari.ask("PUT", "/asterisk/config/dynamic/res_pjsip/endpoint/pushed", before)


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    async def test(ari: Ari) -> None:
        await prepare(ari)
        application = ari.context.hub.applications["ivr"]
        before = state_of(ari, tmp_path), application.model()
        for operation in collect_operations():
            path, query, body = filled(operation)
            answer = await ari.answer(operation.method, path, body, user="reader", **query)
            if operation.changes:
                assert answer.status == 403, operation
            await asyncio.sleep(0.1)
            assert (state_of(ari, tmp_path), application.model()) == before, operation
        assert ari.context.node.told == []  # type: ignore[attr-defined]  # a fake

    run_ari(test, folder=tmp_path)


def test_a_reader_changes_nothing_over_a_web_socket(tmp_path: Path) -> None:
    class Wire:
        """Carries all requests, then ends."""

        def __init__(self, texts: list[str]) -> None:
            self.texts = texts
            self.answers: list[dict[str, Any]] = []

        async def send(self, text: str) -> None:
            self.answers.append(json.loads(text))

        async def receive(self) -> str | None:
            await asyncio.sleep(0.1)
            return self.texts.pop(0) if self.texts else None

        async def close(self, code: int, reason: str) -> None:
            raise AssertionError(reason)

    async def test(ari: Ari) -> None:
        await prepare(ari)
        before = state_of(ari, tmp_path)
        operations = [each for each in collect_operations() if each.changes]
        texts = []
        for number, operation in enumerate(operations):
            path, query, body = filled(operation)
            request = RESTRequest(
                "RESTRequest", "t", str(number), operation.method, f"{path}?{urlencode(query)}",
                content_type="application/json", message_body=json.dumps(body),
            )  # fmt: skip
            texts.append(json.dumps({key: getattr(request, key) for key in
                                     ("type", "transaction_id", "request_id", "method", "uri",
                                      "content_type", "message_body")}))  # fmt: skip
        wire = Wire(texts)
        reader = ari.context.config.users["reader"]
        session = Session(wire, reader, ari.context.hub, ari.dispatcher, "somebody")
        await session.run(["watcher"], hears_all=False)
        answers = [each for each in wire.answers if each["type"] == "RESTResponse"]
        assert [each["status_code"] for each in answers] == [403] * len(operations)
        assert state_of(ari, tmp_path) == before

    run_ari(test, folder=tmp_path)


def test_the_boss_changes_something_with_what_the_reader_asked_for(tmp_path: Path) -> None:
    """Otherwise the tests above would show nothing."""

    async def test(ari: Ari) -> None:
        await prepare(ari)
        worked = set()
        for operation in collect_operations():
            if operation.nickname == "addLog":  # it would write into the folder of the tests
                continue
            path, query, body = filled(operation)
            answer = await ari.answer(operation.method, path, body, **query)
            assert answer.status != 500, (operation, answer.body)
            if answer.status < 300 and operation.changes:
                worked.add(operation.nickname)
        assert {"setGlobalVar", "update", "createWithId", "subscribe", "updateObject"} <= worked
        assert len(worked) > 30

    run_ari(test, folder=tmp_path)


@pytest.mark.parametrize("name", ["INC(A)", "SET(A=2)", "${SET(A=2)}", "LOCK(x)", "ABS(${A})"])
def test_reading_may_change_nothing_either(name: str) -> None:
    async def test(ari: Ari) -> None:
        await prepare(ari)
        answer = await ari.answer("GET", "/asterisk/variable", user="reader", variable=name)
        assert answer.status == 403
        assert ari.pbx.global_variables == {"A": "before"}

    run_ari(test)
