"""What can be wrong with a session description."""

from __future__ import annotations

from typing import ClassVar

from switchroom.base.errors import SwitchroomError


class SdpError(SwitchroomError):
    """A description that cannot be read."""

    sip_status: ClassVar[int] = 400


class NotAcceptableError(SdpError):
    """Offer and configuration have nothing in common."""

    sip_status: ClassVar[int] = 488
