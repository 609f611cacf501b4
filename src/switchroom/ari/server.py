"""The REST interface as an ASGI application, mounted on the node's HTTP server."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from switchroom.ari.api_docs import ApiDocs
from switchroom.ari.context import AriContext
from switchroom.ari.dispatch import Answer, Asked, Dispatcher, refusal
from switchroom.ari.login import Doorkeeper
from switchroom.ari.session import Session
from switchroom.config.ari import AriUser

logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024  #: octets
MAX_SESSIONS = 1_000  #: WebSockets at one time
MAX_APPLICATIONS = 100  #: of one WebSocket
EVENTS = "/events"
DOCS = "/api-docs/"


@dataclass(frozen=True, slots=True)
class _Asker:
    """Fulfils :class:`~switchroom.ari.login.Asker`."""

    authorization: str
    api_key: str
    remote: tuple[str, int]
    local: tuple[str, int]


def _asker(connection: HTTPConnection) -> _Asker:
    client = connection.client
    server = connection.scope.get("server") or ("", 0)
    return _Asker(
        authorization=connection.headers.get("authorization", ""),
        api_key=connection.query_params.get("api_key", ""),
        remote=(client.host, client.port) if client is not None else ("", 0),
        local=(server[0], server[1] or 0),
    )


class AriServer:
    """Serves requests and WebSockets.

    Args:
        context: What operations use.
        door: Lets users in.
        dispatcher: Runs operations.
        path: Where it is mounted: ``/ari``, behind the server's prefix.
    """

    def __init__(
        self, context: AriContext, door: Doorkeeper, dispatcher: Dispatcher, path: str
    ) -> None:
        self._context = context
        self._door = door
        self._dispatcher = dispatcher
        self._path = path
        self._docs = ApiDocs(path)
        self.sessions: set[Session] = set()

    def close(self) -> None:
        """End all WebSockets."""
        for session in tuple(self.sessions):
            session.kick("the node ends")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one WebSocket."""
        if scope["type"] == "websocket":
            await self._web_socket(WebSocket(scope, receive, send))
        elif scope["type"] == "http":
            request = HttpRequest(scope, receive)
            answer = await self._answer(request)
            headers = {**answer.headers, **self._for_origin(request)}
            response = Response(
                answer.body or None,
                answer.status,
                headers,
                media_type=answer.content_type if answer.body else None,
            )
            await response(scope, receive, send)

    async def _answer(self, request: HttpRequest) -> Answer:
        path = self._below(request.scope)
        asker = _asker(request)
        if self._door.is_blocked(asker.remote[0]):
            return refusal(403, "Refused")
        if request.method == "OPTIONS":
            return self._options(request, path)
        user = self._door.user(asker)
        return self._challenge() if user is None else await self._run(user, request, path)

    def _challenge(self) -> Answer:
        challenge = {"WWW-Authenticate": f'Basic realm="{self._context.config.realm}"'}
        return refusal(401, "Authentication required", **challenge)

    async def _run(self, user: AriUser, request: HttpRequest, path: str) -> Answer:
        if path.startswith(DOCS) and request.method == "GET":
            return self._docs.answer(path.removeprefix(DOCS), request.headers.get("host", ""))
        if path == EVENTS and request.method == "GET":
            upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
            return refusal(426, "This is for WebSockets", **upgrade)
        body = await _body(request)
        if body is None:
            return refusal(413, "Request body too large")
        asked = Asked(
            method=request.method,
            path=path,
            query=request.url.query,
            body=body,
            content_type=request.headers.get("content-type", ""),
        )
        return await self._dispatcher.run(user, asked)

    def _below(self, scope: Scope) -> str:
        """The path below ours, still encoded: a slash may be part of a name."""
        raw = scope.get("raw_path")
        path: str = raw.decode("latin-1") if raw else scope["path"]
        return path.partition("?")[0].removeprefix(self._path) or "/"

    # other origins

    def _for_origin(self, connection: HTTPConnection) -> Mapping[str, str]:
        origin = connection.headers.get("origin", "")
        if not origin or not self._allows(origin):
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Vary": "Origin",
        }

    def _allows(self, origin: str) -> bool:
        return any(each in {"*", origin} for each in self._context.config.origins)

    def _options(self, request: HttpRequest, path: str) -> Answer:
        """What may be done here, and by pages of which origin."""
        methods = self._dispatcher.methods(path)
        if not methods:
            return refusal(404, "Resource not found")
        allowed = ",".join((*methods, "OPTIONS"))
        wanted = request.headers.get("access-control-request-method", "")
        if not self._for_origin(request) or (wanted and wanted not in methods):
            return Answer(204, headers={"Allow": allowed})
        headers = {"Allow": allowed, "Access-Control-Allow-Methods": allowed}
        if asked := request.headers.get("access-control-request-headers", ""):
            headers["Access-Control-Allow-Headers"] = asked
        return Answer(204, headers=headers)

    # WebSockets

    async def _web_socket(self, socket: WebSocket) -> None:
        found = self._admitted(socket)
        if isinstance(found, Answer):
            await socket.send_denial_response(
                Response(found.body, found.status, dict(found.headers), found.content_type)
            )
            return
        user, applications = found
        offered = socket.scope.get("subprotocols") or ()
        await socket.accept(subprotocol="ari" if "ari" in offered else None)
        asker = _asker(socket)
        remote = f"{asker.remote[0]}:{asker.remote[1]}"
        session = Session(_StarletteWire(socket), user, self._context.hub, self._dispatcher, remote)
        self.sessions.add(session)
        hears_all = socket.query_params.get("subscribeAll", "").lower() in {"true", "yes", "1"}
        logger.info("ARI: %s serves %s", remote, ", ".join(applications))
        try:
            await session.run(applications, hears_all=hears_all)
        finally:
            self.sessions.discard(session)

    def _admitted(self, socket: WebSocket) -> Answer | tuple[AriUser, tuple[str, ...]]:
        asker = _asker(socket)
        if self._door.is_blocked(asker.remote[0]) or len(self.sessions) >= MAX_SESSIONS:
            return refusal(403, "Refused")
        origin = socket.headers.get("origin", "")
        if origin and self._context.config.origins and not self._allows(origin):
            return refusal(403, "Origin not allowed")
        user = self._door.user(asker)
        if user is None:
            return self._challenge()
        if self._below(socket.scope).rstrip("/") != EVENTS:
            return refusal(404, "Resource not found")
        names = self._names(socket)
        return names if isinstance(names, Answer) else (user, names)

    def _names(self, socket: WebSocket) -> Answer | tuple[str, ...]:
        """The applications that are served."""
        texts = socket.query_params.getlist("app")
        names = tuple(
            dict.fromkeys(
                name.strip() for text in texts for name in text.split(",") if name.strip()
            )
        )
        if not names:
            return refusal(400, "HTTP request is missing param: [app]")
        if len(names) > MAX_APPLICATIONS:
            return refusal(400, "Too many applications")
        return names


async def _body(request: HttpRequest) -> bytes | None:
    """All of it; None where it is too long."""
    found = bytearray()
    try:
        async for part in request.stream():
            found += part
            if len(found) > MAX_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(found)


class _StarletteWire:
    """Fulfils :class:`~switchroom.ari.session.Wire`."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        """See :class:`~switchroom.ari.session.Wire`."""
        await self._socket.send_text(text)

    async def receive(self) -> str | None:
        """See :class:`~switchroom.ari.session.Wire`."""
        try:
            message = await self._socket.receive()
        except WebSocketDisconnect:
            return None
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return text if text is not None else message.get("bytes", b"").decode("utf-8", "replace")

    async def close(self, code: int, reason: str) -> None:
        """See :class:`~switchroom.ari.session.Wire`."""
        await self._socket.close(code, reason)
