"""Fax."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.fax.events import FaxEnded, FaxProgressed


@told_as(FaxProgressed, Privilege.CALL)
def progressed(view: Snapshots, event: FaxProgressed) -> Iterator[Told]:
    """How one goes."""
    yield (
        "FAXStatus",
        [
            *view.named(event.channel),
            ("Operation", event.operation),
            ("Status", event.status),
            ("LocalStationID", event.station_id),
            ("FileName", str(event.path)),
        ],
    )


@told_as(FaxEnded, Privilege.CALL)
def ended(view: Snapshots, event: FaxEnded) -> Iterator[Told]:
    """One is over."""
    yield (
        "SendFAX" if event.sends else "ReceiveFAX",
        [
            *view.named(event.channel),
            ("LocalStationID", event.station_id),
            ("RemoteStationID", event.remote_station),
            ("PagesTransferred", str(event.pages)),
            ("Resolution", event.resolution),
            ("TransferRate", str(event.rate)),
            ("FileName", str(event.path)),
        ],
    )
