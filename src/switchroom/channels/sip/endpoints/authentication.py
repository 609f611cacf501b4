"""Whether a request proves to come from the endpoint it names."""

from __future__ import annotations

import secrets

from switchroom.channels.sip.endpoints.endpoint import Credentials, Endpoint
from switchroom.sip.digest import Authenticator, Verdict, ha1_of, parse_credentials
from switchroom.sip.message import Header, Request

#: What nobody's response is made of.
_NOTHING = secrets.token_hex(32)


class Authentication:
    """Judges requests; unknown endpoints and wrong passwords get the same answer.

    Args:
        authenticator: Makes and checks nonces.
        realm: Of our challenges.
    """

    def __init__(self, authenticator: Authenticator, realm: str) -> None:
        self._authenticator = authenticator
        self._realm = realm

    def username_of(self, request: Request) -> str:
        """The user name of its credentials for our realm, empty where there are none."""
        for value in request.fields.get("authorization", ()):
            credentials = parse_credentials(value)
            if credentials is not None and credentials.realm == self._realm:
                return credentials.username
        return ""

    def judge(
        self, request: Request, endpoint: Endpoint | None, *, now: float, host: str
    ) -> Verdict:
        """GOOD where it is proven, or where the endpoint has nothing to prove.

        Args:
            request: With or without credentials.
            endpoint: Who it claims to be; None when nobody is known by that name.
            now: Seconds.
            host: Where it came from.
        """
        if endpoint is not None and not endpoint.credentials:
            return Verdict.GOOD
        known = {c.username: c for c in endpoint.credentials} if endpoint is not None else {}
        verdict = Verdict.MISSING
        for value in request.fields.get("authorization", ()):
            credentials = parse_credentials(value)
            if credentials is None or credentials.realm != self._realm:
                continue
            secret = known.get(credentials.username)
            ha1 = None if secret is None else self._ha1(secret)
            verdict = self._authenticator.judge(
                credentials, request.method, ha1, now=now, host=host
            )
            if verdict is Verdict.GOOD or verdict is Verdict.STALE:
                return verdict
        return verdict

    def _ha1(self, credentials: Credentials) -> _Ha1:
        return _Ha1(credentials, self._realm)

    def challenge(self, *, now: float, host: str, stale: bool = False) -> list[Header]:
        """The headers of a 401 to a host."""
        values = self._authenticator.challenges(self._realm, now=now, stale=stale, host=host)
        return [("WWW-Authenticate", value) for value in values]


class _Ha1:
    """Gives the HA1 of one user for an algorithm."""

    __slots__ = ("_credentials", "_realm")

    def __init__(self, credentials: Credentials, realm: str) -> None:
        self._credentials = credentials
        self._realm = realm

    def __call__(self, algorithm: str) -> str:
        own = self._credentials
        given = dict(own.digests).get(algorithm)
        if given is not None:
            return given
        if own.ha1:
            # Asterisk: md5_cred holds HA1 itself, so it proves nothing with another hash.
            return own.ha1.lower() if algorithm == "MD5" else ha1_of("", "", own.ha1, algorithm)
        if not own.secret:
            return _NOTHING  # no password is not an empty one
        return ha1_of(own.username, self._realm, own.secret, algorithm)
