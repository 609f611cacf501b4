"""A script on a server: FastAGI, ``agi://host[:port]/script`` and ``hagi://`` by SRV records."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from switchroom.agi.program import read_line, write
from switchroom.agi.session import ScriptError
from switchroom.agi.wire import MAX_LINE
from switchroom.net.locating import Srv

PORT = 4573
CONNECT_TIMEOUT = 2.0  #: seconds for each address


class Lookup(Protocol):
    """Who resolves names."""

    async def srv(self, name: str) -> Sequence[Srv]:
        """SRV records."""


@dataclass(frozen=True, slots=True)
class Place:
    """A script and where it is served."""

    host: str
    port: int
    script: str
    is_service: bool = False  #: ``hagi://``: the host is a name that SRV records resolve


def parse_place(url: str, default_port: int = PORT) -> Place:
    """Take ``agi://host:port/script?arguments`` apart.

    Raises:
        ScriptError: It makes no sense.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ScriptError(f"{url!r}: {error}") from error
    if not host:
        raise ScriptError(f"{url!r} names no server")
    script = parts.path.removeprefix("/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port or default_port, script, parts.scheme == "hagi" and port is None)


class Server:
    """Fulfils :class:`~switchroom.agi.session.Script`. Made by :meth:`connect`."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: Place
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._name = f"{place.host}:{place.port}"

    @classmethod
    async def connect(cls, place: Place, lookup: Lookup) -> Server:
        """Connect to the first address that answers.

        Raises:
            ScriptError: None does.
        """
        addresses = [(place.host, place.port)]
        if place.is_service:
            records = await lookup.srv(f"_agi._tcp.{place.host}")
            ordered = sorted(records, key=lambda each: (each.priority, -each.weight))
            addresses = [(each.target, each.port) for each in ordered] or addresses
        why = ""
        for host, port in addresses:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    streams = await asyncio.open_connection(host, port, limit=MAX_LINE)
                return cls(*streams, place)
            except TimeoutError:
                why = f"{host}:{port} does not answer"
            except (OSError, UnicodeError) as error:
                why = f"{host}:{port}: {error}"
        raise ScriptError(f"no connection to a FastAGI server: {why}")

    async def read_line(self) -> str | None:
        """See :class:`~switchroom.agi.session.Script`."""
        return await read_line(self._reader, self._name)

    async def write(self, text: str) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        await write(self._writer, text)

    async def tell_hangup(self) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        await self.write("HANGUP\n")

    def kill(self) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        self._writer.transport.abort()

    async def end(self) -> int:
        """Close the connection."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
        return 0
