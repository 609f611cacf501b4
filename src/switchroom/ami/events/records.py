"""Call records as events, where ``cdr_manager.conf`` asks for them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.cdr_told import RecordTold


@told_as(RecordTold, Privilege.CDR)
def record(view: Snapshots, event: RecordTold) -> Iterator[Told]:
    """A call record is finished."""
    kept, now = event.record, view.pbx.now()
    extra = [(label, kept.variables.get(name, "")) for name, label in event.mappings]
    yield (
        "Cdr",
        [
            ("AccountCode", kept.accountcode),
            ("Source", kept.src),
            ("Destination", kept.dst),
            ("DestinationContext", kept.dcontext),
            ("CallerID", kept.clid),
            ("Channel", kept.channel),
            ("DestinationChannel", kept.dstchannel),
            ("LastApplication", kept.lastapp),
            ("LastData", kept.lastdata),
            ("StartTime", _moment(kept.start)),
            ("AnswerTime", _moment(kept.answer)),
            ("EndTime", _moment(kept.end)),
            ("Duration", str(int(kept.duration(now)))),
            ("BillableSeconds", str(int(kept.talked(now)))),
            ("Disposition", str(kept.disposition)),
            ("AMAFlags", kept.amaflags),
            ("UniqueID", kept.uniqueid),
            ("UserField", kept.userfield),
            *extra,
        ],
    )


def _moment(at: float | None) -> str:
    if at is None:
        return ""
    return datetime.datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
