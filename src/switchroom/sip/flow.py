"""Where a message came from, and the way back."""

from __future__ import annotations

from typing import NamedTuple

Address = tuple[str, int]


class Flow(NamedTuple):
    """One path to one peer: a pair of UDP addresses, or a connection (RFC 5626 §2)."""

    protocol: str  #: ``udp``, ``tcp``, …
    remote: Address
    local: Address
    connection: int = 0  #: tells connections to one remote apart; 0 for UDP and not yet connected
    name: str = ""  #: the host that led to ``remote``: what a certificate must be made out to

    @property
    def is_reliable(self) -> bool:
        """Whether the transport retransmits by itself."""
        return self.protocol != "udp"


def host_for_uri(host: str) -> str:
    """An IPv6 address in brackets, anything else as it is."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
