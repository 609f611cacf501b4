"""Which of our addresses a peer sees, where a socket is bound to all of them."""

from __future__ import annotations

import socket
from functools import lru_cache

WILDCARDS = frozenset({"", "0.0.0.0", "::"})  # compared with, not bound


@lru_cache(maxsize=4096)
def local_host_towards(remote: str) -> str:
    """The local address that packets to ``remote`` leave from; nothing is sent.

    Args:
        remote: A numeric IPv4 or IPv6 address.
    """
    family = socket.AF_INET6 if ":" in remote else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((remote, 9))
        except OSError:
            return "::1" if family == socket.AF_INET6 else "127.0.0.1"
        return str(probe.getsockname()[0])
