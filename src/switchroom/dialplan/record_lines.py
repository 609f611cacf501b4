"""Lines of records as a configuration file writes them: ``${CSV_QUOTE(${CDR(clid)})},…``.

What stands there is substituted as in the dialplan, on a channel that stands in for the record's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import cast

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Function
from switchroom.dialplan.substitution import Substitution
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import AmaFlag, ChannelSettings
from switchroom.pbx.outsider import outsider
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.properties import FinishedRecord, RecordVariables
from switchroom.storage.call_record import CallRecord
from switchroom.storage.cel_record import CelRecord, CelType


class LineTemplate:
    """One line as it is written.

    Args:
        pbx: Whose functions.
        text: With ``${}`` and ``$[]``.

    Raises:
        DialplanError: A function in it waits, which a record cannot; or it is too complex.
    """

    def __init__(self, pbx: Pbx, text: str) -> None:
        functions = cast("Mapping[str, Function]", pbx.dialplan.functions)
        compiled = Substitution(functions).compile(text)
        if compiled.is_async:
            raise DialplanError(f"a line of a record cannot wait, as a function here does: {text}")
        self._render = cast("Callable[[Channel], str]", compiled.render)

    def line(self, channel: Channel) -> str:
        """The line, its end included; what would break it becomes a blank."""
        return self._render(channel).replace("\r", " ").replace("\n", " ") + "\n"


class CallStandIn:
    """A channel that stands in for those of call records, one after the other.

    Args:
        pbx: The core.
    """

    def __init__(self, pbx: Pbx) -> None:
        self.channel = outsider(pbx)

    def show(self, record: CallRecord) -> Channel:
        """The channel, as the one of ``record``."""
        channel = self.channel
        channel.datastore(FinishedRecord).record = record
        variables = channel.datastore(RecordVariables)
        variables.clear()
        variables.update(record.variables)
        channel.name, channel.unique_id = record.channel, record.uniqueid
        channel.linked_id, channel.account_code = record.linkedid, record.accountcode
        channel.context, channel.extension = record.dcontext, record.dst
        channel.application, channel.data = record.lastapp, record.lastdata
        channel.caller.number = record.src
        settings = channel.datastore(ChannelSettings)
        settings.user_field, settings.peer_account = record.userfield, record.peeraccount
        settings.ama_flag = AmaFlag.__members__.get(record.amaflags, AmaFlag.DOCUMENTATION)
        return channel


class EventStandIn:
    """As :class:`CallStandIn`, of channel events.

    Args:
        pbx: The core.
        date_format: Of ``${eventtime}``, as strftime has it; empty: seconds since 1970.
    """

    def __init__(self, pbx: Pbx, date_format: str = "") -> None:
        self.channel = outsider(pbx)
        self._date_format = date_format

    def show(self, record: CelRecord) -> Channel:
        """The channel, as the one of ``record``, and what happened as variables."""
        channel = self.channel
        channel.name, channel.unique_id = record.channel, record.unique_id
        channel.linked_id, channel.account_code = record.linked_id, record.account
        channel.context, channel.extension = record.context, record.extension
        channel.application, channel.data = record.application, record.data
        caller = channel.caller
        caller.name, caller.number = record.caller_name, record.caller_number
        caller.ani.number, caller.dnid = record.ani, record.dnid
        channel.redirecting.sender.number = record.rdnis
        settings = channel.datastore(ChannelSettings)
        settings.ama_flag, settings.user_field = AmaFlag(record.ama_flag), record.user_field
        settings.peer_account = record.peer_account
        channel.variables.update(
            eventtype=record.event,
            eventenum=str(CelType(record.event).number),
            eventtime=event_time(record.at, self._date_format),
            eventextra=record.extra,
            userdeftype=record.user_event,
            BRIDGEPEER=record.peer,
        )
        return channel


def event_time(moment: float, date_format: str) -> str:
    """``1700000000.250000``, or as somebody wants it."""
    if not date_format:
        return f"{moment:.6f}"
    return time.strftime(date_format, time.localtime(moment))
