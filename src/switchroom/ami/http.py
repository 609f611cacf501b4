"""The manager interface over HTTP: ``/rawman``, ``/manager`` and ``/mxml``.

A request is one action, its headers being the parameters of the query or of a form. Login gives a
cookie; what happens meanwhile is kept for the session until its WaitEvent fetches it. The same with
an ``a`` in front (``/arawman``) authenticate each request instead: ``http_digest.py``.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from switchroom.ami.context import AmiContext
from switchroom.ami.dispatch import Dispatcher
from switchroom.ami.http_digest import DigestDoor, Proof
from switchroom.ami.message import Action, Message
from switchroom.ami.registry import collect_actions
from switchroom.ami.session import Session
from switchroom.config.manager import ManagerUser
from switchroom.net.http import Application, Receive, Scope, Send
from switchroom.pbx.security import SecurityEvent

logger = logging.getLogger(__name__)

Render = Callable[[Sequence[Message]], str]

COOKIE = "mansession_id"
MAX_SESSIONS = 256
MAX_BODY = 256 * 1024  #: octets
MAX_PARAMETERS = 256
MAX_KEPT_EVENTS = 2_000  #: of one session; the oldest are forgotten above


class Kept:
    """A session's messages until they are fetched; fulfils Outbox."""

    def __init__(self) -> None:
        self.answers: list[Message] = []
        self.events: deque[Message] = deque(maxlen=MAX_KEPT_EVENTS)
        self._arrived = asyncio.Event()

    def answer(self, message: Message) -> None:
        """See :class:`~switchroom.ami.session.Outbox`."""
        self.answers.append(message)

    def event(self, message: Message) -> None:
        """See :class:`~switchroom.ami.session.Outbox`."""
        self.events.append(message)
        self._arrived.set()

    async def wait(self, seconds: float) -> list[Message]:
        """What has happened; something, where it happens in time."""
        if not self.events:
            self._arrived.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._arrived.wait()
            except TimeoutError:
                return []
        told = list(self.events)
        self.events.clear()
        return told


class WebSession:
    """One browser, or program, by its cookie."""

    def __init__(self, session: Session, kept: Kept, until: float) -> None:
        self.session = session
        self.kept = kept
        self.until = until
        self.turn = asyncio.Lock()  #: one action after the other


class AmiOverHttp:
    """Serves the three forms.

    Args:
        context: What actions use.
    """

    def __init__(self, context: AmiContext) -> None:
        self._context = context
        self._dispatcher = Dispatcher(context, collect_actions())
        self._digest = DigestDoor(context.door)
        self.sessions: dict[str, WebSession] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    def applications(self) -> dict[str, Application]:
        """Each form by its path."""
        forms = {
            "rawman": ("text/plain", as_text),
            "manager": ("text/html; charset=utf-8", as_html),
            "mxml": ("text/xml; charset=utf-8", as_xml),
        }
        by_cookie = {f"/{name}": self._form(*form) for name, form in forms.items()}
        return by_cookie | {f"/a{name}": self._digest_form(*form) for name, form in forms.items()}

    def close(self) -> None:
        """End all sessions."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for name in list(self.sessions):
            self._end(name)

    async def _action(self, scope: Scope, receive: Receive, send: Send) -> Action | None:
        """What is asked for; None where it was refused already."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return None
        action = await _read_action(scope, receive)
        door = self._context.door
        if action is None or door.guard.blocks(_client(scope)[0], door.now()):
            await _respond(send, 413 if action is None else 403, "text/plain", "refused\n")
            return None
        return action

    def _form(self, kind: str, render: Render) -> Application:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            action = await self._action(scope, receive, send)
            if action is None:
                return
            found = self._session(_cookie(scope), scope)
            if found is None:
                await _respond(send, 503, "text/plain", "too many sessions\n")
                return
            name, web = found
            async with web.turn:
                messages, goes_on = await self._do(web, action)
            cookie = f'{COOKIE}="{name}"; Version=1; Max-Age={int(self._timeout)}; HttpOnly'
            if not goes_on:
                self._end(name)
                cookie = f'{COOKIE}=""; Version=1; Max-Age=0; HttpOnly'
            await _respond(send, 200, kind, render(messages), ("set-cookie", cookie))

        return application

    def _digest_form(self, kind: str, render: Render) -> Application:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            action = await self._action(scope, receive, send)
            if action is None:
                return
            proof = self._digest.judge(scope)
            found = self._session(proof.session, scope) if proof.user is not None else None
            if proof.user is None:
                self._complain(proof, scope)
                challenge = ("www-authenticate", proof.challenge)
                await _respond(send, 401, "text/plain", "Unauthorized\n", challenge)
                return
            if found is None:
                await _respond(send, 503, "text/plain", "too many sessions\n")
                return
            name, web = found
            async with web.turn:
                refused = "" if web.session.is_in else self._admit(web, proof.user)
                messages, goes_on = ([], False) if refused else await self._do(web, action)
            if not goes_on:
                self._end(name)
            if refused:
                await _respond(send, 403, "text/plain", f"{refused}\n")
            else:
                await _respond(send, 200, kind, render(messages))

        return application

    def _admit(self, web: WebSession, user: ManagerUser) -> str:
        return self._context.door.admit(web.session, user)

    def _complain(self, proof: Proof, scope: Scope) -> None:
        """Somebody proved nothing: that is counted, and told, where he said who he was."""
        name, door = proof.wrong_name, self._context.door
        if name is None:
            return
        session = self._new_session(Kept(), scope)
        known = "InvalidPassword" if name in door.config().users else "InvalidAccountID"
        door.refuse(session, SecurityEvent(known, door.facts(session, name)))

    @property
    def _timeout(self) -> float:
        return self._context.config.http_timeout

    def _session(self, name: str, scope: Scope) -> tuple[str, WebSession] | None:
        """The session of a name, or a new one: of that name, where the name is ours."""
        now, remote = self._context.door.now(), _client(scope)
        web = self.sessions.get(name)
        if web is not None and web.session.remote[0] == remote[0] and web.until > now:
            web.until = now + self._timeout
            return name, web
        if web is not None and web.until > now:  # somebody else's cookie
            door, expected = self._context.door, web.session.remote[0]
            facts = door.facts(self._new_session(Kept(), scope), web.session.name)
            door.report(SecurityEvent("UnexpectedAddress", facts, (("ExpectedAddress", expected),)))
        if len(self.sessions) >= MAX_SESSIONS:
            logger.warning("more than %s sessions of AMI over HTTP: refusing one", MAX_SESSIONS)
            return None
        kept = Kept()
        session = self._new_session(kept, scope)
        if not self._digest.knows(name):
            name = secrets.token_hex(16)
        web = self.sessions[name] = WebSession(session, kept, now + self._timeout)
        self._context.hub.add(session)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(self._timeout, self._sweep)
        return name, web

    def _new_session(self, kept: Kept, scope: Scope) -> Session:
        local = scope.get("server") or ("", 0)
        started_at = self._context.pbx.now()
        return Session(kept, _client(scope), (local[0], local[1]), started_at, "HTTP")

    def _sweep(self) -> None:
        self._sweeper = None
        now = self._context.door.now()
        for name, web in list(self.sessions.items()):
            if web.until <= now and not web.turn.locked():
                self._end(name)
        if self.sessions:
            loop = asyncio.get_running_loop()
            self._sweeper = loop.call_later(self._timeout / 2, self._sweep)

    def _end(self, name: str) -> None:
        web = self.sessions.pop(name, None)
        if web is not None:
            self._context.hub.remove(web.session)

    async def _do(self, web: WebSession, action: Action) -> tuple[list[Message], bool]:
        if not action.name:
            return [], True
        goes_on = await self._dispatcher.run(web.session, action)
        web.until = self._context.door.now() + self._timeout
        answers, web.kept.answers = web.kept.answers, []
        return answers, goes_on


def _client(scope: Scope) -> tuple[str, int]:
    host, port = scope.get("client") or ("", 0)
    return host, port


def _cookie(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return ""
            if found is not None:
                return found.value
    return ""


async def _read_action(scope: Scope, receive: Receive) -> Action | None:
    """The action of a request; None where it is too large."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return None
    text = scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
        pairs += parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        return None
    return Action((name, re.sub(r"[\r\n]+", " ", value)) for name, value in pairs)


async def _respond(send: Send, status: int, kind: str, text: str, *more: tuple[str, str]) -> None:
    body = text.encode("utf-8", "replace")
    headers = [
        ("content-type", kind),
        ("content-length", str(len(body))),
        ("cache-control", "no-cache, no-store"),
        ("x-content-type-options", "nosniff"),
        *more,
    ]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def as_text(messages: Sequence[Message]) -> str:
    """As over TCP."""
    return "".join(each.text for each in messages)


def as_html(messages: Sequence[Message]) -> str:
    """A page with a table a message, and a form to ask more."""
    tables = []
    for message in messages:
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>\n"
            for name, value in message.headers
        )
        tables.append(f"<table border='1'>\n{rows}</table>\n")
    return (
        "<!DOCTYPE html>\n<html><head><title>Manager interface</title></head><body>\n"
        "<h1>Manager interface</h1>\n"
        "<form method='post'><label>Action <input name='action'></label>"
        "<label>User name <input name='username'></label>"
        "<label>Secret <input type='password' name='secret'></label>"
        "<input type='submit' value='Send'></form>\n" + "".join(tables) + "</body></html>\n"
    )


_NO_NAME = re.compile(r"[^a-z0-9_.-]")


def as_xml(messages: Sequence[Message]) -> str:
    """An element a message, whose attributes are the headers."""
    lines = ["<ajax-response>"]
    for message in messages:
        seen: dict[str, int] = {}
        attributes = []
        for header, value in message.headers:
            name = _NO_NAME.sub("_", header.lower())
            if not name[:1].isalpha():
                name = f"_{name}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name = f"{name}-{seen[name]}"
            attributes.append(f"{name}='{_clean(value)}'")
        lines.append(
            f"<response type='object' id='unknown'><generic {' '.join(attributes)} /></response>"
        )
    return "\n".join([*lines, "</ajax-response>", ""])


def _clean(value: str) -> str:
    """Text for an attribute; letters that XML does not have are left out."""
    allowed = "".join(c for c in value if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF)
    return html.escape(allowed, quote=True)
