"""Option letters of Queue(). No application itself."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """Option letters of Queue."""

    routine_there: str = option(
        "b", "Run a routine on each member's channel before it rings.", default=""
    )
    routine_here: str = option(
        "B", "Run a routine on the caller's channel before that.", default=""
    )
    elsewhere: bool = option("C", "Tell members that did not answer that another did.")
    go_on: bool = option("c", "Go on in the dialplan when the agent hangs up.")
    data_quality: bool = option("d", "Ask for a transparent call, for data.")
    called_goes_on: str = option(
        "F", "The agent goes on there when the caller hangs up.", default=""
    )
    called_ends: bool = option("h", "The agent may end the call by a code.")
    calling_ends: bool = option("H", "The caller may end the call by a code.")
    keep_forwards: bool = option("i", "Members may not send the call elsewhere.")
    keeps_connected: bool = option("I", "The caller is not told who answered.")
    called_parks: bool = option("k", "The agent may park the call by a code.")
    calling_parks: bool = option("K", "The caller may park the call by a code.")
    music: str = option("m", "Music, of this class, instead of the queue's.", default="")
    once: bool = option("n", "Leave when nobody answered the first time.")
    ring: bool = option("r", "The caller hears ringing instead of music.")
    ring_when_offered: bool = option("R", "The caller hears ringing while somebody is rung.")
    called_transfers: bool = option("t", "The agent may transfer by a code.")
    calling_transfers: bool = option("T", "The caller may transfer by a code.")
    called_records: bool = option("w", "The agent may record by a code.")
    calling_records: bool = option("W", "The caller may record by a code.")
    called_mixes: bool = option("x", "The agent may record, mixed, by a code.")
    calling_mixes: bool = option("X", "The caller may record, mixed, by a code.")


NO_OPTIONS = QueueOptions()
