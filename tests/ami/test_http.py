"""AMI over HTTP on the node's HTTP server, asked as a browser or a program would."""

import asyncio
from collections.abc import Callable, Coroutine
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from switchroom.ami.http import MAX_SESSIONS, AmiOverHttp
from switchroom.ami.privileges import Privilege
from switchroom.net.http import HttpServer
from switchroom.pbx.security import SecurityEvent
from tests.ami.support import Ami, make_ami
from tests.ami.test_rights import NAMES, OWN, headers_for, state_of

Ask = Callable[..., Coroutine[Any, Any, str]]


class Browser:
    """Keeps its cookie."""

    def __init__(self, where: tuple[str, int]) -> None:
        self._where = where
        self.cookie = ""
        self.status = 0

    async def login(self, form: str = "rawman") -> str:
        return await self.ask(
            f"/asterisk/{form}", post=True, action="login", username="boss", secret="top"
        )

    async def ask(self, path: str, *, post: bool = False, **parameters: str) -> str:
        data = "&".join(f"{quote(k)}={quote(v)}" for k, v in parameters.items())
        line = f"POST {path}" if post else f"GET {path}?{data}"
        lines = [f"{line} HTTP/1.1", "Host: x", "Connection: close"]
        if self.cookie:
            lines.append(f'Cookie: mansession_id="{self.cookie}"')
        body = data if post else ""
        if post:
            lines += ["Content-Type: application/x-www-form-urlencoded"]
            lines += [f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection(*self._where)
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        async with asyncio.timeout(20):
            answer = (await reader.read()).decode()
        writer.close()
        head, _, text = answer.partition("\r\n\r\n")
        self.status = int(head.split()[1])
        for header in head.split("\r\n"):
            if header.lower().startswith("set-cookie:"):
                found = SimpleCookie(header.partition(":")[2])
                self.cookie = found["mansession_id"].value
        return text


def serve(
    folder: Path,
    test: Callable[[Ami, AmiOverHttp, Callable[[], Browser]], Coroutine[Any, Any, None]],
) -> None:
    async def main() -> None:
        ami = make_ami(folder)
        async with ami.pbx:
            http, web = HttpServer(), AmiOverHttp(ami.context)
            for path, application in web.applications().items():
                http.mount(f"/asterisk{path}", application)
            listener = await http.listen("127.0.0.1", 0)
            try:
                await asyncio.wait_for(test(ami, web, lambda: Browser(listener.address)), 60)
            finally:
                web.close()
                await http.close()
                ami.context.hub.close()

    asyncio.run(main())


def test_a_session_lives_by_its_cookie(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, browser: Callable[[], Browser]) -> None:
        boss = browser()
        assert "Permission denied" in await boss.ask("/asterisk/rawman", action="Ping")
        text = await boss.login()
        assert text.startswith("Response: Success\r\nMessage: Authentication accepted\r\n\r\n")
        text = await boss.ask("/asterisk/rawman", action="Ping", ActionID="1")
        assert text.startswith("Response: Success\r\nActionID: 1\r\nPing: Pong\r\n")
        stranger = browser()
        assert "Permission denied" in await stranger.ask("/asterisk/rawman", action="Ping")
        assert "Goodbye" in await boss.ask("/asterisk/rawman", action="Logoff")
        assert len(web.sessions) == 1
        assert "Permission denied" in await boss.ask("/asterisk/rawman", action="Ping")

    serve(tmp_path, test)


def test_events_are_kept_until_they_are_fetched(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, browser: Callable[[], Browser]) -> None:
        boss = browser()
        await boss.login()
        await boss.ask("/asterisk/rawman", action="Events", EventMask="user")
        await boss.ask("/asterisk/rawman", action="WaitEvent", Timeout="0")  # of the login
        ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "one")])
        text = await boss.ask("/asterisk/rawman", action="WaitEvent", Timeout="5")
        assert text.split("\r\n\r\n")[:3] == [
            "Response: Success\r\nMessage: Waiting for Event completed.",
            "Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: one",
            "Event: WaitEventComplete",
        ]
        waiting = asyncio.get_running_loop().create_task(
            boss.ask("/asterisk/mxml", action="WaitEvent", Timeout="30")
        )
        await asyncio.sleep(0.2)
        ami.context.hub.tell("UserEvent", Privilege.USER, [("UserEvent", "<two & 'three'>")])
        document = ElementTree.fromstring(await waiting)
        generic = [each.attrib for each in document.iter("generic")]
        assert generic[1] == {
            "event": "UserEvent", "privilege": "user,all", "userevent": "<two & 'three'>",
        }  # fmt: skip

    serve(tmp_path, test)


def test_html_shows_what_was_said_and_runs_none_of_it(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, browser: Callable[[], Browser]) -> None:
        boss = browser()
        await boss.login("manager")
        text = await boss.ask("/asterisk/manager", action="Getvar", Variable="<script>")
        assert "&lt;script&gt;" in text
        assert "<script>" not in text

    serve(tmp_path, test)


def test_a_read_only_user_changes_nothing_over_http(tmp_path: Path) -> None:
    (tmp_path / "some.conf").write_text("[a]\nb = c\n")

    async def test(ami: Ami, web: AmiOverHttp, browser: Callable[[], Browser]) -> None:
        await ami.pbx.astdb.put("f", "k", "kept")
        reader = browser()
        await reader.ask("/asterisk/rawman", action="login", username="reader", secret="look")
        before = await state_of(ami, tmp_path)
        for name in NAMES:
            if name not in OWN:
                headers = headers_for("Local/1@x-00000000;1") | {"Action": name}
                await reader.ask("/asterisk/rawman", **dict(headers, post=True))  # type: ignore[arg-type]  # names of actions' headers
                assert reader.status == 200
        assert await state_of(ami, tmp_path) == before

    serve(tmp_path, test)


def test_limits_and_nonsense(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, browser: Callable[[], Browser]) -> None:
        one = browser()
        await one.ask("/asterisk/rawman", post=True, x="y" * 300_000)
        assert one.status == 413
        scope = {"client": ("192.0.2.1", 1), "server": ("", 0), "headers": []}
        while len(web.sessions) < MAX_SESSIONS:
            assert web._session("", scope) is not None
        full = browser()
        await full.ask("/asterisk/rawman", action="Ping")
        assert full.status == 503
        ami.context.door.guard.ban("127.0.0.1", now=ami.context.door.now())
        banned = browser()
        await banned.ask("/asterisk/rawman", action="Ping")
        assert banned.status == 403

    serve(tmp_path, test)


def test_a_cookie_from_elsewhere_is_told_and_opens_nothing(tmp_path: Path) -> None:
    async def test(ami: Ami, web: AmiOverHttp, browser: Callable[[], Browser]) -> None:
        heard: list[SecurityEvent] = []
        ami.pbx.events.subscribe(SecurityEvent, heard.append)
        boss = browser()
        await boss.login()
        (session,) = web.sessions.values()
        session.session.remote = ("192.0.2.7", 1)
        assert "Permission denied" in await boss.ask("/asterisk/rawman", action="Ping")
        told = next(each for each in heard if each.name == "UnexpectedAddress")
        assert (told.facts.account, told.facts.remote[0]) == ("boss", "127.0.0.1")
        assert told.further == (("ExpectedAddress", "192.0.2.7"),)

    serve(tmp_path, test)
