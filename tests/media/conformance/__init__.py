"""What every media engine must do: each check takes a fresh stage and raises where it does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.media.conformance import digits, lives, playing, recordings, rooms, talking
from tests.media.conformance.stage import Stage

CHECKS: list[Callable[[Stage], Awaitable[None]]] = [
    check
    for module in (playing, digits, recordings, talking, rooms, lives)
    for name, check in vars(module).items()
    if name.startswith("check_")
]
