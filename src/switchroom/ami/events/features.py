"""What features do with calls: recorded, listened to, picked up, parked, sent elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import Snapshots, bridge_headers
from switchroom.parking.events import ParkingChange, ParkingChanged
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.events import (
    AttendedTransferDone,
    HangupHandlerEvent,
    MixMonitorBegan,
    MixMonitorEnded,
    MixMonitorMuted,
    PickedUp,
    SpyBegan,
    SpyEnded,
    TransferDone,
)


@told_as(MixMonitorBegan, Privilege.CALL)
def mix_monitor_began(view: Snapshots, event: MixMonitorBegan) -> Iterator[Told]:
    """A call is recorded."""
    yield "MixMonitorStart", view.named(event.channel)


@told_as(MixMonitorEnded, Privilege.CALL)
def mix_monitor_ended(view: Snapshots, event: MixMonitorEnded) -> Iterator[Told]:
    """A recording is over."""
    yield "MixMonitorStop", view.named(event.channel)


@told_as(MixMonitorMuted, Privilege.CALL)
def mix_monitor_muted(view: Snapshots, event: MixMonitorMuted) -> Iterator[Told]:
    """A recording leaves something out."""
    state = "1" if event.is_muted else "0"
    yield (
        "MixMonitorMute",
        [*view.named(event.channel), ("Direction", event.direction), ("State", state)],
    )


@told_as(SpyBegan, Privilege.CALL)
def spy_began(view: Snapshots, event: SpyBegan) -> Iterator[Told]:
    """Somebody listens in."""
    yield "ChanSpyStart", [*view.named(event.spyer, "Spyer"), *view.named(event.spied, "Spyee")]


@told_as(SpyEnded, Privilege.CALL)
def spy_ended(view: Snapshots, event: SpyEnded) -> Iterator[Told]:
    """Nobody listens in any more."""
    yield "ChanSpyStop", [*view.named(event.spyer, "Spyer"), *view.named(event.spied, "Spyee")]


@told_as(PickedUp, Privilege.CALL)
def picked_up(view: Snapshots, event: PickedUp) -> Iterator[Told]:
    """A channel answers for another."""
    yield "Pickup", [*view.named(event.channel), *view.named(event.target, "Target")]


@told_as(ParkingChanged, Privilege.CALL)
def parking_changed(view: Snapshots, event: ParkingChanged) -> Iterator[Told]:
    """A call was parked, fetched, left for too long, or hung up in its space."""
    parker = _newest_of(view, event.parker)
    headers: HeaderList = view.named(event.channel, "Parkee")
    if event.change is not ParkingChange.PARKED:
        headers += parker
    if event.fetcher:
        headers += view.named(event.fetcher, "Retriever")
    yield (
        str(event.change),
        [
            *headers,
            ("ParkerDialString", event.parker),
            ("Parkinglot", event.lot),
            ("ParkingSpace", str(event.space)),
            ("ParkingTimeout", str(int(event.timeout))),
            ("ParkingDuration", str(int(event.duration))),
        ],
    )


def _newest_of(view: Snapshots, device: str) -> HeaderList:
    """The channel of who parked the call, as far as it is still there."""
    for channel in reversed(view.pbx.channels.values()):
        if channel.name.rpartition("-")[0] == device:
            return view.channel(channel, "Parker")
    return []


@told_as(TransferDone, Privilege.CALL)
def transferred(view: Snapshots, event: TransferDone) -> Iterator[Told]:
    """Somebody sent another one elsewhere."""
    bridge = view.pbx.datastore(Bridges).get(event.bridge)
    yield (
        "BlindTransfer",
        [
            ("Result", "Success"),
            *view.named(event.transferer, "Transferer"),
            *view.named(event.transferee, "Transferee"),
            *(bridge_headers(bridge) if bridge is not None else ()),
            ("IsExternal", "Yes" if event.is_external else "No"),
            ("Context", event.context),
            ("Extension", event.extension),
        ],
    )


@told_as(AttendedTransferDone, Privilege.CALL)
def attended(view: Snapshots, event: AttendedTransferDone) -> Iterator[Told]:
    """Somebody lets the two talk whom it talked with."""
    bridges = view.pbx.datastore(Bridges)
    bridge, left = bridges.get(event.bridge), bridges.get(event.left)
    first, second = event.transferers
    yield (
        "AttendedTransfer",
        [
            ("Result", "Success"),
            *view.channel(first, "OrigTransferer"),
            *(bridge_headers(left, "Orig") if left else [("OrigBridgeUniqueid", event.left)]),
            *view.channel(second, "SecondTransferer"),
            *(bridge_headers(bridge, "Second") if bridge is not None else ()),
            *view.named(event.transferee, "Transferee"),
            *view.named(event.target, "TransferTarget"),
            ("IsExternal", "No"),
            ("DestType", "Bridge"),
            ("DestBridgeUniqueid", event.bridge),
        ],
    )


@told_as(HangupHandlerEvent, Privilege.DIALPLAN)
def hangup_handler(view: Snapshots, event: HangupHandlerEvent) -> Iterator[Told]:
    """A routine for the end of a call."""
    yield f"HangupHandler{event.what}", [*view.named(event.channel), ("Handler", event.handler)]
