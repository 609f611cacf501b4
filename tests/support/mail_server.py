"""A real mail server on a free port of loopback, that keeps what it gets."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """What came, and who logged in."""

    def __init__(self) -> None:
        self.port = 0
        self.got: list[Envelope] = []
        self.users: list[bytes] = []
        self.came = asyncio.Event()

    async def handle_RCPT(  # noqa: N802  # aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 there is nobody"
        if address.startswith("later"):
            return "450 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd calls it so
        self.got.append(envelope)
        self.came.set()
        return "250 OK"

    def log_in(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, given: Any
    ) -> AuthResult:
        """Lets in whoever knows the word."""
        self.users.append(given.login)
        return AuthResult(success=given.password == b"sesame", handled=False)


@asynccontextmanager
async def mail_server(*, wants_login: bool = False) -> AsyncIterator[MailServer]:
    """Runs while the block does."""
    server = MailServer()
    options: dict[str, Any] = {}
    if wants_login:
        options = {
            "authenticator": server.log_in,
            "auth_required": True,
            "auth_require_tls": False,
        }
    loop = asyncio.get_running_loop()

    def make() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of logins without TLS
            return SMTP(server, hostname="mail.example.com", loop=loop, **options)

    listening = await loop.create_server(make, "127.0.0.1", 0)
    async with listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server
