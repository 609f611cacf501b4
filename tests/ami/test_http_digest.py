"""AMI over HTTP where each request proves who asks, with a client nobody here wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from switchroom.ami.http import AmiOverHttp
from switchroom.ami.privileges import Privilege
from switchroom.net.http import HttpServer
from switchroom.pbx.security import SecurityEvent
from switchroom.sip.digest import NONCE_LIFETIME
from tests.ami.support import Ami, make_ami
from tests.ami.test_rights import NAMES, OWN, headers_for, state_of

Test = Callable[[Ami, AmiOverHttp, str], Coroutine[Any, Any, None]]


def serve(folder: Path, test: Test) -> None:
    async def main() -> None:
        ami = make_ami(folder)
        async with ami.pbx:
            http, web = HttpServer(), AmiOverHttp(ami.context)
            for path, application in web.applications().items():
                http.mount(path, application)
            listener = await http.listen("127.0.0.1", 0)
            try:
                url = f"http://127.0.0.1:{listener.address[1]}"
                await asyncio.wait_for(test(ami, web, url), 60)
            finally:
                web.close()
                await http.close()
                ami.context.hub.close()

    asyncio.run(main())


def client(url: str, name: str = "boss", secret: str = "top") -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, auth=httpx.DigestAuth(name, secret), timeout=20)


def test_each_form_answers_who_proves_himself(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, url: str) -> None:
        async with client(url) as boss:
            text = await boss.get("/arawman", params={"action": "Ping", "ActionID": "1"})
            assert text.status_code == 200
            assert text.text.startswith("Response: Success\r\nActionID: 1\r\nPing: Pong\r\n")
            page = await boss.post("/amanager", data={"action": "Ping"})
            assert "<td>Pong</td>" in page.text
            document = ElementTree.fromstring((await boss.get("/amxml?action=Ping")).text)
            assert next(document.iter("generic")).attrib["ping"] == "Pong"
            assert "set-cookie" not in text.headers
            assert len(web.sessions) == 1

    serve(tmp_path, test)


def test_a_session_keeps_events_over_a_nonce_that_is_old(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, url: str) -> None:
        async with client(url) as boss:
            await boss.get("/arawman", params={"action": "Events", "EventMask": "user"})
            await boss.get("/arawman", params={"action": "WaitEvent", "Timeout": "0"})
            ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "one")])
            door = ami.context.door
            now = door.now
            try:
                door.now = lambda: now() + NONCE_LIFETIME / 2  # the session is used, and lives on
                await boss.get("/arawman", params={"action": "Ping"})
                door.now = lambda: now() + NONCE_LIFETIME + 1
                told = await boss.get("/arawman", params={"action": "WaitEvent", "Timeout": "5"})
            finally:
                door.now = now
            assert told.status_code == 200
            assert "UserEvent: one" in told.text
            assert len(web.sessions) == 1

    serve(tmp_path, test)


@pytest.mark.parametrize(
    ("name", "secret", "event"),
    [("boss", "wrong", "InvalidPassword"), ("nobody", "top", "InvalidAccountID")],
)
def test_who_proves_nothing_is_told_and_counted(
    tmp_path: Path, name: str, secret: str, event: str
) -> None:
    async def test(ami: Ami, web: AmiOverHttp, url: str) -> None:
        heard: list[SecurityEvent] = []
        ami.pbx.events.subscribe(SecurityEvent, heard.append)
        async with client(url, name, secret) as stranger:
            answer = await stranger.get("/arawman", params={"action": "Ping"})
        assert answer.status_code == 401
        assert "Pong" not in answer.text
        await asyncio.sleep(0)
        (told,) = heard
        assert (told.name, told.facts.account) == (event, name)
        assert web.sessions == {}

    serve(tmp_path, test)


def test_a_request_is_good_once_and_for_its_path_only(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, url: str) -> None:
        async with client(url) as boss:
            first = await boss.get("/arawman", params={"action": "Ping"})
        proof = {"authorization": first.request.headers["authorization"]}
        async with httpx.AsyncClient(base_url=url) as thief:
            again = await thief.get("/arawman", params={"action": "Ping"}, headers=proof)
            elsewhere = await thief.get("/amxml", params={"action": "Ping"}, headers=proof)
            nothing = await thief.get("/arawman", params={"action": "Ping"})
        assert [each.status_code for each in (again, elsewhere, nothing)] == [401, 401, 401]
        challenge = nothing.headers["www-authenticate"]
        assert challenge.startswith('Digest realm="asterisk",nonce="')
        assert 'qop="auth"' in challenge

    serve(tmp_path, test)


def test_a_read_only_user_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "some.conf").write_text("[a]\nb = c\n")

    async def test(ami: Ami, web: AmiOverHttp, url: str) -> None:
        await ami.pbx.astdb.put("f", "k", "kept")
        before = await state_of(ami, tmp_path)
        async with client(url, "reader", "look") as reader:
            for name in NAMES:
                if name not in OWN:
                    headers = headers_for("Local/1@x-00000000;1") | {"Action": name}
                    answer = await reader.post("/arawman", data=headers)
                    assert answer.status_code == 200
        assert await state_of(ami, tmp_path) == before

    serve(tmp_path, test)
