"""``meetme.conf``: the numbers of conference rooms and their PINs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.base.text import leading_int
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry

#: Of ``[general]``: of a hardware that is not there, or of scheduled conferences in a database.
_NO_EFFECT = frozenset(
    {"audiobuffers", "schedule", "logmembercount", "fuzzystart", "earlyalert", "endalert",
     "extendby"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeetMeRoom:
    """One number."""

    number: str
    pin: str = ""
    admin_pin: str = ""
    options: str = ""  #: letters of MeetMe() that count besides those given
    admin_options: str = ""  #: the same, for who has keyed the administrators' PIN
    most: int = 0  #: people; 0: any


@dataclass(frozen=True, slots=True)
class MeetMeConfig:
    """What the file says."""

    rooms: Mapping[str, MeetMeRoom] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


def read_meetme(file: ConfigFile) -> MeetMeConfig:
    """Read a ``meetme.conf``.

    Raises:
        ConfigError: A line of ``[rooms]`` is no room.
    """
    warnings = Warnings()
    rooms: dict[str, MeetMeRoom] = {}
    for section in file.sections:
        for entry in section.entries:
            if section.name == "general":
                _warn(entry, warnings)
            elif section.name == "rooms":
                room = _room(entry)
                rooms[room.number] = room
    return MeetMeConfig(MappingProxyType(rooms), tuple(warnings.entries))


def _warn(entry: Entry, warnings: Warnings) -> None:
    if entry.name.lower() not in _NO_EFFECT:
        message = f"unknown option {entry.name!r} of meetme.conf"
        raise ConfigError(message, path=entry.path, line=entry.line)
    warnings.add(f"{entry.name} has no effect (meetme.conf)", entry.path, entry.line)


def room_of_row(row: Mapping[str, str]) -> MeetMeRoom:
    """The room of a row of the table ``meetme``."""
    return MeetMeRoom(
        row.get("confno", ""),
        row.get("pin", ""),
        row.get("adminpin", ""),
        row.get("opts", ""),
        row.get("adminopts", ""),
        max(0, leading_int(row.get("maxusers", "")) or 0),
    )


def _room(entry: Entry) -> MeetMeRoom:
    number, *pins = (part.strip() for part in entry.value.split(","))
    if entry.name.lower() != "conf" or not number or len(pins) > 2:
        message = "expected conf => number[,pin[,adminpin]]"
        raise ConfigError(message, path=entry.path, line=entry.line)
    pin, admin_pin = (*pins, "", "")[:2]
    return MeetMeRoom(number, pin, admin_pin)
