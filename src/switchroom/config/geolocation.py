"""``geolocation.conf``: where callers are, and who is told (RFC 6442)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section

Pairs = tuple[tuple[str, str], ...]  #: names and values, in their order; names may repeat

MAX_PAIRS = 200
METHODS = ("GPS", "A-GPS", "Manual", "DHCP", "Triangulation", "Cell", "802.11")

#: Elements of a civic address (RFC 4119 §2.2.1, RFC 5139 §3.4), as they are spelled; ``lang`` is
#: its language.
CIVIC = (
    *("lang", "country", "A1", "A2", "A3", "A4", "A5", "A6", "PRM", "PRD", "RD", "STS", "POD"),
    *("POM", "RDSEC", "RDBR", "RDSUBBR", "HNO", "HNS", "LMK", "LOC", "FLR", "NAM", "PC", "BLD"),
    *("UNIT", "ROOM", "SEAT", "PLC", "PCN", "POBOX", "ADDCODE"),
)
#: Shapes and what each needs (RFC 5491 §5); ``pos`` is in two dimensions, ``pos3d`` in three.
SHAPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Point": (),
        "Polygon": (),
        "Circle": ("radius",),
        "Ellipse": ("semiMajorAxis", "semiMinorAxis", "orientation"),
        "ArcBand": ("innerRadius", "outerRadius", "startAngle", "openingAngle"),
        "Sphere": ("radius",),
        "Ellipsoid": ("semiMajorAxis", "semiMinorAxis", "verticalAxis", "orientation"),
        "Prism": ("height",),
    }
)
SOLID = frozenset({"Sphere", "Ellipsoid", "Prism"})  #: shapes of three dimensions only
_POSITIONS = {"Polygon": 3, "Prism": 3}  #: at least; all others have one


class Format(StrEnum):
    """How a location is given; the values are the file's, in small letters ``none`` is none."""

    NONE = "none"
    CIVIC = "civicAddress"
    GML = "GML"
    URI = "URI"


class Precedence(StrEnum):
    """Which location counts where a call brings one and a profile has one."""

    PREFER_INCOMING = "prefer_incoming"
    PREFER_CONFIG = "prefer_config"
    DISCARD_INCOMING = "discard_incoming"
    DISCARD_CONFIG = "discard_config"


_FORMATS = {each.value.lower(): each for each in Format} | {"": Format.NONE}
_LOCATION: Mapping[str, Option] = MappingProxyType(
    {
        "type": Option(Kind.TEXT, honoured=True),
        "format": Option(Kind.CHOICE, "none", choices=tuple(_FORMATS), honoured=True),
        "location_info": Option(Kind.TEXT, honoured=True),
        "location_source": Option(Kind.TEXT, honoured=True),
        "method": Option(Kind.TEXT, honoured=True),
        "confidence": Option(Kind.TEXT, honoured=True),
    }
)
_PROFILE: Mapping[str, Option] = MappingProxyType(
    {
        **_LOCATION,
        "pidf_element": Option(
            Kind.CHOICE, "device", choices=("tuple", "device", "person"), honoured=True
        ),
        "pidf_element_id": Option(Kind.TEXT, honoured=True),
        "device_id": Option(Kind.TEXT, honoured=True),
        "location_reference": Option(Kind.TEXT, honoured=True),
        "location_info_refinement": Option(Kind.TEXT, honoured=True),
        "location_variables": Option(Kind.TEXT, honoured=True),
        "usage_rules": Option(Kind.TEXT, honoured=True),
        "notes": Option(Kind.TEXT, honoured=True),
        "allow_routing_use": Option(Kind.FLAG, "no", honoured=True),
        "suppress_empty_ca_elements": Option(Kind.FLAG, "no", honoured=True),
        "profile_precedence": Option(
            Kind.CHOICE,
            "discard_incoming",
            choices=tuple(each.value for each in Precedence),
            honoured=True,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Location:
    """A place, or who knows it."""

    format: Format = Format.NONE
    info: Pairs = ()
    source: str = ""  #: the host that it is of
    method: str = ""  #: how it was found
    confidence: Pairs = ()  #: ``value`` in percent, ``pdf``

    def __bool__(self) -> bool:
        return self.format is not Format.NONE and bool(self.info)


@dataclass(frozen=True, slots=True)
class GeoProfile:
    """A location with what is to be done with it."""

    name: str = ""
    location: Location = field(default_factory=Location)
    reference: str = ""  #: the location's name, where it is a section of its own
    refinement: Pairs = ()  #: put in place of, or behind, what the location says
    variables: Pairs = ()  #: that the location's text may name
    element: str = "device"  #: of the PIDF document: ``tuple``, ``device``, ``person``
    element_id: str = ""
    device_id: str = ""
    usage_rules: Pairs = ()
    notes: str = ""
    routes: bool = False  #: whether those on the way may route by it
    omits_empty: bool = False  #: elements of a civic address without a value are left out
    precedence: Precedence = Precedence.DISCARD_INCOMING

    @property
    def effective(self) -> Pairs:
        """The location with its refinement."""
        info = self.location.info
        if self.location.format is not Format.CIVIC:
            return (*info, *self.refinement)
        refined = dict(self.refinement)
        kept = tuple((name, refined.pop(name, value)) for name, value in info)
        return (*kept, *((name, value) for name, value in self.refinement if name in refined))


def _builtin() -> dict[str, GeoProfile]:
    return {f"<{each}>": GeoProfile(f"<{each}>", precedence=each) for each in Precedence}


@dataclass(frozen=True, slots=True)
class GeolocationConfig:
    """All of the file; those in angle brackets are always there."""

    locations: Mapping[str, Location] = field(default_factory=dict)
    profiles: Mapping[str, GeoProfile] = field(default_factory=_builtin)
    warnings: tuple[ConfigWarning, ...] = ()


def parse_pairs(text: str) -> Pairs:
    """Names and values: ``country=US, A1="New York, State"``.

    Raises:
        ValueError: It is none.
    """
    pairs: list[tuple[str, str]] = []
    for word in _words(text):
        name, equals, value = word.partition("=")
        value = value.strip()
        if not equals or not name.strip():
            raise ValueError(f"expected name=value, not {word.strip()[:60]!r}")
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1].replace('\\"', '"')
        pairs.append((name.strip(), value))
    if len(pairs) > MAX_PAIRS:
        raise ValueError(f"more than {MAX_PAIRS} values")
    return tuple(pairs)


def pairs_text(pairs: Iterable[tuple[str, str]]) -> str:
    """The same, written."""
    return ",".join(f"{name}={_written(value)}" for name, value in pairs)


def _written(value: str) -> str:
    if not set(value) & {",", '"'}:
        return value
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'


def _words(text: str) -> Iterable[str]:
    """The text at its commas outside of quotes and of ``${}``."""
    word, depth, is_quoted, before = "", 0, False, ""
    for letter in text:
        if letter == '"' and before != "\\":
            is_quoted = not is_quoted
        elif letter == "{" and before == "$":
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
        if letter == "," and not is_quoted and not depth:
            if word.strip():
                yield word
            word = ""
        else:
            word += letter
        before = letter
    if word.strip():
        yield word


def check_location(location: Location) -> None:
    """See whether a location can be written.

    Raises:
        ValueError: Why not.
    """
    names = [name for name, _ in location.info]
    match location.format:
        case Format.CIVIC:
            check_civic(location.info)
        case Format.URI if names != ["URI"]:
            raise ValueError("a location of format URI has URI=…, and nothing else")
        case Format.GML:
            _check_shape(location.info)
        case _:
            pass
    if location.method and location.method not in METHODS:
        raise ValueError(f"method is none of {', '.join(METHODS)}")


def check_civic(pairs: Pairs) -> None:
    """See whether these are elements of a civic address.

    Raises:
        ValueError: One is not.
    """
    unknown = [name for name, _ in pairs if name not in CIVIC]
    if unknown:
        raise ValueError(f"{unknown[0]} is no element of a civic address")


def _check_shape(info: Pairs) -> None:
    values, positions = dict(info), [n for n, _ in info if n in {"pos", "pos3d"}]
    shape = values.get("shape", "")
    if shape not in SHAPES:
        raise ValueError(f"shape is none of {', '.join(SHAPES)}")
    known = {"shape", "crs", "pos", "pos3d", *SHAPES[shape]}
    unknown = [name for name in values if name not in known]
    missing = [name for name in SHAPES[shape] if name not in values]
    if unknown or missing:
        raise ValueError(f"a {shape} has {', '.join(['crs', 'pos', *SHAPES[shape]])}")
    least = _POSITIONS.get(shape, 1)
    if len(positions) < least or (least == 1 and len(positions) != 1):
        raise ValueError(f"a {shape} has {least} positions" + (" at least" if least > 1 else ""))
    if shape in SOLID and "pos" in positions:
        raise ValueError(f"a {shape} has positions in three dimensions: pos3d")


def read_geolocation(file: ConfigFile) -> GeolocationConfig:
    """Read a ``geolocation.conf``.

    Raises:
        ConfigError: A section of an unknown type, an unknown option, a location that is none.
    """
    warnings = Warnings()
    locations: dict[str, Location] = {}
    profiles = _builtin()
    written: list[Options] = []
    for section in file.sections:
        if section.is_template:
            continue
        kind = section.get("type").strip().lower() or section.name.lower()
        if kind not in {"location", "profile"}:
            message = f"[{section.name}] needs a type: location, profile"
            raise ConfigError(message, path=section.path, line=section.line)
        table = _LOCATION if kind == "location" else _PROFILE
        options = read_options(section, table, what=kind, warnings=warnings)
        if kind == "location":
            locations[section.name] = _location(options)
        else:
            written.append(options)
    for options in written:
        profiles[options.section.name] = _profile(options, locations)
    return GeolocationConfig(
        MappingProxyType(locations), MappingProxyType(profiles), tuple(warnings.entries)
    )


def _location(options: Options, *, is_checked: bool = True) -> Location:
    location = Location(
        _FORMATS[options.choice("format")],
        _pairs(options, "location_info"),
        _none(options.text("location_source")),
        _none(options.text("method")),
        _pairs(options, "confidence"),
    )
    if is_checked or location.info:
        try:
            check_location(location)
        except ValueError as error:
            raise _error(options.section, options.line_of("location_info"), error) from error
    return location


def _profile(options: Options, locations: Mapping[str, Location]) -> GeoProfile:
    location = _location(options, is_checked=False)
    reference = _none(options.text("location_reference"))
    if reference:
        if reference not in locations or location.info:
            error = ValueError(
                f"there is no location [{reference}]"
                if reference not in locations
                else "location_reference and location_info exclude each other"
            )
            raise _error(options.section, options.line_of("location_reference"), error)
        location = locations[reference]
    return GeoProfile(
        options.section.name,
        location,
        reference,
        _pairs(options, "location_info_refinement"),
        _pairs(options, "location_variables"),
        options.choice("pidf_element"),
        options.text("pidf_element_id"),
        options.text("device_id"),
        _pairs(options, "usage_rules"),
        options.text("notes"),
        options.flag("allow_routing_use"),
        options.flag("suppress_empty_ca_elements"),
        Precedence(options.choice("profile_precedence")),
    )


def _pairs(options: Options, name: str) -> Pairs:
    text = ",".join(map(_none, options.lines(name)))
    try:
        return parse_pairs(text)
    except ValueError as error:
        raise _error(options.section, options.line_of(name), error, name) from error


def _none(text: str) -> str:
    return "" if text.strip().lower() in {"none", "<none>"} else text.strip()


def _error(section: Section, line: int, error: ValueError, name: str = "") -> ConfigError:
    message = f"[{section.name}] {name}{': ' if name else ''}{error}"
    return ConfigError(message, path=section.path, line=line)
