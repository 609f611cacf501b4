"""The REST interface on the node's HTTP server, asked over sockets."""

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    RejectConnection,
    Request,
    TextMessage,
)

from switchroom.ari.login import Doorkeeper
from switchroom.ari.server import AriServer
from switchroom.base.crypted_password import crypt_password
from switchroom.config.ari import read_ari
from switchroom.config.language.reader import parse_config
from switchroom.net.http import HttpServer
from tests.ari.support import ARI_CONF, EXTENSIONS_CONF, Ari, make_ari
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_pbx
from tests.support.phones import Phones

ORIGINS = "[general](+)\nallowed_origins = https://good.example\npretty = yes\n"


class Client:
    """Asks by HTTP, and opens WebSockets."""

    def __init__(self, where: tuple[str, int]) -> None:
        self.where = where
        self.headers: dict[str, str] = {}
        self.status = 0
        self._writers: list[asyncio.StreamWriter] = []

    def close(self) -> None:
        for writer in self._writers:
            writer.close()

    async def ask(
        self, method: str, path: str, *, user: str = "boss:top", body: str = "", **headers: str
    ) -> Any:
        lines = [f"{method} {path} HTTP/1.1", "Host: node:8088", "Connection: close"]
        if user:
            lines.append(f"Authorization: Basic {base64.b64encode(user.encode()).decode()}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines.append(f"Content-Length: {len(body)}")
        reader, writer = await asyncio.open_connection(*self.where)
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        async with asyncio.timeout(20):
            answer = (await reader.read()).decode()
        writer.close()
        head, _, text = answer.partition("\r\n\r\n")
        first, *others = head.split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {k.lower(): v.strip() for k, _, v in (o.partition(":") for o in others)}
        return json.loads(text) if text else None

    async def socket(self, path: str) -> "Socket":
        reader, writer = await asyncio.open_connection(*self.where)
        socket = Socket(reader, writer)
        self._writers.append(writer)
        writer.write(socket.wire.send(Request("node", path, subprotocols=["ari"])))
        await socket.opened()
        return socket


class Socket:
    """A WebSocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.wire = WSConnection(ConnectionType.CLIENT)
        self.refused = 0
        self.protocol: str | None = None
        self.closed = ""
        self._reader, self._writer = reader, writer
        self._messages: list[Any] = []
        self._text = ""

    async def _more(self) -> None:
        async with asyncio.timeout(20):
            data = await self._reader.read(65536)
        self.wire.receive_data(data or None)
        for event in self.wire.events():
            match event:
                case AcceptConnection():
                    self.protocol = event.subprotocol or ""
                case RejectConnection():
                    self.refused = event.status_code
                case TextMessage():
                    self._text += event.data
                    if event.message_finished:
                        self._messages.append(json.loads(self._text))
                        self._text = ""
                case CloseConnection():
                    self.closed = event.reason or str(event.code)
                case _:
                    pass

    async def opened(self) -> None:
        while self.protocol is None and not self.refused:
            await self._more()

    async def next(self, kind: str = "") -> Any:
        while True:
            while not self._messages:
                await self._more()
            message = self._messages.pop(0)
            if not kind or message["type"] == kind:
                return message

    def send(self, message: Any) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self._writer.write(self.wire.send(TextMessage(text)))

    async def close(self) -> None:
        self._writer.write(self.wire.send(CloseConnection(1000)))
        self._writer.close()


def serve(
    test: Callable[[Ari, Client], Coroutine[Any, Any, None]], *, conf: str = ARI_CONF
) -> None:
    async def main() -> None:
        phones = Phones(alice=0.0)
        pbx = make_pbx(make_interpreter(EXTENSIONS_CONF), technologies={"PHONE": phones})
        async with pbx:
            config = read_ari(parse_config(conf, path=Path("ari.conf")))
            ari = make_ari(pbx, phones, config)
            door = Doorkeeper(
                config=lambda: ari.context.config,
                guard=ari.context.guard,
                now=asyncio.get_running_loop().time,
                report=lambda event: None,
            )
            http = HttpServer()
            http.server_name = "Asterisk/22.11.0"
            server = AriServer(ari.context, door, ari.dispatcher, "/ari")
            http.mount("/ari", server)
            listener = await http.listen("127.0.0.1", 0)
            client = Client(listener.address)
            try:
                await test(ari, client)
            finally:
                client.close()
                server.close()
                ari.context.hub.close()
                await http.close()

    asyncio.run(main())


def test_who_is_not_known_is_asked_who_he_is() -> None:
    async def test(ari: Ari, client: Client) -> None:
        for user in ("", "boss:wrong", "nobody:top", "boss"):
            answer = await client.ask("GET", "/ari/channels", user=user)
            assert client.status == 401
            assert answer["message"]
            realm = 'Basic realm="Asterisk REST Interface"'
            assert client.headers["www-authenticate"] == realm
            assert client.headers["server"] == "Asterisk/22.11.0"
        assert await client.ask("GET", "/ari/channels") == []
        assert client.status == 200
        assert client.headers["content-type"] == "application/json"
        assert await client.ask("GET", "/ari/channels?api_key=boss:top", user="") == []

    serve(test)


def test_a_host_that_guesses_passwords_is_not_let_in() -> None:
    async def test(ari: Ari, client: Client) -> None:
        for _ in range(60):
            await client.ask("GET", "/ari/channels", user="boss:guess")
        ari.context.guard.ban("127.0.0.1", now=ari.context.now())
        await client.ask("GET", "/ari/channels")
        assert client.status == 403

    serve(test)


def test_passwords_may_be_crypted() -> None:
    crypted = crypt_password("top")
    conf = f"[general]\nenabled=yes\n[boss]\ntype=user\npassword_format=crypt\npassword={crypted}\n"

    async def test(ari: Ari, client: Client) -> None:
        for user, status in (("boss:top", 200), ("boss:top", 200), ("boss:no", 401)):
            await client.ask("GET", "/ari/channels", user=user)
            assert client.status == status

    serve(test, conf=conf)


def test_parameters_come_by_query_form_or_json() -> None:
    async def test(ari: Ari, client: Client) -> None:
        path = "/ari/asterisk/variable"
        await client.ask("POST", f"{path}?variable=A&value=one%20two")
        await client.ask(
            "POST",
            path,
            body='{"variable": "B", "value": "three"}',
            Content_Type="application/json",
        )
        form = "application/x-www-form-urlencoded"
        await client.ask("POST", path, body="variable=C&value=four", Content_Type=form)
        assert client.status == 204
        assert ari.pbx.global_variables == {"A": "one two", "B": "three", "C": "four"}
        assert await client.ask("GET", f"{path}?variable=A") == {"value": "one two"}

    serve(test)


def test_what_is_asked_wrongly_is_refused() -> None:
    async def test(ari: Ari, client: Client) -> None:
        for method, path, body, status in (
            ("GET", "/ari/nothing", "", 404),
            ("GET", "/ari/channels/1.1", "", 404),
            ("PUT", "/ari/channels", "", 405),
            ("POST", "/ari/asterisk/variable", "", 400),
            ("POST", "/ari/asterisk/variable", "{not json", 400),
            ("POST", "/ari/channels?endpoint=Phone/alice&app=x&timeout=soon", "", 400),
            ("GET", "/ari/events?app=x", "", 426),
        ):
            answer = await client.ask(method, path, body=body)
            assert (client.status, bool(answer["message"])) == (status, True), path
        await client.ask("PUT", "/ari/channels")
        assert client.headers["allow"] == "GET, POST"
        await client.ask("POST", "/ari/asterisk/variable?variable=A", user="reader:look")
        assert client.status == 403

    serve(test)


def test_pages_of_an_origin_that_is_allowed_may_ask() -> None:
    async def test(ari: Ari, client: Client) -> None:
        await client.ask("GET", "/ari/channels", Origin="https://good.example")
        assert client.headers["access-control-allow-origin"] == "https://good.example"
        await client.ask("GET", "/ari/channels", Origin="https://bad.example")
        assert "access-control-allow-origin" not in client.headers
        await client.ask(
            "OPTIONS", "/ari/channels", user="", Origin="https://good.example",
            Access_Control_Request_Method="POST", Access_Control_Request_Headers="authorization",
        )  # fmt: skip
        assert client.status == 204
        assert client.headers["access-control-allow-methods"] == "GET,POST,OPTIONS"
        assert client.headers["access-control-allow-headers"] == "authorization"

    serve(
        test,
        conf=ARI_CONF.replace(
            "enabled = yes", "enabled = yes\nallowed_origins = https://good.example\npretty = yes"
        ),
    )


def test_the_swagger_files_are_there() -> None:
    async def test(ari: Ari, client: Client) -> None:
        listing = await client.ask("GET", "/ari/api-docs/resources.json")
        assert listing["basePath"] == "http://node:8088/ari"
        for each in listing["apis"]:
            path = each["path"].replace("{format}", "json")
            declared = await client.ask("GET", f"/ari{path}")
            assert declared["apis"]
        assert (await client.ask("GET", "/ari/api-docs/openapi.json"))["openapi"] == "3.0.3"
        await client.ask("GET", "/ari/api-docs/nothing.json")
        assert client.status == 404

    serve(test)


def test_events_come_over_a_web_socket() -> None:
    async def test(ari: Ari, client: Client) -> None:
        socket = await client.socket("/ari/events?app=ivr,desk&api_key=boss:top&subscribeAll=true")
        assert socket.protocol == "ari"
        registered = [await socket.next(), await socket.next()]
        assert [(each["type"], each["application"]) for each in registered] == [
            ("ApplicationRegistered", "ivr"),
            ("ApplicationRegistered", "desk"),
        ]
        channel = await ari.call()
        start = await socket.next("StasisStart")
        assert start["channel"]["id"] == channel.unique_id
        await client.ask("DELETE", f"/ari/channels/{channel.unique_id}?reason=busy")
        assert (await socket.next("ChannelDestroyed"))["cause"] == 17
        await socket.close()
        while ari.context.hub.applications:
            await asyncio.sleep(0)

    serve(test)


def test_a_web_socket_is_refused() -> None:
    async def test(ari: Ari, client: Client) -> None:
        for path, status in (
            ("/ari/events?app=ivr", 401),
            ("/ari/events?app=ivr&api_key=boss:no", 401),
            ("/ari/events?api_key=boss:top", 400),
            ("/ari/channels?app=x&api_key=boss:top", 404),
        ):
            assert (await client.socket(path)).refused == status

    serve(test)


def test_requests_over_the_web_socket() -> None:
    async def test(ari: Ari, client: Client) -> None:
        socket = await client.socket("/ari/events?app=ivr&api_key=reader:look")

        async def ask(method: str, uri: str, **more: Any) -> Any:
            socket.send({"type": "RESTRequest", "transaction_id": "t", "request_id": "r",
                         "method": method, "uri": uri, **more})  # fmt: skip
            return await socket.next("RESTResponse")

        answer = await ask("GET", "asterisk/ping")
        assert (answer["transaction_id"], answer["request_id"]) == ("t", "r")
        assert (answer["status_code"], answer["reason_phrase"]) == (200, "OK")
        assert json.loads(answer["message_body"])["ping"] == "pong"
        only = [{"name": "only", "value": "system"}]
        info = await ask("GET", "/ari/asterisk/info", query_strings=only)
        assert list(json.loads(info["message_body"])) == ["system"]
        refused = await ask("POST", "channels?endpoint=Phone/alice&app=ivr")
        assert refused["status_code"] == 403
        assert ari.pbx.channels == {}
        socket.send("this is no JSON")
        assert (await socket.next("RESTResponse"))["status_code"] == 400
        await socket.close()

    serve(test)


def test_a_reader_that_is_too_slow_is_dropped() -> None:
    async def test(ari: Ari, client: Client) -> None:
        socket = await client.socket("/ari/events?app=slow&api_key=boss:top")
        application = ari.context.hub.applications["slow"]
        assert application.outbox is not None
        for _ in range(100):
            application.outbox.tell(b'{"type":"X","text":"' + b"x" * 100_000 + b'"}')
        while ari.context.hub.applications:
            await asyncio.sleep(0)
            if not socket.closed:
                await socket._more()
        assert "not read" in socket.closed

    serve(test)
