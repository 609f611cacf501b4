"""The error of this package."""

from __future__ import annotations

from switchroom.base.errors import DialplanError


class CannotSayError(DialplanError):
    """There are no prompts for such a value."""
