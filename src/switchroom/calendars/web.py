"""Calendars on web servers: one file of iCalendar, or CalDAV (RFC 4791)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Generator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from switchroom.calendars.event import CalendarError, Event
from switchroom.calendars.reading import read_events
from switchroom.calendars.source import Source
from switchroom.calendars.writing import written
from switchroom.config.calendars import CalendarSettings

if TYPE_CHECKING:
    import httpx

MAX_OCTETS = 8 * 1024 * 1024  #: of an answer; a busy person's calendar of years has one or two
PATIENCE = 30.0  #: seconds for a whole answer
PIECE = 64 * 1024
MAX_REDIRECTS = 5

_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{since:%Y%m%dT%H%M%SZ}" end="{until:%Y%m%dT%H%M%SZ}"/>
</C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>
"""
_CALENDAR_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"


class _Web:
    """A web server that may ask for a name and a password."""

    def __init__(self, settings: CalendarSettings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None

    async def ask(
        self,
        method: str,
        url: str,
        body: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> bytes:
        """What it answers.

        Raises:
            CalendarError: No answer, or one that says no.
        """
        try:
            import httpx
        except ImportError as error:
            raise CalendarError("calendars need httpx: pip install 'switchroom[http]'") from error
        if self._tls is None:
            self._tls = await asyncio.to_thread(_tls_context, verifies=self._settings.verifies)
        answer = bytearray()
        try:
            async with (
                asyncio.timeout(PATIENCE),
                httpx.AsyncClient(
                    verify=self._tls, timeout=PATIENCE, follow_redirects=True,
                    max_redirects=MAX_REDIRECTS, auth=_auth(self._settings), trust_env=False,
                ) as client,
                # What is packed may become a thousand times as much within one piece.
                client.stream(
                    method, url, content=body.encode() or None,
                    headers={"User-Agent": "switchroom", "Accept-Encoding": "identity", **headers},
                ) as response,
            ):  # fmt: skip
                if not response.is_success:
                    raise CalendarError(f"the server says {response.status_code}")
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise CalendarError("the answer is packed, though nobody asked for that")
                async for piece in response.aiter_raw():
                    answer += piece
                    if len(answer) > MAX_OCTETS:
                        raise CalendarError(f"the answer has more than {MAX_OCTETS} octets")
        except TimeoutError as error:
            raise CalendarError("no answer in time") from error
        except httpx.InvalidURL as error:
            raise CalendarError("its url is no address") from error  # it quotes what may be secret
        except (httpx.HTTPError, ValueError, OSError) as error:
            raise CalendarError(f"{type(error).__name__}: {str(error)[:200]!r}") from error
        return bytes(answer)


def _tls_context(*, verifies: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _auth(settings: CalendarSettings) -> httpx.Auth | None:
    """Say name and password when asked for them, in the way that is asked for."""
    import httpx

    if not settings.user:
        return None

    class Asked(httpx.Auth):
        def auth_flow(
            self, request: httpx.Request
        ) -> Generator[httpx.Request, httpx.Response, None]:
            response = yield request
            if response.status_code != 401:
                return
            way = response.headers.get("WWW-Authenticate", "").lower()
            kind = httpx.DigestAuth if "digest" in way else httpx.BasicAuth
            yield from kind(settings.user, settings.secret).auth_flow(request)

    return Asked()


def _text(answer: bytes) -> str:
    return answer.decode("utf-8-sig", "replace")


class ICal:
    """A file that holds all of a calendar; it cannot be written."""

    def __init__(self, settings: CalendarSettings) -> None:
        self._url = settings.url
        self._web = _Web(settings)

    async def events(self, since: float, until: float) -> list[Event]:
        """See :class:`~switchroom.calendars.source.Source`."""
        answer = await self._web.ask("GET", self._url)
        return await asyncio.to_thread(lambda: read_events([_text(answer)], since, until))

    async def write(self, event: Event, *, now: float) -> None:
        """See :class:`~switchroom.calendars.source.Source`."""
        raise CalendarError("a calendar of the type ical can only be read")


class CalDav:
    """A collection of a CalDAV server."""

    def __init__(self, settings: CalendarSettings) -> None:
        self._url = settings.url if settings.url.endswith("/") else f"{settings.url}/"
        self._web = _Web(settings)

    async def events(self, since: float, until: float) -> list[Event]:
        """See :class:`~switchroom.calendars.source.Source`."""
        body = _QUERY.format(
            since=datetime.fromtimestamp(since, UTC), until=datetime.fromtimestamp(until, UTC)
        )
        headers = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
        answer = await self._web.ask("REPORT", self._url, body, headers)
        return await asyncio.to_thread(lambda: read_events(calendars_of(answer), since, until))

    async def write(self, event: Event, *, now: float) -> None:
        """See :class:`~switchroom.calendars.source.Source`."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        url = f"{self._url}{quote(event.uid, safe='')}.ics"
        await self._web.ask("PUT", url, written(event, now=now), headers)


def calendars_of(answer: bytes) -> list[str]:
    """The calendars in a ``multistatus``.

    Raises:
        CalendarError: It is none.
    """
    from xml.etree import ElementTree

    # Entities may blow up, and nobody here needs any.
    text = _text(answer)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise CalendarError("the answer declares entities")
    parser = ElementTree.XMLParser()
    try:
        for at in range(0, len(text), PIECE):  # between two of them others may run
            parser.feed(text[at : at + PIECE])
        root = parser.close()
    except (ElementTree.ParseError, ValueError) as error:
        raise CalendarError(f"the answer is no XML: {error}") from error
    return [each.text for each in root.iter(_CALENDAR_DATA) if each.text]


def source_of(settings: CalendarSettings) -> Source:
    """Where the events of a calendar are."""
    return CalDav(settings) if settings.kind == "caldav" else ICal(settings)
