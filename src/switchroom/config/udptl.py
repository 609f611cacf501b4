"""``udptl.conf``: the ports that fax by T.38 may use."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

_GENERAL = MappingProxyType(
    {
        "udptlstart": Option(Kind.NUMBER, "4000", honoured=True),
        "udptlend": Option(Kind.NUMBER, "4999", honoured=True),
        "use_even_ports": Option(Kind.FLAG, "no", honoured=True),  # they always are
        "t38faxmaxdatagram": Option(Kind.TEXT),
        "t38faxudpec": Option(Kind.TEXT),
        "udptlchecksums": Option(Kind.FLAG, "yes"),
        "udptlfecentries": Option(Kind.NUMBER, "3"),
        "udptlfecspan": Option(Kind.NUMBER, "3"),
    }
)


@dataclass(frozen=True, slots=True)
class UdptlConfig:
    """The range of ports, both ends included."""

    first_port: int = 4000
    last_port: int = 4999
    warnings: tuple[ConfigWarning, ...] = ()


def read_udptl(file: ConfigFile) -> UdptlConfig:
    """Read an ``udptl.conf``.

    Raises:
        ConfigError: An unknown option, or a range of ports that is none.
    """
    section = file.section("general")
    if section is None:
        return UdptlConfig()
    warnings = Warnings()
    options = read_options(section, _GENERAL, what="udptl.conf", warnings=warnings)
    first, last = options.number("udptlstart"), options.number("udptlend")
    if not 1024 <= first < last <= 65535:
        message = f"udptlstart and udptlend must be a range within 1024-65535, not {first}-{last}"
        raise ConfigError(message, path=section.path, line=options.line_of("udptlend"))
    return UdptlConfig(first, last, tuple(warnings.entries))
