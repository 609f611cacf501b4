"""``/arawman``, ``/amanager``, ``/amxml``: who asks proves himself with each request (RFC 7616).

No cookie: a session belongs to the nonce that its requests are proved with, and goes on under the
next one when that is old.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from switchroom.ami.login import Doorkeeper
from switchroom.config.manager import ManagerUser
from switchroom.net.http import Scope
from switchroom.sip.digest import (
    Authenticator,
    DigestCredentials,
    Verdict,
    ha1_of,
    parse_credentials,
)

REALM = "asterisk"
#: The one that every client of the original knows; several confuse many of them.
ALGORITHM = "MD5"
MAX_NONCES = 1_024  #: of which it is remembered whose session they belong to
_NONCE = re.compile(r'nonce="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request proves."""

    user: ManagerUser | None = None  #: None: nothing, it is challenged
    session: str = ""  #: the name of the session that it belongs to
    challenge: str = ""  #: for ``WWW-Authenticate``
    wrong_name: str | None = None  #: who it said to be, where that was wrong


class DigestDoor:
    """Judges requests.

    Args:
        door: Knows the users, and the time.
    """

    def __init__(self, door: Doorkeeper) -> None:
        self._door = door
        self._authenticator = Authenticator(secrets.token_bytes(32), algorithms=(ALGORITHM,))
        self._sessions: OrderedDict[str, str] = OrderedDict()  #: by nonce

    def judge(self, scope: Scope) -> Proof:
        """Judge one request."""
        credentials = _credentials(scope)
        user = self._door.config().users.get(credentials.username) if credentials else None
        known = user if user is not None and user.secret else None
        verdict = self._authenticator.judge(
            credentials,
            scope["method"],
            (lambda _: ha1_of(known.name, REALM, known.secret)) if known is not None else None,
            now=self._door.now(),
        )
        if credentials is None or verdict is Verdict.MISSING:
            return Proof(challenge=self._challenge())
        if verdict is Verdict.STALE:
            return Proof(challenge=self._challenge(self._session_of(credentials.nonce)))
        if verdict is not Verdict.GOOD:
            return Proof(challenge=self._challenge(), wrong_name=credentials.username)
        return Proof(known, self._session_of(credentials.nonce))

    def knows(self, session: str) -> bool:
        """Whether a session's name was given here."""
        return session in self._sessions.values()

    def _challenge(self, session: str = "") -> str:
        (text,) = self._authenticator.challenges(REALM, now=self._door.now(), stale=bool(session))
        found = _NONCE.search(text)
        if session and found is not None:
            self._remember(found[1], session)
        return text

    def _session_of(self, nonce: str) -> str:
        name = self._sessions.get(nonce)
        if name is None:
            name = secrets.token_hex(16)
            self._remember(nonce, name)
        return name

    def _remember(self, nonce: str, session: str) -> None:
        self._sessions[nonce] = session
        if len(self._sessions) > MAX_NONCES:
            self._sessions.popitem(last=False)


def _credentials(scope: Scope) -> DigestCredentials | None:
    """What the request says; None where it says nothing that counts here."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            found = parse_credentials(value.decode("latin-1"))
            target = scope["raw_path"].decode("latin-1")
            # Without qop a request could be sent again by who heard it.
            if found is None or not found.qop or found.realm != REALM:
                return None
            return found if found.uri.partition("?")[0] == target.partition("?")[0] else None
    return None
