"""What a request of ours has proven, realm by realm (RFC 3261 §22.1 and §22.3).

A proxy may ask before the far end does, each for a realm of its own; whoever was content with an
answer gets it again, with the next count of its nonce.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from switchroom.sip.digest import ALGORITHMS, Account, Challenge, parse_challenges, prove
from switchroom.sip.message import Header, Response

MAX_ROUNDS = 6  #: a chain of proxies is shorter; a peer that asks for ever is not answered for ever

_NONE: Mapping[tuple[str, str], _Proof] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Proof:
    """The answer to one realm."""

    challenge: Challenge
    account: Account
    uses: int = 1  #: of its nonce
    was_stale: bool = False  #: it was too late once already: a second time is no bad luck


@dataclass(frozen=True, slots=True)
class Proofs:
    """The answers that a request carries; a value, :meth:`after` a challenge there is another."""

    rounds: int = 0
    _by_realm: Mapping[tuple[str, str], _Proof] = field(default_factory=lambda: _NONE)

    def after(self, response: Response, account: Account | None) -> Proofs | None:
        """The answers to give next, or None where a challenge cannot be answered.

        Args:
            response: A 401 or 407.
            account: Who we are, with what stands beside it for other realms.
        """
        if account is None or self.rounds >= MAX_ROUNDS:
            return None
        kept = {key: replace(each, uses=each.uses + 1) for key, each in self._by_realm.items()}
        answered = False
        for header, name in _HEADERS:
            asked = parse_challenges(response.fields.get(name, []))
            for realm in dict.fromkeys(challenge.realm for challenge in asked):
                before = self._by_realm.get((header, realm))
                here = [challenge for challenge in asked if challenge.realm == realm]
                is_stale = any(challenge.is_stale for challenge in here)
                if before is not None and (not is_stale or before.was_stale):
                    return None  # wrong once is wrong, too late once is bad luck
                proof = _best(here, account.for_realm(realm))
                if proof is not None:
                    kept[header, realm] = replace(proof, was_stale=before is not None)
                    answered = True
        return Proofs(self.rounds + 1, kept) if answered else None

    def headers(self, method: str, uri: str, token: Callable[[], str]) -> tuple[Header, ...]:
        """The Authorization and Proxy-Authorization headers.

        Args:
            method: Of the request.
            uri: Its Request-URI.
            token: Gives a new random token.
        """
        return tuple(
            (header, prove(p.challenge, p.account, method, uri, cnonce=token(), count=p.uses))
            for (header, _), p in self._by_realm.items()
        )


NO_PROOFS = Proofs()  #: of a request that nobody has challenged

_HEADERS = (
    ("Authorization", "www-authenticate"),
    ("Proxy-Authorization", "proxy-authenticate"),
)


def _best(challenges: list[Challenge], account: Account | None) -> _Proof | None:
    """The answer with the strongest algorithm that the account can be used with."""
    if account is None:
        return None
    usable = [each for each in challenges if not account.ha1 or each.algorithm == "MD5"]
    usable.sort(key=lambda each: ALGORITHMS.index(each.algorithm))
    return _Proof(usable[0], account) if usable else None
