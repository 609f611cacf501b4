"""How parking is told as channel events (CEL)."""

from __future__ import annotations

from switchroom.parking.events import ParkingChange, ParkingChanged
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelFact, cel_event
from switchroom.storage.cel_record import CelType

_REASONS = {
    ParkingChange.FETCHED: "ParkedCallUnparked",
    ParkingChange.TIMED_OUT: "ParkedCallTimeOut",
    ParkingChange.GAVE_UP: "ParkedCallGiveUp",
}


@cel_event(ParkingChanged, CelType.PARK_START)
def parked(pbx: Pbx, event: ParkingChanged) -> CelFact | None:
    """A call stands in a space."""
    if event.change is not ParkingChange.PARKED:
        return None
    extra = {"parker_dial_string": event.parker, "parking_lot": event.lot}
    return CelFact(event.channel, "", extra)


@cel_event(ParkingChanged, CelType.PARK_END)
def unparked(pbx: Pbx, event: ParkingChanged) -> CelFact | None:
    """It does so no longer."""
    reason = _REASONS.get(event.change)
    if reason is None:
        return None
    extra = {"reason": reason}
    if event.fetcher:
        extra["retriever"] = event.fetcher
    return CelFact(event.channel, "", extra)
