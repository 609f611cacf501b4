"""Registrations (RFC 3261 §10.3): bindings in, a request, bindings and an answer out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addrs
from switchroom.sip.message import Header, Request
from switchroom.sip.uri import parse_uri

MAX_CONTACTS_IN_REQUEST = 32  #: a phone sends one, a gateway a handful


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of an address of record."""

    uri: str
    expires_at: float  #: on the clock that :func:`register` was given
    call_id: str
    cseq: int
    user_agent: str = ""
    path: tuple[str, ...] = ()  #: RFC 3327
    source: str = ""  #: ``protocol:host:port`` it came from


@dataclass(frozen=True, slots=True)
class RegistrarPolicy:
    """What bounds the bindings of one address of record; seconds."""

    minimum: int = 60
    maximum: int = 7200
    default: int = 3600
    max_contacts: int = 1
    remove_existing: bool = False
    unavailable: frozenset[str] = frozenset()  #: contacts that make room for new ones first


@dataclass(frozen=True, slots=True)
class Registration:
    """The answer, and the bindings from now on."""

    status: int
    reason: str
    bindings: tuple[Binding, ...]
    headers: tuple[Header, ...] = ()
    added: tuple[Binding, ...] = ()  #: new ones and refreshed ones
    removed: tuple[Binding, ...] = ()
    refreshed: frozenset[str] = frozenset()  #: the URIs of those that were there before

    @property
    def changes(self) -> bool:
        """Whether the bindings are others than before."""
        return bool(self.added or self.removed)


def register(
    request: Request,
    bindings: Sequence[Binding],
    policy: RegistrarPolicy,
    *,
    now: float,
    source: str = "",
) -> Registration:
    """Apply one REGISTER; all of it or nothing (RFC 3261 §10.3 step 7).

    Args:
        request: Validated and authenticated.
        bindings: Those of the address of record until now.
        policy: Its bounds.
        now: Seconds.
        source: Kept in the bindings.

    Raises:
        RemoteSipError: A Contact or an expiry that cannot be read; 400.
    """
    live = [b for b in bindings if b.expires_at > now]
    expired = [b for b in bindings if b.expires_at <= now]
    contacts = request.fields.get("contact", [])
    if contacts == ["*"]:
        return _remove_all(request, live, expired)
    addresses = parse_name_addrs(contacts)
    if len(addresses) > MAX_CONTACTS_IN_REQUEST:
        raise RemoteSipError("Too many Contacts")
    kept = {_key(b.uri): b for b in live}
    added: list[Binding] = []
    removed = expired
    for address in addresses:
        expires = _expiry(address, request, policy)
        before = kept.pop(_key(address.uri), None)
        if before is not None and _is_old(request, before):
            return Registration(500, "Out of order", tuple(live))
        if expires == 0:
            removed += [before] if before is not None else []
            continue
        if expires < policy.minimum:
            header = ("Min-Expires", str(policy.minimum))
            return Registration(423, "Interval Too Brief", tuple(live), (header,))
        binding = _binding(address, request, now + expires, source)
        kept[_key(address.uri)] = binding
        added.append(binding)
    surplus = len(kept) - policy.max_contacts if policy.max_contacts else 0
    if surplus > 0:
        oldest = _dispensable([b for b in kept.values() if b not in added], policy)
        if surplus > len(oldest):
            return Registration(403, "Too many contacts", tuple(live))
        for binding in oldest[:surplus]:
            removed.append(kept.pop(_key(binding.uri)))
    removed += _renamed(live, added)
    refreshed = {b.uri for b in live} & {b.uri for b in added}
    result = _accept(tuple(kept.values()), now, tuple(added), tuple(removed))
    return replace(result, refreshed=frozenset(refreshed)) if refreshed else result


def _renamed(live: Sequence[Binding], added: Sequence[Binding]) -> list[Binding]:
    """Those whose place one with other parameters has taken."""
    new = {_key(b.uri): b.uri for b in added}
    return [b for b in live if new.get(_key(b.uri), b.uri) != b.uri]


def _dispensable(bindings: Sequence[Binding], policy: RegistrarPolicy) -> list[Binding]:
    """Those that make room for new ones, the first ones first."""
    gone = [b for b in bindings if b.uri in policy.unavailable]
    return gone + [b for b in bindings if b not in gone] if policy.remove_existing else gone


def _binding(address: NameAddr, request: Request, expires_at: float, source: str) -> Binding:
    return Binding(
        address.uri,
        expires_at,
        request.call_id,
        request.cseq[0],
        request.get("user-agent"),
        tuple(request.all("path")),
        source,
    )


def _is_old(request: Request, binding: Binding) -> bool:
    """Whether a later request of the same client has been applied (RFC 3261 §10.3 step 7)."""
    return binding.call_id == request.call_id and request.cseq[0] <= binding.cseq


def _remove_all(request: Request, live: list[Binding], expired: list[Binding]) -> Registration:
    if request.get("expires").strip() != "0":
        raise RemoteSipError("Contact * needs Expires 0")
    if any(_is_old(request, binding) for binding in live):
        return Registration(500, "Out of order", tuple(live))
    return Registration(200, "OK", (), removed=(*expired, *live))


def _accept(
    bindings: tuple[Binding, ...],
    now: float,
    added: tuple[Binding, ...],
    removed: tuple[Binding, ...],
) -> Registration:
    headers = tuple(
        ("Contact", f"<{b.uri}>;expires={max(0, round(b.expires_at - now))}") for b in bindings
    )
    return Registration(200, "OK", bindings, headers, added, removed)


def _expiry(address: NameAddr, request: Request, policy: RegistrarPolicy) -> int:
    text = address.parameters.get("expires") or request.get("expires")
    if not text:
        return policy.default
    # An unreadable or overlarge value counts as the default (RFC 3261 §10.2.1.1, §20.19).
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return policy.default
    return min(int(text), policy.maximum)


def _key(uri: str) -> tuple[str, str, str, int | None, str]:
    """What tells two contacts apart (RFC 3261 §19.1.4, without parameters that mean nothing here).

    Raises:
        RemoteSipError: Not a SIP URI.
    """
    parsed = parse_uri(uri)
    return (parsed.scheme, parsed.user, parsed.host, parsed.port, parsed.transport or "udp")
