"""The SIP side as actions see it: what the CLI shows too, by the shape of its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from switchroom.channels.sip.service import SipService

Parameters = tuple[tuple[str, str], ...]


class ContactFacts(Protocol):
    """A contact of an address of record."""

    @property
    def aor(self) -> str: ...  # noqa: D102  # plain values, named by what they are
    @property
    def uri(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def round_trip(self) -> float | None: ...  # noqa: D102


class AorFacts(Protocol):
    """An address of record."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def contacts(self) -> Sequence[ContactFacts]: ...  # noqa: D102
    @property
    def parameters(self) -> Parameters: ...  # noqa: D102


class AuthFacts(Protocol):
    """A user name."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def username(self) -> str: ...  # noqa: D102
    @property
    def parameters(self) -> Parameters: ...  # noqa: D102


class TransportFacts(Protocol):
    """An address that is listened on."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def protocol(self) -> str: ...  # noqa: D102
    @property
    def bind(self) -> str: ...  # noqa: D102
    @property
    def parameters(self) -> Parameters: ...  # noqa: D102


class IdentifyFacts(Protocol):
    """Addresses that stand for an endpoint."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def endpoint(self) -> str: ...  # noqa: D102
    @property
    def matches(self) -> Sequence[str]: ...  # noqa: D102


class ChannelFacts(Protocol):
    """A channel of an endpoint."""

    @property
    def name(self) -> str: ...  # noqa: D102


class EndpointFacts(Protocol):
    """A configured party."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def auths(self) -> Sequence[AuthFacts]: ...  # noqa: D102
    @property
    def outbound_auths(self) -> Sequence[AuthFacts]: ...  # noqa: D102
    @property
    def aors(self) -> Sequence[AorFacts]: ...  # noqa: D102
    @property
    def transport(self) -> TransportFacts | None: ...  # noqa: D102
    @property
    def identifies(self) -> Sequence[IdentifyFacts]: ...  # noqa: D102
    @property
    def channels(self) -> Sequence[ChannelFacts]: ...  # noqa: D102
    @property
    def parameters(self) -> Parameters: ...  # noqa: D102


class RegistrationFacts(Protocol):
    """Where we are registered ourselves."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def server_uri(self) -> str: ...  # noqa: D102
    @property
    def auth(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def expires_in(self) -> float | None: ...  # noqa: D102
    @property
    def parameters(self) -> Parameters: ...  # noqa: D102


class SipFacts(Protocol):
    """The SIP side as it is now; every answer is ordered by name."""

    def endpoints(self) -> Sequence[EndpointFacts]: ...  # noqa: D102
    def aors(self) -> Sequence[AorFacts]: ...  # noqa: D102
    def auths(self) -> Sequence[AuthFacts]: ...  # noqa: D102
    def registrations(self) -> Sequence[RegistrationFacts]: ...  # noqa: D102
    def register(self, name: str) -> bool: ...  # noqa: D102
    def unregister(self, name: str) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class SipSide:
    """What is shown, and who does what is asked; no service: nothing can be asked of it."""

    facts: SipFacts
    service: SipService | None = None
