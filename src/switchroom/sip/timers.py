"""The timers of RFC 3261 (table 4) in seconds."""

from __future__ import annotations

T1 = 0.5  #: round-trip estimate (§17.1.1.1)
T2 = 4.0  #: longest gap between retransmissions of a non-INVITE request or an INVITE response
T4 = 5.0  #: how long a message may stay in the network
GIVE_UP = 64 * T1  #: timers B, F, H, L, M and the wait for an ACK
