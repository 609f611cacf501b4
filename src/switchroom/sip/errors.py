"""What can go wrong in SIP, told apart by whose fault it is."""

from __future__ import annotations

from switchroom.base.errors import SwitchroomError


class SipError(SwitchroomError):
    """Base of the SIP errors."""


class LocalSipError(SipError):
    """We misused the protocol: a call in the wrong state."""


class RemoteSipError(SipError):
    """The peer broke the protocol.

    Args:
        message: What is wrong, short enough for a reason phrase.
        sip_status: What a request with this fault is answered with.
    """

    def __init__(self, message: str, sip_status: int = 400) -> None:
        super().__init__(message)
        self.sip_status = sip_status
