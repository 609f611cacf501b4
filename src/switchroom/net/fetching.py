"""One document from the web whose address a stranger may have chosen: bounded in every way.

The name is resolved here, each address is judged before anything is sent there, and the connection
goes to the address that was judged: a name that changes its mind in between gains nothing. A
redirection is no document.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import h11

from switchroom.base.errors import SwitchroomError

MAX_ADDRESSES = 3  #: of a name, that are tried
MAX_AT_ONCE = 64  #: documents that are fetched at the same time
MAX_HEADERS = 16384  #: octets of an answer before its body
_CHUNK = 8192
_MAX_AGE = re.compile(r'(?:^|[\s,])(?:s-)?max-?age\s*=\s*"?(\d{1,9})', re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?=$|[\s,])", re.IGNORECASE)


class FetchError(SwitchroomError):
    """There is no such document, or none that may be had."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was fetched."""

    body: bytes
    lifetime: float | None  #: seconds that its server lets it be kept; None: it does not say


@dataclass(frozen=True, slots=True)
class Place:
    """A URL taken apart."""

    is_secure: bool
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"


def parse_place(url: str) -> Place:
    """Take a URL apart.

    Raises:
        FetchError: It is no ``http:`` or ``https:`` URL, or has what no URL may have.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError as error:
        raise FetchError(f"no URL: {url[:200]!r}") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in {"http", "https"} or not host or not is_plain or port == 0:
        raise FetchError(f"no URL of the web: {url[:200]!r}")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_secure = parts.scheme == "https"
    return Place(is_secure, host, port or (443 if is_secure else 80), target)


class Fetcher:
    """Fetches documents.

    Args:
        lookup: The addresses of a name; none where nobody knows it.
        make_tls: Makes what HTTPS is spoken with, once; by default whom the system trusts.
    """

    def __init__(
        self,
        lookup: Callable[[str], Awaitable[Sequence[str]]],
        make_tls: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._lookup = lookup
        self._make_tls = make_tls
        self._tls: ssl.SSLContext | None = None
        self._under_way = 0

    async def fetch(
        self,
        url: str,
        *,
        allows: Callable[[str], bool],
        most: int,
        patience: float,
        accept: str = "*/*",
    ) -> Document:
        """Fetch one.

        Args:
            url: ``http:`` or ``https:``.
            allows: Whether an address may be connected to.
            most: Octets that it may have.
            patience: Seconds for all of it.
            accept: Media types.

        Raises:
            FetchError: Why there is none.
        """
        place = parse_place(url)
        if self._under_way >= MAX_AT_ONCE:
            raise FetchError(f"{place.host}: too much is fetched already")
        self._under_way += 1
        try:
            async with asyncio.timeout(patience):
                return await self._ask(place, await self._judged(place, allows), most, accept)
        except TimeoutError as error:
            raise FetchError(f"{place.host}: nothing within {patience:g} s") from error
        finally:
            self._under_way -= 1

    async def _judged(self, place: Place, allows: Callable[[str], bool]) -> list[str]:
        try:
            found: Sequence[str] = [str(ip_address(place.host))]
        except ValueError:
            found = await self._lookup(place.host)
        if not found:
            raise FetchError(f"{place.host} has no address")
        allowed = [address for address in found if allows(address)]
        if not allowed:
            raise FetchError(f"{place.host} is at {found[0]}, from where nothing is fetched")
        return allowed[:MAX_ADDRESSES]

    async def _ask(
        self, place: Place, addresses: Sequence[str], most: int, accept: str
    ) -> Document:
        if place.is_secure and self._tls is None:
            self._tls = await asyncio.to_thread(self._make_tls)
        tls = self._tls if place.is_secure else None
        name = place.host if place.is_secure else None
        failed: Exception = FetchError(f"{place.host} has no address")
        for address in addresses:
            try:
                reader, writer = await asyncio.open_connection(
                    address, place.port, ssl=tls, server_hostname=name
                )
            except OSError as error:  # a TLS error is one
                failed = error
                continue
            try:
                return await _exchange(reader, writer, place, most, accept)
            except (OSError, h11.RemoteProtocolError) as error:
                failed = error
            finally:
                writer.transport.abort()
        raise FetchError(f"{place.host}: {failed}") from failed


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    place: Place,
    most: int,
    accept: str,
) -> Document:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADERS)
    headers = [
        ("Host", place.authority),
        ("Accept", accept),
        ("User-Agent", "Switchroom"),
        ("Connection", "close"),
    ]
    request = h11.Request(method="GET", target=place.target, headers=headers)
    writer.write(connection.send(request) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    body, lifetime = bytearray(), None
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Response):
            if event.status_code != 200:
                raise FetchError(f"{place.host} answers {event.status_code}")
            lifetime = _lifetime(event)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > most:
                raise FetchError(f"{place.host} sends more than {most} octets")
        elif isinstance(event, h11.EndOfMessage):
            return Document(bytes(body), lifetime)
        elif not isinstance(event, h11.InformationalResponse):
            raise FetchError(f"{place.host} ends too early")


def _lifetime(response: h11.Response) -> float | None:
    said = b", ".join(value for name, value in response.headers if name == b"cache-control")
    text = said.decode("ascii", "replace")
    if _NOT_KEPT.search(text):
        return 0.0
    age = _MAX_AGE.search(text)
    return float(age[1]) if age is not None else None
