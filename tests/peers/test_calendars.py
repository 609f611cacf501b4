"""Calendars with Radicale, a CalDAV server: an appointment is written, seen, and called about before it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchroom.calendars.event import BusyState, CalendarError, Event
from switchroom.calendars.source import Source
from switchroom.calendars.web import source_of
from switchroom.config.calendars import CalendarSettings
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]

WITHIN = 60.0  #: seconds that anything may take on a busy machine
START = 1_800_000_000.0  # 15 January 2027, 08:00 UTC, a Friday
DAY = 86400.0

SERIES = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:series\r
DTSTAMP:20260101T000000Z\r
DTSTART;TZID=W. Europe Standard Time:20260102T100000\r
DURATION:PT1H\r
SUMMARY:Every Friday\r
RRULE:FREQ=WEEKLY\r
BEGIN:VALARM\r
ACTION:DISPLAY\r
DESCRIPTION:soon\r
TRIGGER:-PT15M\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """A server where anna has the password ``s3cret``; yields her collection's address."""
    port = free_port()
    (folder / "users").write_text("anna:s3cret\n")
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder}/store\n"
    )
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stderr=log, stdout=log) as process,
    ):
        try:
            asyncio.run(_answers(port, process))
            address = f"http://127.0.0.1:{port}/anna/work/"
            _ask("MKCALENDAR", address)
            yield address
        finally:
            process.terminate()
            process.wait(WITHIN)


async def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(WITHIN):
        while process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
    pytest.fail("radicale does not start")


def _ask(method: str, address: str, body: str = "") -> None:
    credentials = b64encode(b"anna:s3cret").decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "text/calendar"}
    request = urllib.request.Request(address, body.encode() or None, headers, method=method)
    with urllib.request.urlopen(request, timeout=WITHIN):
        pass


def collection(address: str, secret: str = "s3cret") -> Source:
    return source_of(CalendarSettings("anna", "caldav", address, "anna", secret))


def test_written_and_read(tmp_path: Path) -> None:
    event = Event(
        "one@switchroom", START + 3600, START + 7200, "Cake, tea", "a\nb", "mailto:b@example.com", "Room ü",
        "x,y", 3, BusyState.TENTATIVE,
    )  # fmt: skip

    async def story(address: str) -> None:
        anna = collection(address)
        assert await anna.events(START, START + DAY) == []
        await anna.write(event, now=START)
        assert await anna.events(START, START + DAY) == [event]
        assert await anna.events(START + DAY, START + 2 * DAY) == []
        with pytest.raises(CalendarError, match="401"):
            await collection(address, "wrong").events(START, START + DAY)

    with radicale(tmp_path) as address:
        asyncio.run(story(address))


def test_a_series_in_a_zone_of_its_own(tmp_path: Path) -> None:
    async def story(address: str) -> list[Event]:
        return await collection(address).events(START, START + 15 * DAY)

    with radicale(tmp_path) as address:
        _ask("PUT", f"{address}series.ics", SERIES)
        events = asyncio.run(story(address))
    assert [each.start - START for each in events] == [3600, 7 * DAY + 3600, 14 * DAY + 3600]
    assert events[0].alarms == (START + 2700,)
    assert events[0].end == START + 7200
