"""Records as events, where ``cdr_manager.conf`` or ``cel.conf`` asks for them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.channel_settings import AmaFlag
from switchroom.pbx.records.cdr_told import RecordTold
from switchroom.pbx.records.cel_told import EventTold
from switchroom.storage.cel_record import CelType


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


@told_as(EventTold, Privilege.CALL)
def channel_event(view: Snapshots, event: EventTold) -> Iterator[Told]:
    """Something happened to a channel (CEL)."""
    kept = event.record
    is_own = kept.event is CelType.USER_DEFINED
    shows_own = is_own and event.shows_user_events
    headers = [
        ("EventName", kept.user_event if shows_own else str(kept.event)),
        ("AccountCode", kept.account),
        ("CallerIDnum", kept.caller_number),
        ("CallerIDname", kept.caller_name),
        ("CallerIDani", kept.ani),
        ("CallerIDrdnis", kept.rdnis),
        ("CallerIDdnid", kept.dnid),
        ("Exten", kept.extension),
        ("Context", kept.context),
        ("Channel", kept.channel),
        ("Application", kept.application),
        ("AppData", kept.data),
        ("EventTime", _moment(kept.at)),
        ("AMAFlags", AmaFlag(kept.ama_flag).name),
        ("UniqueID", kept.unique_id),
        ("LinkedID", kept.linked_id),
        ("UserField", kept.user_field),
        ("Peer", kept.peer),
        ("PeerAccount", kept.peer_account),
        ("Extra", kept.extra),
    ]
    if is_own and not shows_own:
        headers.insert(1, ("UserDefType", kept.user_event))
    yield "CEL", headers


def _moment(at: float | None) -> str:
    if at is None:
        return ""
    return datetime.datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
