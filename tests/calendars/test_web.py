"""Calendars of a web server that is not always a good one."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from switchroom.calendars.event import CalendarError, Event
from switchroom.calendars.web import calendars_of, source_of
from switchroom.config.calendars import CalendarSettings

pytest.importorskip("httpx", reason="the extra `http` is not installed")

START = 1_800_000_000.0
EVENT = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20270115T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
MULTISTATUS = f"""<?xml version="1.0" encoding="utf-8"?>
<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response><propstat><prop>
<C:calendar-data>{EVENT}</C:calendar-data></prop></propstat></response></multistatus>"""

CHALLENGES = {
    "/basic": 'Basic realm="x"',
    "/digest": 'Digest realm="x", nonce="n", qop="auth", algorithm=MD5',
}
GOOD = ("200 OK", "", EVENT.encode())
ALWAYS = EVENT.replace("20270115T090000Z", "20200101T000000Z\r\nDTEND:21000101T000000Z")
PAGES = {
    ("GET", "/always"): ("200 OK", "", ALWAYS.encode()),
    ("GET", "/good"): GOOD,
    ("GET", "/basic"): GOOD,
    ("GET", "/digest"): GOOD,
    ("GET", "/moved"): ("302 Found", "Location: /good\r\n", b""),
    ("GET", "/round"): ("302 Found", "Location: /round\r\n", b""),
    ("GET", "/packed"): ("200 OK", "Content-Encoding: gzip\r\n", gzip.compress(bytes(10_000_000))),
    ("GET", "/big"): ("200 OK", "", bytes(8 * 1024 * 1024 + 1)),
    ("GET", "/html/"): ("200 OK", "", b"<html><br></html>"),
    ("REPORT", "/html/"): ("200 OK", "", b"<html><br></html>"),
    ("REPORT", "/dav/"): ("207 Multi-Status", "", MULTISTATUS.encode()),
}


class Server:
    """Answers by path, and keeps what it was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], str]] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            method, path, _ = first.split()
            headers = {
                name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
            }
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            self.seen.append((method, path, headers, body))
            status, more, page = self.page(method, path, headers)
            writer.write(f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(page)}\r\n\r\n".encode())
            writer.write(page)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def page(self, method: str, path: str, headers: dict[str, str]) -> tuple[str, str, bytes]:
        if method == "PUT":
            return "201 Created", "", b""
        if path in CHALLENGES and "authorization" not in headers:
            return "401 No", f"WWW-Authenticate: {CHALLENGES[path]}\r\n", b""
        return PAGES.get((method, path), ("404 Not Found", "", b""))


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()
    tasks: set[asyncio.Task[None]] = set()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.get_running_loop().create_task(server.answer(reader, writer)))

    listening = await asyncio.start_server(take, "127.0.0.1", 0)
    async with listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        await asyncio.gather(*tasks)


def settings(server: Server, path: str, kind: str, **more: Any) -> CalendarSettings:
    return CalendarSettings("anna", kind, f"http://127.0.0.1:{server.port}{path}", **more)


def ask(path: str, kind: str = "ical", **more: Any) -> tuple[list[Event], Server]:
    async def main() -> tuple[list[Event], Server]:
        async with serving() as server:
            source = source_of(settings(server, path, kind, **more))
            return await source.events(START, START + 86400), server

    return asyncio.run(main())


def test_a_file() -> None:
    events, server = ask("/good")
    assert [(each.uid, each.start) for each in events] == [("1", START + 3600)]
    assert "authorization" not in server.seen[0][2]
    assert [each.uid for each in ask("/moved")[0]] == ["1"]


@pytest.mark.parametrize("way", ["basic", "digest"])
def test_a_password_is_said_when_asked_for(way: str) -> None:
    events, server = ask(f"/{way}", user="anna", secret="s3cret")
    assert [each.uid for each in events] == ["1"]
    assert "authorization" not in server.seen[0][2]
    assert server.seen[-1][2]["authorization"].lower().startswith(f"{way} ")


@pytest.mark.parametrize(
    ("path", "kind", "why"),
    [
        ("/none", "ical", "says 404"), ("/basic", "ical", "says 401"), ("/round", "ical", "Redirect"), ("/packed", "ical", "packed"),
        ("/big", "ical", "octets"), ("/html/", "ical", "no calendar"), ("/html/", "caldav", "no XML"), ("/dav/", "ical", "404"),
    ],
)  # fmt: skip
def test_bad_answers(path: str, kind: str, why: str) -> None:
    with pytest.raises(CalendarError, match=why):
        ask(path, kind)


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        gone = asyncio.Event()

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                await reader.read()  # until the client has had enough
                writer.close()
                await writer.wait_closed()
            gone.set()

        silent = await asyncio.start_server(hear, "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        source = source_of(CalendarSettings("anna", "ical", f"http://127.0.0.1:{port}/"))
        monkeypatch.setattr("switchroom.calendars.web.PATIENCE", 0.2)
        async with silent:
            with pytest.raises(CalendarError, match=r"in time|Timeout"):
                await source.events(START, START + 60)
            await gone.wait()
        with pytest.raises(CalendarError, match="Connect"):
            await source.events(START, START + 60)

    asyncio.run(main())


def test_caldav() -> None:
    events, server = ask("/dav", "caldav")
    assert [each.uid for each in events] == ["1"]
    method, path, headers, body = server.seen[0]
    assert (method, path, headers["depth"]) == ("REPORT", "/dav/", "1")
    assert '<C:time-range start="20270115T080000Z" end="20270116T080000Z"/>' in body


def test_writing() -> None:
    event = Event("../x y", START, START + 60, "Cake, tea")

    async def main() -> Server:
        async with serving() as server:
            await source_of(settings(server, "/dav/", "caldav")).write(event, now=START)
            with pytest.raises(CalendarError, match="only be read"):
                await source_of(settings(server, "/good", "ical")).write(event, now=START)
            return server

    ((method, path, headers, body),) = asyncio.run(main()).seen
    assert (method, path) == ("PUT", "/dav/..%2Fx%20y.ics")
    assert headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Cake\\, tea\r\n" in body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_expanded(encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    with pytest.raises(CalendarError):
        calendars_of(bomb.encode(encoding))
