"""Random names of things: branches, tags, Call-IDs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

TOKEN_BYTES = 8
_AT_ONCE = 256  #: tokens; asking the system for each one takes four times as long


def random_tokens() -> Iterator[str]:
    """Tokens of 16 hexadecimal digits without end, from the system's random numbers."""
    while True:
        drawn = secrets.token_hex(TOKEN_BYTES * _AT_ONCE)
        for at in range(0, len(drawn), 2 * TOKEN_BYTES):
            yield drawn[at : at + 2 * TOKEN_BYTES]
