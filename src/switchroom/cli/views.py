"""What the commands show of the SIP side: plain values, filled by whoever runs it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Parameters = tuple[tuple[str, str], ...]  #: names and values, in the order of their names


@dataclass(frozen=True, slots=True)
class ContactView:
    """One contact of an address of record."""

    aor: str
    uri: str
    status: str = "NonQual"  #: ``Avail``, ``Unavail``, ``NonQual`` (not asked), ``Unknown``
    round_trip: float | None = None  #: milliseconds; None: not measured

    @property
    def hash(self) -> str:
        """The short name that the original gives to a contact."""
        digest = hashlib.md5(self.uri.encode("utf-8", "surrogateescape"), usedforsecurity=False)
        return digest.hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class AorView:
    """An address of record with its contacts."""

    name: str
    max_contacts: int
    contacts: tuple[ContactView, ...] = ()
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class AuthView:
    """A user name; never its secret."""

    name: str
    username: str
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class TransportView:
    """An address that is listened on."""

    name: str
    protocol: str
    bind: str  #: ``host:port``
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class IdentifyView:
    """Addresses that stand for an endpoint."""

    name: str
    endpoint: str
    matches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """Where we are registered ourselves."""

    name: str
    server_uri: str
    auth: str = ""  #: the name of what it proves itself with
    status: str = "Unregistered"  #: ``Registered``, ``Rejected``, ``Stopped``
    expires_in: float | None = None  #: seconds until the registrar forgets it
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class SipChannelView:
    """A channel of an endpoint."""

    name: str
    application: str
    state: str
    seconds: float  #: since it was made
    extension: str = ""
    connected: str = ""  #: ``"Bob" <200>``


@dataclass(frozen=True, slots=True)
class EndpointView:
    """A configured party and all that belongs to it."""

    name: str
    caller_number: str = ""
    state: str = "Unavailable"  #: ``Not in use``, ``In use``, ``Ringing``, ``Unavailable`` …
    busy_at: int = 0  #: channels from which on it counts as busy; 0: never
    auths: tuple[AuthView, ...] = ()
    outbound_auths: tuple[AuthView, ...] = ()
    aors: tuple[AorView, ...] = ()
    transport: TransportView | None = None
    identifies: tuple[IdentifyView, ...] = ()
    channels: tuple[SipChannelView, ...] = ()
    parameters: Parameters = ()


class SipView(Protocol):
    """The SIP side as it is now; every answer is ordered by name."""

    def endpoints(self) -> Sequence[EndpointView]:
        """All configured endpoints."""
        ...

    def aors(self) -> Sequence[AorView]:
        """All addresses of record."""
        ...

    def auths(self) -> Sequence[AuthView]:
        """All user names."""
        ...

    def transports(self) -> Sequence[TransportView]:
        """All transports that are open."""
        ...

    def identifies(self) -> Sequence[IdentifyView]:
        """All identify objects."""
        ...

    def registrations(self) -> Sequence[RegistrationView]:
        """All registrations of ours at other registrars."""
        ...

    def settings(self) -> tuple[Parameters, Parameters]:
        """Those that are global, and those of the system."""
        ...

    def identifiers(self) -> Sequence[str]:
        """What requests are identified by, in order."""
        ...

    def register(self, name: str) -> bool:
        """Have a registration of ours made anew; False where there is none of that name."""
        ...

    def unregister(self, name: str) -> bool:
        """Have one taken back."""
        ...


@dataclass(frozen=True, slots=True)
class BanView:
    """A source that is not heard because of failed attempts."""

    source: str
    seconds_left: float
    dropped: int  #: packets since


class GuardView(Protocol):
    """Who is banned now, and the operator's hand on it."""

    def bans(self) -> Sequence[BanView]:
        """All bans, the latest last."""
        ...

    def ban(self, address: str, seconds: float | None) -> None:
        """Hear nothing from an address; None: for as long as the configuration says."""

    def unban(self, address: str) -> bool:
        """Hear an address again; returns whether it was banned."""
        ...
