"""Digest authentication, both sides (RFC 7616, SHA-256 in SIP: RFC 8760, old peers: RFC 2617).

A challenge keeps no state: its nonce carries the time it was made and a keyed hash of it. Only the
counts of nonces in use are remembered, a bounded number of them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters, unquote

NONCE_LIFETIME = 60.0  #: seconds; an older nonce is answered with ``stale=true``
MAX_NC = 16  #: letters of a count; the RFC has 8
MAX_COUNTED_NONCES = 10_000  #: of which the last ``nc`` is remembered

_HASHES: Mapping[str, Callable[[bytes], hashlib._Hash]] = {
    "SHA-256": hashlib.sha256,
    "MD5": hashlib.md5,
}
ALGORITHMS = tuple(_HASHES)  #: all there are, the strongest first


class Verdict(Enum):
    """What credentials are worth."""

    GOOD = auto()
    MISSING = auto()  #: none that concern us: challenge
    STALE = auto()  #: right, but the nonce is old: challenge with ``stale=true``
    FORBIDDEN = auto()  #: it may not come from where it does, whatever it proves
    WRONG = auto()  #: unknown user or wrong password; nobody outside can tell which


@dataclass(frozen=True, slots=True)
class DigestCredentials:
    """An Authorization header, taken apart."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str = "MD5"
    qop: str = ""
    cnonce: str = ""
    nc: str = ""
    opaque: str = ""


def hash_hex(algorithm: str, text: str) -> str:
    """``H(text)`` of RFC 7616 §3.2, in lower-case hex."""
    return _HASHES[algorithm](text.encode("utf-8", "surrogateescape")).hexdigest()


@lru_cache(maxsize=64)
def parse_credentials(value: str) -> DigestCredentials | None:
    """Read an Authorization value; None for other schemes and what is not readable."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    try:
        raw = {name: unquote(v) for name, v in parse_parameters(rest, ",").items()}
    except RemoteSipError:
        return None
    if not all(name in raw for name in ("username", "realm", "nonce", "uri", "response")):
        return None
    algorithm = raw.get("algorithm", "MD5").upper()
    if algorithm not in _HASHES:
        return None
    return DigestCredentials(
        raw["username"], raw["realm"], raw["nonce"], raw["uri"], raw["response"].lower(), algorithm,
        raw.get("qop", "").lower(), raw.get("cnonce", ""), raw.get("nc", ""), raw.get("opaque", ""),
    )  # fmt: skip


def ha1_of(username: str, realm: str, password: str, algorithm: str = "MD5") -> str:
    """What stands for a password in every response (RFC 7616 §3.4.2)."""
    return hash_hex(algorithm, f"{username}:{realm}:{password}")


def response_of(credentials: DigestCredentials, ha1: str, method: str) -> str:
    """The response that whoever knows ``ha1`` would have sent (RFC 7616 §3.4.1)."""
    c = credentials
    ha2 = hash_hex(c.algorithm, f"{method}:{c.uri}")
    if c.qop:
        return hash_hex(c.algorithm, f"{ha1}:{c.nonce}:{c.nc}:{c.cnonce}:{c.qop}:{ha2}")
    return hash_hex(c.algorithm, f"{ha1}:{c.nonce}:{ha2}")


class Authenticator:
    """Challenges requests and judges what comes back.

    Args:
        secret: Keys the nonces; 16 to 32 octets that nobody else knows.
        algorithms: Offered in this order, the preferred one first.
    """

    def __init__(self, secret: bytes, *, algorithms: tuple[str, ...] = ALGORITHMS) -> None:
        self._secret = secret
        self.algorithms = algorithms
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._made = 0

    def challenges(
        self, realm: str, *, now: float, stale: bool = False, host: str = ""
    ) -> list[str]:
        """The WWW-Authenticate values of a 401, one for each algorithm.

        Args:
            realm: Ours.
            now: Seconds.
            stale: Whether what was proved was right and only its nonce was not good any more.
            host: Who is asked: an answer from elsewhere proves nothing of him.
        """
        nonce = self._make_nonce(now, host)
        tail = ",stale=true" if stale else ""
        return [
            f'Digest realm="{realm}",nonce="{nonce}",algorithm={algorithm},qop="auth"{tail}'
            for algorithm in self.algorithms
        ]

    def judge(
        self,
        credentials: DigestCredentials | None,
        method: str,
        ha1: Callable[[str], str] | None,
        *,
        now: float,
        host: str = "",
    ) -> Verdict:
        """Judge credentials.

        Args:
            credentials: What the request carried for our realm.
            method: Of the request.
            ha1: Gives the user's ``HA1`` for an algorithm; None for an unknown user, whose
                response is computed all the same, so that the time taken tells nothing.
            now: Seconds on the clock that :meth:`challenges` was given.
            host: Where they came from. A wrong password with a nonce that another host was given
                counts as none: whoever sends it may have made up where it comes from.
        """
        if credentials is None or credentials.algorithm not in self.algorithms:
            return Verdict.MISSING
        stamp = self._stamp_of(credentials.nonce)
        if stamp is None:
            return Verdict.MISSING
        made_at = int(stamp[0], 16) / 1000
        is_own = stamp[-1] == self._mark(host)
        known = (
            ha1(credentials.algorithm)
            if ha1 is not None
            else hash_hex(credentials.algorithm, "nobody:nowhere:nothing")
        )
        expected = response_of(credentials, known, method)
        right = _is_same(expected, credentials.response)
        if not right or ha1 is None:
            return Verdict.WRONG if is_own else Verdict.MISSING
        if not is_own or not 0 <= now - made_at <= NONCE_LIFETIME or not self._count(credentials):
            return Verdict.STALE
        return Verdict.GOOD

    def _count(self, credentials: DigestCredentials) -> bool:
        """Whether this ``nc`` is new for its nonce (RFC 7616 §3.3: replays)."""
        if not credentials.qop:
            # Nothing counts here, so that an answer that was overheard would be good again.
            count = 1
        elif len(credentials.nc) > MAX_NC:
            return False
        else:
            try:
                count = int(credentials.nc, 16)
            except ValueError:
                return False
        if count <= self._counts.get(credentials.nonce, 0):
            return False
        self._counts[credentials.nonce] = count
        self._counts.move_to_end(credentials.nonce)
        if len(self._counts) > MAX_COUNTED_NONCES:
            self._counts.popitem(last=False)
        return True

    def _make_nonce(self, now: float, host: str) -> str:
        # Counted, so that two clients that are challenged in one millisecond do not share a nonce:
        # the second to answer would look like a replay of the first.
        self._made += 1
        stamp = f"{int(now * 1000):x}-{self._made:x}-{self._mark(host)}"
        return f"{stamp}.{self._sign(stamp)}"

    def _stamp_of(self, nonce: str) -> list[str] | None:
        """When a nonce was made, its number, and for whom; None for one that is not ours."""
        stamp, _, signature = nonce.partition(".")
        if not _is_same(self._sign(stamp), signature):
            return None
        return stamp.split("-")

    def _mark(self, host: str) -> str:
        """What stands for a host in nonces."""
        return self._sign(f"for {host}")[:8] if host else ""

    def _sign(self, stamp: str) -> str:
        octets = stamp.encode("utf-8", "replace")
        return hashlib.blake2s(octets, key=self._secret, digest_size=16).hexdigest()


def _is_same(ours: str, theirs: str) -> bool:
    """Whether two texts are the same; the time taken does not tell where they differ."""
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class Account:
    """What a client proves itself with."""

    username: str
    password: str = field(repr=False)
    realm: str = ""  #: the only realm that it is good for; empty: any
    ha1: str = field(default="", repr=False)  #: HA1 of MD5, where the password is not known
    beside: tuple[Account, ...] = ()  #: accounts for other realms

    def for_realm(self, realm: str) -> Account | None:
        """The account for a realm: its own one first, then one that is good for any."""
        all_of_them = (self, *self.beside)
        own = (each for each in all_of_them if each.realm == realm)
        return next(own, next((each for each in all_of_them if each.realm in {"", "*"}), None))


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate value that we can answer."""

    realm: str
    nonce: str
    algorithm: str
    qop: str  #: ``auth``, or empty where the peer is older than it (RFC 2617)
    opaque: str | None
    is_stale: bool  #: the credentials were right and only their nonce was old


def parse_challenges(values: list[str]) -> list[Challenge]:
    """The challenges whose scheme and algorithm are ours."""
    found: list[Challenge] = []
    for value in values:
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() != "digest":
            continue
        try:
            raw = {name: unquote(v) for name, v in parse_parameters(rest, ",").items()}
        except RemoteSipError:
            continue
        algorithm = raw.get("algorithm", "MD5").upper()
        if algorithm in _HASHES:
            words = raw.get("qop", "").replace(" ", "").split(",")
            found.append(
                Challenge(
                    raw.get("realm", ""),
                    raw.get("nonce", ""),
                    algorithm,
                    "auth" if "auth" in words else "",
                    raw.get("opaque"),
                    raw.get("stale", "").lower() == "true",
                )
            )
    return found


def prove(
    challenge: Challenge, account: Account, method: str, uri: str, *, cnonce: str, count: int = 1
) -> str:
    """The Authorization value that answers a challenge.

    Args:
        challenge: What was asked.
        account: Who we are.
        method: Of the request that is sent again.
        uri: Its Request-URI.
        cnonce: A token of our own.
        count: How often the nonce was used, this time included.
    """
    algorithm, realm = challenge.algorithm, challenge.realm
    nc = f"{count:08x}"
    credentials = DigestCredentials(
        account.username, realm, challenge.nonce, uri, "", algorithm, challenge.qop, cnonce, nc
    )
    ha1 = account.ha1 or ha1_of(account.username, realm, account.password, algorithm)
    value = (
        f'Digest username="{account.username}",realm="{realm}",nonce="{challenge.nonce}",'
        f'uri="{uri}",response="{response_of(credentials, ha1, method)}",algorithm={algorithm}'
    )
    if challenge.qop:
        value += f',cnonce="{cnonce}",qop=auth,nc={nc}'
    if challenge.opaque is not None:
        value += f',opaque="{challenge.opaque}"'
    return value
