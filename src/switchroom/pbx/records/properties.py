"""Whether and how a channel gets a call record."""

from __future__ import annotations

from dataclasses import dataclass, field

from switchroom.storage.call_record import CallRecord


@dataclass(slots=True)
class RecordProperties:
    """Of one channel, by ``channel.datastore(RecordProperties)``, for whoever writes records."""

    is_disabled: bool | None = None  #: None: as ``cdr.conf`` says
    is_party_a: bool = False  #: of two that are bridged, this one's record is the call's
    #: What records say in place of a channel that this one talks with, by its name.
    destination_names: dict[str, str] = field(default_factory=dict)


class RecordVariables(dict[str, str]):
    """What the dialplan added to a channel's record, by name in lower case."""


@dataclass(slots=True)
class FinishedRecord:
    """Of a stand-in for a call that is over: its record, for whoever asks ``CDR()``."""

    record: CallRecord | None = None
