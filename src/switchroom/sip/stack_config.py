"""What bounds and names a SIP core."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.sip.timers import GIVE_UP, T1

SERVED_METHODS = frozenset(
    {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "UPDATE"}
)


@dataclass(frozen=True, slots=True)
class StackConfig:
    """What bounds and names a stack."""

    user_agent: str = "Switchroom"
    methods: frozenset[str] = SERVED_METHODS  #: what is served; others get 405 or 501
    extensions: frozenset[str] = frozenset()  #: option tags that are told as Supported
    understood: frozenset[str] = frozenset()  #: further ones that Require may name
    #: Methods that are handed up though they name a dialog that is not known here: a NOTIFY of a
    #: subscription that somebody else keeps.
    stray: frozenset[str] = frozenset()
    max_forwards: int = 70  #: of our requests
    max_transactions: int = 200_000  #: of both kinds; above it a request gets 503 at once
    max_sessions: int = 20_000  #: above it an INVITE gets 503 at once
    t1: float = T1  #: seconds until what is not answered is sent again
    timer_b: float = GIVE_UP  #: seconds until an INVITE that nobody answers is given up
    compacts: bool = False  #: headers have their short names in what we send
