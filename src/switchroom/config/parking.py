"""``res_parking.conf``: where calls are parked, for how long, and what happens then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.reader import ConfigFile, Section

DEFAULT_LOT = "default"
MOST_SPACES = 100_000

_LOT = MappingProxyType(
    {
        "comebackcontext": Option(Kind.TEXT, "parkedcallstimeout", honoured=True),
        "comebackdialtime": Option(Kind.NUMBER, "30", honoured=True),
        "comebacktoorigin": Option(Kind.FLAG, "yes", honoured=True),
        "context": Option(Kind.TEXT, "parkedcalls", honoured=True),
        "courtesytone": Option(Kind.TEXT, honoured=True),
        "findslot": Option(Kind.TEXT, "first", honoured=True),
        "parkedcallhangup": Option(Kind.TEXT, "no"),
        "parkedcallrecording": Option(Kind.TEXT, "no"),
        "parkedcallreparking": Option(Kind.TEXT, "no"),
        "parkedcalltransfers": Option(Kind.TEXT, "no", honoured=True),
        "parkedmusicclass": Option(Kind.TEXT, honoured=True),
        "parkedplay": Option(Kind.TEXT, "caller", honoured=True),
        "parkext": Option(Kind.TEXT),
        "parkext_exclusive": Option(Kind.FLAG, "no"),
        "parkinghints": Option(Kind.FLAG, "no"),
        "parkingtime": Option(Kind.NUMBER, "45", honoured=True),
        "parkpos": Option(Kind.TEXT, "701-750", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class LotSettings:
    """One parking lot."""

    name: str = DEFAULT_LOT
    context: str = "parkedcalls"
    first: int = 701
    last: int = 750
    takes_next: bool = False  #: the space behind the last one that was taken, not the first free
    parking_time: float = 45.0  #: seconds until a parked call comes back
    music: str = ""
    to_origin: bool = True  #: who parked it is called; otherwise it goes to ``comeback_context``
    dial_time: float = 30.0  #: seconds that its phone rings then
    comeback_context: str = "parkedcallstimeout"
    courtesy_tone: str = ""
    tone_to: str = "caller"  #: who hears it: ``caller`` (who fetches it), ``callee``, ``both``
    transfers: str = "no"  #: who may transfer a fetched call, likewise


@dataclass(frozen=True, slots=True)
class ParkingConfig:
    """What the file says."""

    lots: Mapping[str, LotSettings] = field(
        default_factory=lambda: MappingProxyType({DEFAULT_LOT: LotSettings()})
    )
    warnings: tuple[ConfigWarning, ...] = ()


def read_parking(file: ConfigFile) -> ParkingConfig:
    """Read a ``res_parking.conf``; a lot called ``default`` is always there.

    Raises:
        ConfigError: ``parkpos`` is no range.
    """
    warnings = Warnings()
    lots = {DEFAULT_LOT: LotSettings()}
    for section in file.sections:
        if section.name != "general" and not section.is_template:
            lots[section.name] = _lot(section, warnings)
    return ParkingConfig(MappingProxyType(lots), tuple(warnings.entries))


def _lot(section: Section, warnings: Warnings) -> LotSettings:
    options = read_options(section, _LOT, what="res_parking.conf", warnings=warnings)
    first, dash, last = options.text("parkpos").partition("-")
    if not (dash and first.strip().isdigit() and last.strip().isdigit()):
        message = f"parkpos must be a range such as 701-750, not {options.text('parkpos')!r}"
        raise ConfigError(message, path=section.path, line=options.line_of("parkpos"))
    span = int(last) - int(first)
    if not 0 <= span < MOST_SPACES:
        message = f"parkpos must be a range of at most {MOST_SPACES} spaces"
        raise ConfigError(message, path=section.path, line=options.line_of("parkpos"))
    return LotSettings(
        name=section.name,
        context=options.text("context"),
        first=int(first),
        last=int(last),
        takes_next=options.text("findslot").lower() == "next",
        parking_time=float(options.number("parkingtime")),
        music=options.text("parkedmusicclass"),
        to_origin=options.flag("comebacktoorigin"),
        dial_time=float(options.number("comebackdialtime")),
        comeback_context=options.text("comebackcontext"),
        courtesy_tone=options.text("courtesytone"),
        tone_to=options.text("parkedplay").lower(),
        transfers=options.text("parkedcalltransfers").lower(),
    )
