"""Where endpoints are: permanent and registered contacts, kept over a restart in the AstDB."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchroom.channels.sip.endpoints.endpoint import Aor, SipSettings
from switchroom.sip.flow import Flow
from switchroom.sip.message import Request
from switchroom.sip.registrar import Binding, RegistrarPolicy, Registration, register

if TYPE_CHECKING:
    from switchroom.storage.database import Database

logger = logging.getLogger(__name__)

_FIELDS = tuple(each.name for each in dataclasses.fields(Binding))
_as_json = json.JSONEncoder(separators=(",", ":")).encode  # json.dumps() makes one at each call
FAMILY = "registrar/contact"  #: where the original keeps them too


@dataclass(slots=True)
class Contact:
    """One place where an address of record can be reached."""

    aor: str
    uri: str
    flow: Flow | None = None  #: what it registered over; None for permanent contacts
    reachable: bool | None = None  #: what OPTIONS found; None: not asked
    round_trip: float | None = None  #: seconds
    path: tuple[str, ...] = ()  #: Route headers of requests to it (RFC 3327)
    source: tuple[str, str, int] | None = None  #: protocol, host and port it registered from
    expires_at: float = 0.0  #: on the wall clock; 0: never
    user_agent: str = ""
    call_id: str = ""  #: of its registration

    @property
    def id(self) -> str:
        """What the dialplan and AMI call it; a permanent one has two ``@``."""
        digest = hashlib.md5(self.uri.encode("utf-8", "surrogateescape"), usedforsecurity=False)
        return f"{self.aor}{';@' if self.expires_at else '@@'}{digest.hexdigest()}"

    @property
    def status(self) -> str:
        """Whether it answers, in the words of the CLI."""
        if self.reachable is None:
            return "NonQualified"
        return "Reachable" if self.reachable else "Unreachable"


class Location:
    """The contacts of every address of record.

    Args:
        astdb: Keeps registrations.
    """

    def __init__(self, astdb: Database) -> None:
        self._astdb = astdb
        self._bindings: dict[str, tuple[Binding, ...]] = {}
        self._contacts: dict[tuple[str, str], Contact] = {}

    def load(self, settings: SipSettings) -> None:
        """Take up what was registered before a restart, as far as it is still valid."""
        now = _wall_clock()
        for name in settings.aors:
            stored = self._astdb.get(FAMILY, name)
            if stored is None:
                continue
            try:
                bindings = [_binding(raw) for raw in json.loads(stored)]
            except (ValueError, TypeError, KeyError) as error:
                logger.warning("ignoring the stored contacts of %s: %s", name, error)
                continue
            self._bindings[name] = tuple(b for b in bindings if b.expires_at > now)

    def register(self, request: Request, aor: Aor, flow: Flow) -> Registration:
        """Apply one authenticated REGISTER.

        Raises:
            RemoteSipError: Its contacts cannot be read.
        """
        policy = RegistrarPolicy(
            aor.minimum_expiration,
            aor.maximum_expiration,
            aor.default_expiration,
            aor.max_contacts,
            aor.remove_existing,
            self._unavailable(aor),
        )
        source = f"{flow.protocol}:{flow.remote[0]}:{flow.remote[1]}"
        before = self._bindings.get(aor.name, ())
        result = register(request, before, policy, now=_wall_clock(), source=source)
        if result.status == 200 and aor.support_path:
            # RFC 3327 §5.3: so that the phone sees through whom it will be called.
            path = tuple(("Path", value) for value in request.all("path"))
            result = dataclasses.replace(result, headers=(*result.headers, *path))
        if result.status == 200 and result.bindings != before:
            self._bindings[aor.name] = result.bindings
            # Also of a contact that is the same but for a parameter, which has taken its place.
            for uri in {each.uri for each in before} - {each.uri for each in result.bindings}:
                self._contacts.pop((aor.name, uri), None)
            for binding in result.added:
                self._contact(aor.name, binding.uri).flow = flow
        return result

    def expire(self) -> dict[str, tuple[Binding, ...]]:
        """Drop registrations that were not refreshed; returns them by address of record."""
        now = _wall_clock()
        gone: dict[str, tuple[Binding, ...]] = {}
        for name, bindings in self._bindings.items():
            if any(each.expires_at <= now for each in bindings):
                gone[name] = tuple(each for each in bindings if each.expires_at <= now)
        for name, over in gone.items():
            self._bindings[name] = tuple(b for b in self._bindings[name] if b not in over)
            for binding in over:
                self._contacts.pop((name, binding.uri), None)
        return gone

    def _unavailable(self, aor: Aor) -> frozenset[str]:
        if not aor.remove_unavailable:
            return frozenset()
        return frozenset(c.uri for c in self.contacts(aor) if c.reachable is False)

    async def store(self, name: str) -> None:
        """Return once the contacts of an address of record are on disk.

        Raises:
            SwitchroomError: The disk refused.
        """
        bindings = self._bindings.get(name, ())
        if bindings:
            raw = [{each: getattr(binding, each) for each in _FIELDS} for binding in bindings]
            await self._astdb.put(FAMILY, name, _as_json(raw))
        else:
            await self._astdb.delete(FAMILY, name)

    def contacts(self, aor: Aor) -> Sequence[Contact]:
        """Permanent contacts first, then the registered ones, the newest last."""
        now = _wall_clock()
        found = [self._contact(aor.name, uri) for uri in aor.contacts]
        for binding in self._bindings.get(aor.name, ()):
            if binding.expires_at > now:
                contact = self._contact(aor.name, binding.uri)
                contact.source = _source(binding.source)
                contact.expires_at = binding.expires_at
                contact.user_agent, contact.call_id = binding.user_agent, binding.call_id
                contact.path = binding.path if aor.support_path else ()
                found.append(contact)
        return found

    def forget_flows(self) -> None:
        """The connections and sockets that contacts registered over are no more."""
        for contact in self._contacts.values():
            contact.flow = None

    def _contact(self, aor: str, uri: str) -> Contact:
        return self._contacts.setdefault((aor, uri), Contact(aor, uri))


def _source(text: str) -> tuple[str, str, int] | None:
    """From ``udp:192.0.2.1:5060``; an IPv6 address has colons of its own."""
    protocol, _, rest = text.partition(":")
    host, _, port = rest.rpartition(":")
    return (protocol, host, int(port)) if host and port.isdigit() else None


def _binding(raw: dict[str, Any]) -> Binding:
    return Binding(**{**raw, "path": tuple(raw["path"])})


def _wall_clock() -> float:
    return time.time()  # noqa: TID251  # registrations outlive the process, so wall-clock time
