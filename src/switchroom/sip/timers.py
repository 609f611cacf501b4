"""The timers of RFC 3261 (table 4) in seconds."""

from __future__ import annotations

T1 = 0.5  #: round-trip estimate (§17.1.1.1)
T2 = 4.0  #: longest gap between retransmissions of a non-INVITE request or an INVITE response
TRYING_AFTER = 0.2  #: how long an INVITE may go without any response (§17.2.1)
T4 = 5.0  #: how long a message may stay in the network
GIVE_UP = 64 * T1  #: timers B, F, H, L, M and the wait for an ACK
