"""What a request is refused with."""

from __future__ import annotations

from switchroom.base.errors import SwitchroomError


class AriError(SwitchroomError):
    """A request cannot be fulfilled.

    Args:
        status: Of HTTP.
        message: For whoever asked.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
