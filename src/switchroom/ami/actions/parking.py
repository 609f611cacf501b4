"""Parking lots and who waits there."""

from __future__ import annotations

import asyncio

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, HeaderList, Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.ami.snapshot import Snapshots
from switchroom.base.text import leading_int
from switchroom.parking.lot import Parked
from switchroom.parking.lots import lots_of
from switchroom.pbx.bridging.bridge import Party, party_of


@action("Parkinglots", Privilege.CALL)
def parking_lots(request: Request) -> Reply:
    """List the parking lots."""
    events = [
        Listed(
            "Parkinglot",
            (
                ("Name", name),
                ("StartSpace", str(lot.settings.first)),
                ("StopSpace", str(lot.settings.last)),
                ("Timeout", str(int(lot.settings.parking_time))),
            ),
        )
        for name, lot in sorted(lots_of(request.pbx).lots.items())
    ]
    return listing("Parking lots will follow", "ParkinglotsComplete", events)


def parked_headers(view: Snapshots, parked: Parked[Party], lot: str, now: float) -> HeaderList:
    """A call in its space; who parked it by his device."""
    left = max(0, int(parked.ends_at - now)) if parked.ends_at is not None else 0
    return [
        *view.channel(parked.call.channel, "Parkee"),
        ("ParkerDialString", parked.parker),
        ("Parkinglot", lot),
        ("ParkingSpace", str(parked.space)),
        ("ParkingTimeout", str(left)),
        ("ParkingDuration", str(int(now - parked.parked_at))),
    ]


@action("ParkedCalls", Privilege.CALL)
def parked_calls(request: Request) -> Reply:
    """List the calls that are parked, in one lot or all."""
    wanted = request.get("ParkingLot")
    lots = lots_of(request.pbx).lots
    if wanted and wanted not in lots:
        raise ActionError("Requested parking lot could not be found.")
    now = asyncio.get_running_loop().time()
    view = request.context.hub.snapshots
    events = [
        Listed("ParkedCall", parked_headers(view, parked, name, now))
        for name, lot in sorted(lots.items())
        if not wanted or name == wanted
        for _, parked in sorted(lot.calls.items())
    ]
    return listing(
        "Parked calls will follow", "ParkedCallsComplete", events, ("Total", str(len(events)))
    )


@action("Park", Privilege.CALL)
def park(request: Request) -> Reply:
    """Park a channel."""
    name = request.required("Channel", "Channel not specified")
    channel = request.find(name, f"Channel does not exist: {name}")
    lot = request.get("Parkinglot")
    if lot and lot not in lots_of(request.pbx).lots:
        raise ActionError("Parking lot could not be found")
    options = ""
    timeout = leading_int(request.get("Timeout"))
    if timeout is not None:
        if timeout < 0:
            raise ActionError("Invalid Timeout value.")
        options = f"t({timeout / 1000:g})"
    if space := request.get("ParkingSpace"):
        channel.set_variable("PARKINGEXTEN", space)
    party = party_of(channel)
    other = party.peer.channel if party is not None and party.peer is not None else None
    announced = request.get("AnnounceChannel") or request.get("TimeoutChannel")
    if announced:
        channel.set_variable("BLINDTRANSFER", request.find(announced).name)
    elif other is not None:
        channel.set_variable("BLINDTRANSFER", other.name)

    async def stand() -> None:
        waits = channel.pbx.dialplan.start_application(channel, "Park", f"{lot},{options}")
        if waits is not None:
            await waits

    channel.divert(stand)
    return done("Park successful")
