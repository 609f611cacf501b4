"""``res_fax.conf``: what faxes go by where the dialplan says nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

RATES = (2400, 4800, 7200, 9600, 12000, 14400)  #: bit/s of the modems that there are
#: Also a rate, and a modem, that the original accepts; no modem here is as fast.
FASTER_RATES = (28800, 33600)
MODEMS = ("v17", "v27", "v29")
ABSENT_MODEMS = ("v34",)

_GENERAL = MappingProxyType(
    {
        "minrate": Option(Kind.NUMBER, "4800", honoured=True),
        "maxrate": Option(Kind.NUMBER, "14400", honoured=True),
        "statusevents": Option(Kind.FLAG, "no", honoured=True),
        "ecm": Option(Kind.FLAG, "yes", honoured=True),
        "modems": Option(Kind.TEXT, "v17,v27,v29", honoured=True),
        "modem": Option(Kind.TEXT, "", honoured=True),
        "t38timeout": Option(Kind.NUMBER, "5000", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class FaxConfig:
    """Defaults of every fax."""

    min_rate: int = 4800  #: bit/s
    max_rate: int = 14400
    tells_status: bool = False  #: AMI: FAXStatus
    ecm: bool = True
    modems: frozenset[str] = frozenset(MODEMS)
    t38_timeout: float = 5.0  #: seconds that an offer of T.38 waits for its answer
    warnings: tuple[ConfigWarning, ...] = field(default=(), compare=False)


def parse_rate(text: str) -> int:
    """A rate in bit/s.

    Raises:
        ValueError: No modem has it.
    """
    rate = int(text) if text.strip().isdecimal() else 0
    if rate not in RATES + FASTER_RATES:
        raise ValueError(f"{text!r} is no rate of a fax: {', '.join(map(str, RATES))}")
    return rate


def parse_modems(text: str) -> frozenset[str]:
    """Names of modems with commas between them.

    Raises:
        ValueError: There is none such, or none of them is here.
    """
    words = {word.strip().lower() for word in text.split(",") if word.strip()}
    unknown = words.difference(MODEMS, ABSENT_MODEMS)
    found = words.intersection(MODEMS)
    if unknown or not found:
        raise ValueError(f"{text!r} names no modems of a fax: {', '.join(MODEMS)}")
    return frozenset(found)


def read_res_fax(file: ConfigFile) -> FaxConfig:
    """Read a ``res_fax.conf``.

    Raises:
        ConfigError: An unknown option, rate or modem, or rates the wrong way round.
    """
    section = file.section("general")
    if section is None:
        return FaxConfig()
    warnings = Warnings()
    options = read_options(section, _GENERAL, what="res_fax.conf", warnings=warnings)
    name = "minrate"
    try:
        slowest = parse_rate(options.text(name))
        name = "maxrate"
        fastest = parse_rate(options.text(name))
        if fastest < slowest:
            raise ValueError(f"maxrate is below minrate: {fastest} < {slowest}")  # noqa: TRY301  # told with its line as the others
        name = "modem" if options.text("modem") else "modems"
        modems = parse_modems(options.text(name))
    except ValueError as error:
        line = options.line_of(name)
        raise ConfigError(str(error), path=section.path, line=line) from error
    return FaxConfig(
        slowest,
        fastest,
        options.flag("statusevents"),
        options.flag("ecm"),
        modems,
        options.number("t38timeout") / 1000,
        tuple(warnings.entries),
    )
