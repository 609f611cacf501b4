"""``res_parking.conf``: where calls are parked, for how long, and what happens then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import is_true

DEFAULT_LOT = "default"
MOST_SPACES = 100_000
OLD_PREFIX = "parkinglot_"  #: of the sections of lots in ``features.conf``

#: Who may do something with a call that was fetched: ``caller`` who fetches it, ``callee`` who
#: was parked.
_WHO = ("no", "caller", "callee", "both")

_LOT = MappingProxyType(
    {
        "comebackcontext": Option(Kind.TEXT, "parkedcallstimeout", honoured=True),
        "comebackdialtime": Option(Kind.NUMBER, "30", honoured=True),
        "comebacktoorigin": Option(Kind.FLAG, "yes", honoured=True),
        "context": Option(Kind.TEXT, "parkedcalls", honoured=True),
        "courtesytone": Option(Kind.TEXT, honoured=True),
        "findslot": Option(Kind.CHOICE, "first", ("first", "next"), honoured=True),
        "parkedcallhangup": Option(Kind.CHOICE, "no", _WHO, honoured=True),
        "parkedcallrecording": Option(Kind.CHOICE, "no", _WHO, honoured=True),
        "parkedcallreparking": Option(Kind.CHOICE, "no", _WHO, honoured=True),
        "parkedcalltransfers": Option(Kind.CHOICE, "no", _WHO, honoured=True),
        "parkedmusicclass": Option(Kind.TEXT, honoured=True),
        "parkedplay": Option(Kind.CHOICE, "caller", _WHO, honoured=True),
        "parkext": Option(Kind.TEXT, honoured=True),
        "parkext_exclusive": Option(Kind.FLAG, "no", honoured=True),
        "parkinghints": Option(Kind.FLAG, "no", honoured=True),
        "parkingtime": Option(Kind.NUMBER, "45", honoured=True),
        "parkpos": Option(Kind.TEXT, "701-750", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class FetchedRights:
    """Who may use which codes once a parked call was fetched, or came back."""

    transfers: str = "no"
    reparking: str = "no"
    hangup: str = "no"
    recording: str = "no"


@dataclass(frozen=True, slots=True)
class LotSettings:
    """One parking lot."""

    name: str = DEFAULT_LOT
    context: str = "parkedcalls"
    first: int = 701
    last: int = 750
    extension: str = ""  #: that parks; where there is one each space has an extension that fetches
    is_exclusive: bool = False  #: the extension parks here, whatever lot the channel has
    has_hints: bool = False  #: each space has a hint
    takes_next: bool = False  #: the space behind the last one that was taken, not the first free
    parking_time: float = 45.0  #: seconds until a parked call comes back
    music: str = ""
    to_origin: bool = True  #: who parked it is called; otherwise it goes to ``comeback_context``
    dial_time: float = 30.0  #: seconds that its phone rings then
    comeback_context: str = "parkedcallstimeout"
    courtesy_tone: str = ""
    tone_to: str = "caller"  #: who hears it: ``caller`` (who fetches it), ``callee``, ``both``
    rights: FetchedRights = FetchedRights()


@dataclass(frozen=True, slots=True)
class ParkingConfig:
    """What the file says."""

    lots: Mapping[str, LotSettings] = field(
        default_factory=lambda: MappingProxyType({DEFAULT_LOT: LotSettings()})
    )
    makes_lots: bool = False  #: a channel may make a lot of its own (``parkeddynamic``)
    warnings: tuple[ConfigWarning, ...] = ()


def read_parking(file: ConfigFile) -> ParkingConfig:
    """Read a ``res_parking.conf``; a lot called ``default`` is always there.

    Raises:
        ConfigError: ``parkpos`` is no range, or another value cannot be used.
    """
    warnings = Warnings()
    lots = {DEFAULT_LOT: LotSettings()}
    makes_lots = False
    for section in file.sections:
        if section.name == "general":
            makes_lots = is_true(section.get("parkeddynamic", "no"))
        elif not section.is_template:
            lots[section.name] = _lot(section, warnings)
    return ParkingConfig(MappingProxyType(lots), makes_lots, tuple(warnings.entries))


def read_old_parking(file: ConfigFile) -> ParkingConfig | None:
    """Read the lots that versions before 12 had in ``features.conf``.

    The default one stands in ``[general]``, the others in ``[parkinglot_…]``.

    Returns:
        None where it says nothing of parking.

    Raises:
        ConfigError: As :func:`read_parking`.
    """
    warnings = Warnings()
    lots = {DEFAULT_LOT: LotSettings()}
    makes_lots = is_found = False
    for section in file.sections:
        if section.name == "general":
            makes_lots = is_true(section.get("parkeddynamic", "no"))
        elif not section.name.startswith(OLD_PREFIX):
            continue
        known = [entry for entry in section.entries if entry.name.lower() in _LOT]
        if not known:
            continue
        is_found = True
        name = DEFAULT_LOT if section.name == "general" else section.name
        lots[name] = _lot(replace(section, name=name, entries=known), warnings)
    if not is_found:
        return None
    return ParkingConfig(MappingProxyType(lots), makes_lots, tuple(warnings.entries))


def parse_spaces(text: str) -> tuple[int, int] | None:
    """The first and the last space of ``701-750``; None where that is no range."""
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not (dash and first.isdigit() and last.isdigit()):
        return None
    return (int(first), int(last)) if 0 <= int(last) - int(first) < MOST_SPACES else None


def _lot(section: Section, warnings: Warnings) -> LotSettings:
    options = read_options(section, _LOT, what="res_parking.conf", warnings=warnings)
    spaces = parse_spaces(options.text("parkpos"))
    if spaces is None:
        message = (
            f"parkpos must be a range such as 701-750, of at most {MOST_SPACES} spaces, not "
            f"{options.text('parkpos')!r}"
        )
        raise ConfigError(message, path=section.path, line=options.line_of("parkpos"))
    return LotSettings(
        name=section.name,
        context=options.text("context"),
        first=spaces[0],
        last=spaces[1],
        extension=options.text("parkext"),
        is_exclusive=options.flag("parkext_exclusive"),
        has_hints=options.flag("parkinghints"),
        takes_next=options.choice("findslot") == "next",
        parking_time=float(options.number("parkingtime")),
        music=options.text("parkedmusicclass"),
        to_origin=options.flag("comebacktoorigin"),
        dial_time=float(options.number("comebackdialtime")),
        comeback_context=options.text("comebackcontext"),
        courtesy_tone=options.text("courtesytone"),
        tone_to=options.choice("parkedplay"),
        rights=FetchedRights(
            transfers=options.choice("parkedcalltransfers"),
            reparking=options.choice("parkedcallreparking"),
            hangup=options.choice("parkedcallhangup"),
            recording=options.choice("parkedcallrecording"),
        ),
    )
