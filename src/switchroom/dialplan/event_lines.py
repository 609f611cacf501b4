"""Lines of channel events, quickly where a line is nothing but fields of the event.

A call has a dozen events, and most lines are what the original's sample has: its fields in quotes.
Those are read from the record itself; any other line is substituted as in the dialplan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.dialplan.record_lines import EventStandIn, LineTemplate, event_time
from switchroom.dialplan.references import split_parts
from switchroom.pbx.pbx import Pbx
from switchroom.storage.cel_record import CelRecord, CelType

Piece = Callable[[CelRecord], str]

_QUOTED = re.compile(r"CSV_QUOTE\(\$\{(?P<inner>[^{}]*)\}\)\Z")
_CALL = re.compile(r"(?P<name>[A-Z]+)\((?P<item>\w+)\)\Z")

#: By reference, the arguments of functions in lower case.
_FIELDS: Mapping[str, Piece] = MappingProxyType(
    {
        "eventtype": lambda record: str(record.event),
        "eventenum": lambda record: str(CelType(record.event).number),
        "userdeftype": lambda record: record.user_event,
        "eventextra": lambda record: record.extra,
        "BRIDGEPEER": lambda record: record.peer,
        "CALLERID(name)": lambda record: record.caller_name,
        "CALLERID(num)": lambda record: record.caller_number,
        "CALLERID(ani)": lambda record: record.ani,
        "CALLERID(rdnis)": lambda record: record.rdnis,
        "CALLERID(dnid)": lambda record: record.dnid,
        "CHANNEL(exten)": lambda record: record.extension,
        "CHANNEL(context)": lambda record: record.context,
        "CHANNEL(channame)": lambda record: record.channel,
        "CHANNEL(appname)": lambda record: record.application,
        "CHANNEL(appdata)": lambda record: record.data,
        "CHANNEL(amaflags)": lambda record: str(record.ama_flag),
        "CHANNEL(accountcode)": lambda record: record.account,
        "CHANNEL(peeraccount)": lambda record: record.peer_account,
        "CHANNEL(uniqueid)": lambda record: record.unique_id,
        "CHANNEL(linkedid)": lambda record: record.linked_id,
        "CHANNEL(userfield)": lambda record: record.user_field,
    }
)


class EventLine:
    """One line as it is written.

    Args:
        pbx: Whose functions.
        text: With ``${}`` and ``$[]``.
        stand_in: For lines that are more than fields.
        date_format: Of ``${eventtime}``; empty: seconds since 1970.

    Raises:
        DialplanError: A function in it waits, which a record cannot; or it is too complex.
    """

    def __init__(self, pbx: Pbx, text: str, stand_in: EventStandIn, date_format: str) -> None:
        self._template = LineTemplate(pbx, text)
        self._stand_in = stand_in
        self._pieces = pieces_of(text, date_format)

    def line(self, record: CelRecord) -> str:
        """The line of an event, its end included; what would break it becomes a blank."""
        if self._pieces is None:
            return self._template.line(self._stand_in.show(record))
        text = "".join([piece(record) for piece in self._pieces])
        return text.replace("\r", " ").replace("\n", " ") + "\n"


def pieces_of(text: str, date_format: str) -> list[Piece] | None:
    """A line as pieces that a record gives; None where it is more than its fields."""
    pieces: list[Piece] = []
    for part in split_parts(text):
        piece = _constant(part.text) if part.kind == "text" else None
        if part.kind == "variable":
            quoted = _QUOTED.match(part.text)
            piece = _field(quoted["inner"] if quoted is not None else part.text, date_format)
            if piece is not None and quoted is not None:
                piece = _in_quotes(piece)
        if piece is None:
            return None
        pieces.append(piece)
    return pieces


def _constant(text: str) -> Piece:
    return lambda _: text


def _field(reference: str, date_format: str) -> Piece | None:
    if reference == "eventtime":
        return lambda record: event_time(record.at, date_format)
    match = _CALL.match(reference)
    return _FIELDS.get(f"{match['name']}({match['item'].lower()})" if match else reference)


def _in_quotes(piece: Piece) -> Piece:
    def quoted(record: CelRecord) -> str:
        value = piece(record)
        return f'"{value}"' if '"' not in value else '"' + value.replace('"', '""') + '"'

    return quoted
