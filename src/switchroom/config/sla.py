"""``sla.conf``: lines that several telephones share, and those telephones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile, Entry, Section

_TYPES = ("trunk", "station")
_TEXT, _NUMBER, _FLAG = Kind.TEXT, Kind.NUMBER, Kind.FLAG
_HOLD = Option(Kind.CHOICE, "open", ("open", "private"), honoured=True)
_GENERAL = MappingProxyType({"attemptcallerid": Option(_FLAG, "no", honoured=True)})
_TRUNK = MappingProxyType(
    {
        "type": Option(Kind.CHOICE, "", _TYPES, honoured=True),
        "device": Option(_TEXT, honoured=True),
        "autocontext": Option(_TEXT, honoured=True),
        "ringtimeout": Option(_NUMBER, "0", honoured=True),
        "barge": Option(_FLAG, "yes", honoured=True),
        "hold": _HOLD,
    }
)
_STATION = MappingProxyType(
    {
        "type": Option(Kind.CHOICE, "", _TYPES, honoured=True),
        "device": Option(_TEXT, honoured=True),
        "autocontext": Option(_TEXT, honoured=True),
        "ringtimeout": Option(_NUMBER, "0", honoured=True),
        "ringdelay": Option(_NUMBER, "0", honoured=True),
        "hold": _HOLD,
        "trunk": Option(_TEXT, honoured=True),
    }
)
_RING_OPTIONS = ("ringdelay", "ringtimeout")


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    """One line."""

    name: str
    device: str  #: that is dialled to get the line
    context: str = ""  #: gets an extension s that takes calls of the line
    ring_timeout: float = 0.0  #: seconds; 0: as long as the caller waits
    allows_barge: bool = True  #: others may join a call that goes on
    is_private: bool = False  #: only who put it on hold may take it up again


@dataclass(frozen=True, slots=True)
class Appearance:
    """A line at a station: a key with a lamp."""

    trunk: str
    ring_delay: float = 0.0  #: seconds
    ring_timeout: float = 0.0  #: seconds; 0: as long as the line rings


@dataclass(frozen=True, slots=True)
class StationSettings:
    """One telephone."""

    name: str
    device: str
    context: str = ""  #: gets the station's extensions and the hints of its lamps
    is_private: bool = False  #: what it puts on hold is for itself alone
    appearances: tuple[Appearance, ...] = ()


@dataclass(frozen=True, slots=True)
class SlaConfig:
    """What the file says."""

    trunks: Mapping[str, TrunkSettings] = field(default_factory=lambda: MappingProxyType({}))
    stations: Mapping[str, StationSettings] = field(default_factory=lambda: MappingProxyType({}))
    shows_caller: bool = False  #: stations see who calls
    warnings: tuple[ConfigWarning, ...] = ()


def read_sla(file: ConfigFile) -> SlaConfig:
    """Read an ``sla.conf``.

    Raises:
        ConfigError: An unknown option or type, no device, or a line that is not there.
    """
    warnings = Warnings()
    trunks: dict[str, TrunkSettings] = {}
    stations: dict[str, StationSettings] = {}
    shows_caller = False
    for section in file.sections:
        if section.is_template:
            continue
        if section.name.lower() == "general":
            options = read_options(section, _GENERAL, what="sla.conf", warnings=warnings)
            shows_caller = options.flag("attemptcallerid")
        elif section.get("type").strip().lower() == "trunk":
            trunks[section.name] = _trunk(section, warnings)
        else:
            stations[section.name] = _station(section, warnings)
    config = SlaConfig(
        MappingProxyType(trunks), MappingProxyType(stations), shows_caller, tuple(warnings.entries)
    )
    _check_lines(file, config)
    return config


def _trunk(section: Section, warnings: Warnings) -> TrunkSettings:
    options = read_options(section, _TRUNK, what="trunk", warnings=warnings)
    return TrunkSettings(
        name=section.name,
        device=_device(section),
        context=options.text("autocontext"),
        ring_timeout=options.number("ringtimeout"),
        allows_barge=options.flag("barge"),
        is_private=options.choice("hold") == "private",
    )


def _station(section: Section, warnings: Warnings) -> StationSettings:
    options = read_options(section, _STATION, what="station", warnings=warnings)
    if options.choice("type") != "station":
        message = f"{section.name}: type is neither trunk nor station"
        raise ConfigError(message, path=section.path, line=section.line)
    delay, timeout = options.number("ringdelay"), options.number("ringtimeout")
    return StationSettings(
        name=section.name,
        device=_device(section),
        context=options.text("autocontext"),
        is_private=options.choice("hold") == "private",
        appearances=tuple(
            _appearance(entry, delay, timeout) for entry in options.written.get("trunk", ())
        ),
    )


def _device(section: Section) -> str:
    device = section.get("device").strip()
    if "/" not in device:
        message = f"{section.name}: expected device = Technology/resource, not {device!r}"
        raise ConfigError(message, path=section.path, line=section.line)
    return device


def _appearance(entry: Entry, delay: float, timeout: float) -> Appearance:
    """``trunk = line1,ringdelay=5,ringtimeout=20``; what is not said is as the station says."""
    name, *parts = (part.strip() for part in entry.value.split(","))
    own = {"ringdelay": delay, "ringtimeout": timeout}
    for part in filter(None, parts):
        key, equals, value = (each.strip() for each in part.partition("="))
        if key.lower() not in _RING_OPTIONS or not equals or not value.isdigit():
            message = f"trunk: expected ringdelay or ringtimeout and seconds, not {part!r}"
            raise ConfigError(message, path=entry.path, line=entry.line)
        own[key.lower()] = float(value)
    return Appearance(name, own["ringdelay"], own["ringtimeout"])


def _check_lines(file: ConfigFile, config: SlaConfig) -> None:
    """Stations have lines that are there, wherever in the file those stand."""
    for section in file.sections:
        if section.name not in config.stations:
            continue
        for entry in section.entries:
            name = entry.value.partition(",")[0].strip()
            if entry.name.lower() == "trunk" and name not in config.trunks:
                message = f"{section.name}: there is no trunk {name!r}"
                raise ConfigError(message, path=entry.path, line=entry.line)
