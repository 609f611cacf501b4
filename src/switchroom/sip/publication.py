"""State that peers publish (RFC 3903): kept until it expires, known by its entity tag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from switchroom.sip.message import Header, Request
from switchroom.sip.subscription import expires_of

MAX_PUBLICATIONS = 10_000
SHORTEST, LONGEST = 60, 3600  #: seconds that are granted


@dataclass(frozen=True, slots=True)
class Publication:
    """What one device says of one resource."""

    event: str
    resource: str
    owner: str  #: whoever published it; nobody else may change it
    content_type: str
    body: bytes
    expires_at: float


@dataclass(frozen=True, slots=True)
class Published:
    """The answer to a PUBLISH, and whether the state is another now."""

    status: int
    headers: tuple[Header, ...] = ()
    is_changed: bool = False


class Publications:
    """All publications of a node; pure.

    Args:
        token: Makes entity tags.
    """

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        self._by_tag: dict[str, Publication] = {}  # the one that changed last is the last

    def __len__(self) -> int:
        return len(self._by_tag)

    def publish(
        self, request: Request, event: str, resource: str, *, owner: str, now: float
    ) -> Published:
        """Take one PUBLISH of somebody who may (§6).

        Args:
            request: Authenticated, its event known.
            event: Of its Event header, without parameters.
            resource: Whom it is about.
            owner: Who sends it.
            now: Seconds.
        """
        wanted = expires_of(request)
        if 0 < wanted < SHORTEST:
            return Published(423, (("Min-Expires", str(SHORTEST)),))
        tags = request.fields.get("sip-if-match", [])
        if len(tags) > 1:
            return Published(400)
        before: Publication | None = None
        if tags:
            before = self._by_tag.get(tags[0].strip())
            key = (event, resource, owner)
            if before is None or (before.event, before.resource, before.owner) != key:
                return Published(412)
        elif not request.body:
            return Published(400)  # there is nothing to begin with
        elif len(self._by_tag) >= MAX_PUBLICATIONS:
            return Published(503, (("Retry-After", "60"),))
        granted = min(wanted, LONGEST)
        if tags:
            del self._by_tag[tags[0].strip()]
        tag = self._token()
        if granted:
            body = request.body or (before.body if before is not None else b"")
            kind = request.get("content-type") if request.body else ""
            kind = kind or (before.content_type if before is not None else "")
            made = Publication(event, resource, owner, kind, body, now + granted)
            self._by_tag[tag] = made
        is_changed = not granted or before is None or bool(request.body)
        return Published(200, (("SIP-ETag", tag), ("Expires", str(granted))), is_changed)

    def current(self, event: str, resource: str) -> Publication | None:
        """What counts of a resource: what was said last, of what has not expired."""
        found = None
        for each in self._by_tag.values():
            if (each.event, each.resource) == (event, resource):
                found = each
        return found

    def expire(self, *, now: float) -> list[tuple[str, str]]:
        """Drop what has expired; returns events and resources that this may change."""
        gone = {tag: each for tag, each in self._by_tag.items() if each.expires_at <= now}
        for tag in gone:
            del self._by_tag[tag]
        return list(dict.fromkeys((each.event, each.resource) for each in gone.values()))

    def next_expiry(self) -> float | None:
        """When :meth:`expire` is to be called."""
        return min((each.expires_at for each in self._by_tag.values()), default=None)
