"""Files for phones over HTTP: ``/phoneprov/…``."""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import re
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import to_octets
from switchroom.channels.sip.provisioning import (
    PhoneLine,
    Provisioning,
    path_of,
    plain_mac,
    read_template,
)
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

_MAC = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)


class PhoneFiles:
    """An ASGI application.

    Args:
        pbx: The core.
        path: Where it is mounted.
        guessed: Told the host that asks for a phone there is none of.
    """

    def __init__(self, pbx: Pbx, path: str, guessed: Callable[[str], None]) -> None:
        self._pbx = pbx
        self._path = path
        self._guessed = guessed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return PlainTextResponse("only GET\n", 405, headers={"Allow": "GET, HEAD"})
        provisioning = self._pbx.datastore(Provisioning)
        name = request.scope["path"].removeprefix(self._path).lstrip("/")
        route = (await provisioning.routes()).get(name)
        if route is None:
            self._note_guess(request, name)
            return PlainTextResponse("there is no such file\n", 404)
        try:
            path = path_of(self._pbx.directories.astdatadir, route.file.source)
            (await asyncio.to_thread(path.open, "rb")).close()
        except OSError as error:
            logger.warning("phoneprov: %s: %s", route.file.source, error.strerror)
            return PlainTextResponse("there is no such file\n", 404)
        kind = route.file.mime_type or mimetypes.guess_type(name)[0] or "text/plain"
        if route.line is None:
            return FileResponse(path, media_type=kind)
        return await self._filled(request, route.line, path, kind)

    async def _filled(self, request: Request, line: PhoneLine, path: Path, kind: str) -> Response:
        server = (request.scope.get("server") or ("", 0))[0]
        try:
            template = await asyncio.to_thread(read_template, path)
            channel = await self._pbx.datastore(Provisioning).channel_for(line, server)
            text = await self._pbx.dialplan.substitute(channel, template)
        except (OSError, SwitchroomError) as error:
            logger.warning("phoneprov: %s: %s", path, error)
            return PlainTextResponse("it cannot be made\n", 500)
        logger.info("phoneprov: %s for the phone %s", path.name, line.mac)
        return Response(to_octets(text), media_type=kind)

    def _note_guess(self, request: Request, name: str) -> None:
        """Count who tries hardware addresses: a file has a password in it."""
        known = {line.mac for line in self._pbx.datastore(Provisioning).lines}
        asked = {plain_mac(each) for each in _MAC.findall(name)}
        if asked - known and request.client is not None:
            self._guessed(request.client.host)
