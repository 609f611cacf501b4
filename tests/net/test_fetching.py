"""Documents from the web whose addresses strangers choose."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from switchroom.net import fetching
from switchroom.net.fetching import Document, Fetcher, FetchError, parse_place
from tests.support.certificates import Authority

BODY = b"-----BEGIN CERTIFICATE-----"


class WebServer:
    """Answers every request with the same octets, and keeps what was asked."""

    def __init__(self, answer: bytes, *, ends: bool = True) -> None:
        self.asked: list[bytes] = []
        self._answer, self._ends = answer, ends

    async def start(self, tls: ssl.SSLContext | None = None) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self._answer)
            if self._ends:
                await writer.drain()
                writer.close()
            else:
                await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has had enough
        finally:
            writer.transport.abort()

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()


def answer(body: bytes = BODY, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def fetch(
    said: bytes,
    *,
    path: str = "/c.pem",
    addresses: Sequence[str] = ("127.0.0.1",),
    allows: Callable[[str], bool] = lambda _: True,
    ends: bool = True,
    tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
    host: str = "cr.example.com",
    patience: float = 20.0,
) -> tuple[Document | str, list[bytes]]:
    """Fetch from a server that says so; a text is why there is no document."""

    async def lookup(name: str) -> Sequence[str]:
        assert name == host
        return addresses

    async def main() -> tuple[Document | str, list[bytes]]:
        server = WebServer(said, ends=ends)
        port = await server.start(tls[0] if tls else None)
        fetcher = Fetcher(lookup, lambda: tls[1] if tls else ssl.create_default_context())
        scheme = "https" if tls else "http"
        try:
            document = await fetcher.fetch(
                f"{scheme}://{host}:{port}{path}", allows=allows, most=1000, patience=patience
            )
        except FetchError as error:
            return str(error), server.asked
        finally:
            await server.stop()
        return document, server.asked

    return asyncio.run(main())


def test_a_document() -> None:
    document, asked = fetch(answer(), path="/a/c.pem")
    assert document == Document(BODY, None)
    lines = asked[0].decode().split("\r\n")
    assert lines[0] == "GET /a/c.pem HTTP/1.1"
    assert lines[1].startswith("Host: cr.example.com:")


@pytest.mark.parametrize(
    ("header", "lifetime"),
    [
        ("Cache-Control: max-age=30", 30.0),
        ("Cache-Control: public, max-age=30", 30.0),
        ("Cache-Control: no-store", 0.0),
        ("Cache-Control: max-age=5, no-cache", 0.0),
        ("Cache-Control: private", None),
    ],
)
def test_how_long_it_may_be_kept(header: str, lifetime: float | None) -> None:
    document, _ = fetch(answer(BODY, "200 OK", header))
    assert document == Document(BODY, lifetime)


def test_in_pieces() -> None:
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert fetch(said)[0] == Document(b"abcde", None)
    assert fetch(b"HTTP/1.0 200 OK\r\n\r\nabc")[0] == Document(b"abc", None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(b"", "404 Not Found"), "answers 404"),
        (answer(b"", "302 Found", "Location: http://127.0.0.1/"), "answers 302"),
        (answer(b"x" * 1001), "more than 1000 octets"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", "cr.example.com"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20000, "cr.example.com"),
        (b"SSH-2.0-OpenSSH\r\n", "cr.example.com"),
        (b"", "cr.example.com"),
    ],
)
def test_what_is_no_document(said: bytes, why: str) -> None:
    found, _ = fetch(said)
    assert isinstance(found, str)
    assert why in found


def test_a_server_that_says_nothing_is_left() -> None:
    found, _ = fetch(b"", ends=False, patience=0.2)
    assert found == "cr.example.com: nothing within 0.2 s"


def test_an_address_that_is_not_allowed_is_never_connected_to() -> None:
    found, asked = fetch(answer(), allows=lambda _: False)
    assert found == "cr.example.com is at 127.0.0.1, from where nothing is fetched"
    assert asked == []
    found, asked = fetch(answer(), host="127.0.0.1", allows=lambda _: False)
    assert (isinstance(found, str), asked) == (True, [])


def test_of_several_addresses_those_that_are_allowed_are_tried() -> None:
    addresses = ("10.0.0.1", "::1", "127.0.0.1")
    found, asked = fetch(answer(), addresses=addresses, allows=lambda each: each != "10.0.0.1")
    assert found == Document(BODY, None)
    assert len(asked) == 1


def test_a_name_without_an_address() -> None:
    assert fetch(answer(), addresses=())[0] == "cr.example.com has no address"


def contexts(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    authority = Authority(folder)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(authority.issue(name))
    return server, ssl.create_default_context(cafile=authority.file)


def test_over_tls(tmp_path: Path) -> None:
    found, _ = fetch(answer(), tls=contexts(tmp_path, "cr.example.com"))
    assert found == Document(BODY, None)


def test_a_server_must_be_who_it_says(tmp_path: Path) -> None:
    found, asked = fetch(answer(), tls=contexts(tmp_path, "other.example.com"))
    assert isinstance(found, str)
    assert asked == []


def test_not_too_much_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_AT_ONCE", 0)
    assert fetch(answer())[0] == "cr.example.com: too much is fetched already"


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://x/", "file:///etc/passwd", "https://", "https://x:0/", "https://x:99999/",
        "https://x/a b", "https://x/\r\nHost: y", "https://[::1/", "https://" + "a" * 70 + ".com/",
        "https://é.com/", "gopher://127.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(FetchError):
        parse_place(url)


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://a.com/c.pem", "a.com", "/c.pem"),
        ("https://a.com:8443", "a.com:8443", "/"),
        ("http://a.com?x=1#y", "a.com", "/?x=1"),
        ("http://[::1]:80/", "[::1]", "/"),
        ("https://user@a.com/", "a.com", "/"),
    ],
)
def test_addresses(url: str, authority: str, target: str) -> None:
    place = parse_place(url)
    assert (place.authority, place.target) == (authority, target)
