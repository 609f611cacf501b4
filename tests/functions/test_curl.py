import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.support.dialplan import lines_of, make_interpreter
from tests.support.fakes import make_channel, make_pbx

pytest.importorskip("httpx", reason="the extra `http` is not installed")

PACKED = gzip.compress(b"x" * 1_000_000)
PAGES = {
    "/packed": PACKED,
    "/hello": b"hello there \r\n\r\n", "/form": b"name=Ann+B&age=42", "/zero": b"ab\0cd", "/big": b"x" * 100_000,
}  # fmt: skip


@asynccontextmanager
async def server(seen: list[str]) -> AsyncIterator[int]:
    serving: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:  # the client gave up before it had asked
            writer.close()
            return
        length = next(
            (int(h[15:]) for h in head.split("\r\n") if h.lower().startswith("content-length:")), 0
        )
        body = (await reader.readexactly(length)).decode()
        path = head.split()[1]
        seen.append(head + body)
        if path == "/slow":
            await reader.read()  # until the client has had enough
        status, more, page = "200 OK", "", PAGES.get(path, body.encode())
        if path == "/packed":
            more = "Content-Encoding: gzip\r\n"
        if path == "/moved":
            status, more, page = "302 Found", "Location: /hello\r\n", b"moved"
        elif path == "/missing":
            status, page = "404 Not Found", b"none"
        answer = (
            f"HTTP/1.1 {status}\r\n{more}X-One: 1\r\nContent-Length: {len(page)}\r\n\r\n".encode()
        )
        with suppress(ConnectionError):
            writer.write(answer + page)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        yield port
        # Connections are taken in order: when this one is answered, all before it are being served.
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /hello HTTP/1.1\r\n\r\n")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        await asyncio.gather(*filter(None, serving))


def ask(*lines: str) -> tuple[str, list[str]]:
    """``R``, and what the server was asked; ``@`` in a line is the server."""
    seen: list[str] = []

    async def main() -> str:
        async with server(seen) as port:
            conf = lines_of(*(line.replace("@", f"http://127.0.0.1:{port}") for line in lines))
            interpreter = make_interpreter(conf)
            async with make_pbx(interpreter) as pbx:
                channel = make_channel(pbx)
                await interpreter.run(channel)
                channel.finish()
                return channel.variables.get("R", "")

    return asyncio.run(main()), seen


def test_get_without_blanks_at_the_end() -> None:
    value, seen = ask("Set(R=${CURL(@/hello)}.)")
    assert value == "hello there."
    assert seen[0].startswith("GET /hello HTTP/1.1\r\n")


def test_post() -> None:
    value, seen = ask("Set(R=${CURL(@/echo,a=1,b=2)})")
    assert value == "a=1,b=2"
    assert "application/x-www-form-urlencoded" in seen[0]


def test_options() -> None:
    value, seen = ask(
        "Set(CURLOPT(httpheader)=X-A: 1)", "Set(CURLOPT(httpheader)=X-B: 2)", "Set(CURLOPT(useragent)=me)",
        "Set(CURLOPT(userpwd)=u:p)", "Set(CURLOPT(cookie)=c=1)", "Set(CURLOPT(bogus)=1)",
        "Set(R=${CURL(@/hello)}${CURLOPT(useragent)}[${CURLOPT(bogus)}])",
    )  # fmt: skip
    assert value == "hello thereme[]"
    for line in ("X-A: 1", "X-B: 2", "User-Agent: me", "Authorization: Basic dTpw", "Cookie: c=1"):
        assert f"\r\n{line}\r\n" in seen[0]


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["Set(R=[${CURL(@/moved)}])"], "[moved]"),
        (["Set(CURLOPT(followlocation)=1)", "Set(R=[${CURL(@/moved)}])"], "[hello there]"),
        (["Set(R=[${CURL(@/missing)}])"], "[none]"),
        (["Set(CURLOPT(failurecodes)=404,500)", "Set(R=[${CURL(@/missing)}])"], "[]"),
        (["Set(CURLOPT(httptimeout)=0.2)", "Set(R=[${CURL(@/slow)}])"], "[]"),
        (["Set(R=[${CURL(ftp://127.0.0.1/x)}${CURL(file:///etc/passwd)}${CURL(http://)}])"], "[]"),
        (["Set(R=[${CURL(@/zero)}])"], "[ab]"), (["Set(R=${LEN(${CURL(@/big)})})"], "65536"),
        (["Set(CURLOPT(header)=1)", "Set(R=${FIELDQTY(x,y)}${REGEX(\"^HTTP/1.1 200 OK\" ${CURL(@/hello)})})"], "01"),
        (["Set(CURLOPT(hashcompat)=yes)", "Set(HASH(a)=${CURL(@/form)})", "Set(R=${HASH(a,name)}|${HASH(a,age)})"], "Ann B|42"),
        (["Set(CURLOPT(ssl_cert)=/none.pem)", "Set(R=[${CURL(@/hello)}])"], "[]"),
        (["Set(CURLOPT(ssl_cainfo)=/none.pem)", "Set(R=[${CURL(@/hello)}])"], "[]"),
        (["Set(CURL(@/hello)=)", "Set(R=goes on)"], "goes on"),
        (["Set(CURLOPT(hashcompat)=legacy)", "Set(R=${CURL(@/form)})"], "Ann+B,42"),
    ],
)  # fmt: skip
def test_answers(lines: list[str], value: str) -> None:
    assert ask(*lines)[0] == value


def test_saving_into_a_file(tmp_path: Path) -> None:
    ask(f"Set(CURL(@/hello)={tmp_path}/page)", f"Set(CURL(@/hello)={tmp_path}/none/page)")
    assert [each.name for each in tmp_path.iterdir()] == ["page"]
    assert (tmp_path / "page").read_bytes() == b"hello there \r\n\r\n"


def test_what_is_packed_stays_packed(tmp_path: Path) -> None:
    ask(f"Set(CURL(@/packed)={tmp_path}/page)")
    assert (tmp_path / "page").read_bytes() == PACKED


def test_a_caller_adds_no_header() -> None:
    _, seen = ask(
        "Set(CURLOPT(httpheader)=X-Name: Ann${BASE64_DECODE(DQo=)}X-Evil: 1)",
        "Set(R=${CURL(@/hello)})",
    )
    assert "\r\nX-Name: AnnX-Evil: 1\r\n" in seen[0]
    assert "\r\nAccept-Encoding: identity\r\n" in seen[0]


def test_headers_have_a_limit() -> None:
    lines = ["Set(A=0123456789012345)", *["Set(A=${A}${A})"] * 11]
    value, _ = ask(
        *lines, *["Set(CURLOPT(httpheader)=X-A: ${A})"] * 3, "Set(R=${LEN(${CURLOPT(httpheader)})})"
    )
    assert value == str(len("X-A: ") + 32768)


def test_no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    ask(
        "Set(R=${CURL(http://ann:s3cret${BASE64_DECODE(QA==)}127.0.0.1:1/x?token=t0ken)})",
        "Set(R=${CURL(http://127.0.0.1:s3cret/x?token=t0ken)})",
    )
    assert "127.0.0.1:1/x" in caplog.text
    assert "s3cret" not in caplog.text
    assert "t0ken" not in caplog.text
