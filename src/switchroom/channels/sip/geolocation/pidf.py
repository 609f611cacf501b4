"""PIDF-LO: a location as a document (RFC 4119, RFC 5139, RFC 5491, RFC 7459)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.channels.sip.geolocation.whereabouts import Literal
from switchroom.channels.sip.presence.markup import escape, quoteattr
from switchroom.config.geolocation import (
    CIVIC,
    METHODS,
    SHAPES,
    Format,
    GeoProfile,
    Location,
    Pairs,
    check_location,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONTENT_TYPE = "application/pidf+xml"
MAX_DOCUMENT = 32768  #: octets
MAX_ELEMENTS = 500
MAX_VALUE = 200  #: letters of one value that came
MAX_DEPTH = 20

_PIDF = "urn:ietf:params:xml:ns:pidf"
_NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "": _PIDF,
        "gp": f"{_PIDF}:geopriv10",
        "gbp": f"{_PIDF}:geopriv10:basicPolicy",
        "dm": f"{_PIDF}:data-model",
        "ca": f"{_PIDF}:geopriv10:civicAddr",
        "con": "urn:ietf:params:xml:ns:geopriv:conf",
        "gml": "http://www.opengis.net/gml",
        "gs": "http://www.opengis.net/pidflo/1.0",
    }
)
_GML_ITSELF = frozenset({"Point", "Polygon"})  #: all other shapes are of ``gs``
_CRS = {"2d": "urn:ogc:def:crs:EPSG::4326", "3d": "urn:ogc:def:crs:EPSG::4979"}
_METRES, _DEGREES = "urn:ogc:def:uom:EPSG::9001", "urn:ogc:def:uom:EPSG::9102"
_ANGLES = frozenset({"orientation", "startAngle", "openingAngle"})
_RULES = {"retransmit": "retransmission-allowed", "retention": "retention-expiry"}
_WORDS = {"yes": "true", "no": "false"}


def write_pidf(profile: GeoProfile, info: Pairs, *, entity: str, now: float) -> str:
    """A document about one place.

    Args:
        profile: Of format GML or civicAddress.
        info: Its location, refined, without variables.
        entity: Whose place it is: a URI.
        now: Seconds since the epoch.
    """
    location = profile.location
    place = _civic(profile, info) if location.format is Format.CIVIC else _shape(info)
    confidence = dict(location.confidence)
    if "value" in confidence:
        pdf = quoteattr(confidence.get("pdf", "unknown"))
        place += f"<con:confidence pdf={pdf}>{escape(confidence['value'])}</con:confidence>"
    rules = "".join(
        f"<gbp:{name}>{escape(_WORDS.get(value.lower(), value))}</gbp:{name}>"
        for name, value in ((_RULES.get(name, name), value) for name, value in profile.usage_rules)
        if name in _RULES.values()
    )
    inner = (
        f"<gp:geopriv><gp:location-info>{place}</gp:location-info>"
        f"<gp:usage-rules>{rules}</gp:usage-rules>"
        + (f"<gp:method>{escape(location.method)}</gp:method>" if location.method else "")
        + (f"<gp:note-well>{escape(profile.notes)}</gp:note-well>" if profile.notes else "")
        + "</gp:geopriv>"
    )
    spaces = "".join(
        f" xmlns{':' if prefix else ''}{prefix}={quoteattr(uri)}"
        for prefix, uri in _NAMESPACES.items()
    )
    body = _element(profile, inner, datetime.fromtimestamp(int(now), UTC))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<presence{spaces} entity={quoteattr(entity)}>{body}</presence>\n"
    )


def _element(profile: GeoProfile, inner: str, moment: datetime) -> str:
    identity = quoteattr(profile.element_id or profile.name.strip("<>") or profile.element)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if profile.element == "tuple":
        status = f"<status>{inner}</status>"
        return f"<tuple id={identity}>{status}<timestamp>{stamp}</timestamp></tuple>"
    device = ""
    if profile.element == "device" and profile.device_id:
        device = f"<dm:deviceID>{escape(profile.device_id)}</dm:deviceID>"
    return (
        f"<dm:{profile.element} id={identity}>{inner}{device}"
        f"<dm:timestamp>{stamp}</dm:timestamp></dm:{profile.element}>"
    )


def _civic(profile: GeoProfile, info: Pairs) -> str:
    language = dict(info).get("lang", "")
    lang = f" xml:lang={quoteattr(language)}" if language else ""
    elements = "".join(
        f"<ca:{name}>{escape(value)}</ca:{name}>"
        for name, value in info
        if name != "lang" and (value or not profile.omits_empty)
    )
    return f"<ca:civicAddress{lang}>{elements}</ca:civicAddress>"


def _shape(info: Pairs) -> str:
    values = dict(info)
    shape = values["shape"]
    positions = [value for name, value in info if name in {"pos", "pos3d"}]
    is_solid = "pos3d" in values or values.get("crs", "").lower() == "3d"
    listed = "".join(f"<gml:pos>{escape(each)}</gml:pos>" for each in positions)
    if shape in {"Polygon", "Prism"}:
        ring = f"<gml:exterior><gml:LinearRing>{listed}</gml:LinearRing></gml:exterior>"
        listed = ring
        if shape == "Prism":
            listed = f"<gs:base><gml:Polygon>{ring}</gml:Polygon></gs:base>"
    measures = "".join(
        f"<gs:{name} uom={quoteattr(_DEGREES if name in _ANGLES else _METRES)}>"
        f"{escape(values[name])}</gs:{name}>"
        for name in SHAPES[shape]
    )
    prefix = "gml" if shape in _GML_ITSELF else "gs"
    crs = quoteattr(_CRS["3d" if is_solid else "2d"])
    return f"<{prefix}:{shape} srsName={crs}>{listed}{measures}</{prefix}:{shape}>"


def read_pidf(body: bytes) -> GeoProfile:
    """What a document says of the first place in it.

    Raises:
        ValueError: It cannot be read, or has no place that is understood.
    """
    if len(body) > MAX_DOCUMENT or b"<!" in body.replace(b"<!--", b""):
        raise ValueError("a document with declarations, or a long one")
    from xml.etree import ElementTree  # only nodes that a location is sent to pay for it

    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise ValueError(str(error)) from error
    if _name(root) != "presence":
        raise ValueError("no presence document")
    for element in root:
        geopriv = next((e for e in _below(element) if _name(e) == "geopriv"), None)
        if _name(element) in {"tuple", "device", "person"} and geopriv is not None:
            return _profile(element, geopriv)
    raise ValueError("no location in it")


def _profile(element: Element, geopriv: Element) -> GeoProfile:
    method = _text_of(geopriv, "method")
    place = next((e for e in geopriv if _name(e) == "location-info"), None)
    location = _location(place if place is not None else (), method)
    rules = [
        (name, _cut(each.text))
        for each in _below(geopriv)
        if (name := _name(each)) in _RULES.values()
    ]
    profile = GeoProfile(
        "<incoming>",
        location,
        element=_name(element),
        element_id=_cut(element.get("id")),
        device_id=_text_of(element, "deviceID"),
        usage_rules=tuple(rules),
        notes=_text_of(geopriv, "note-well"),
    )
    check_location(location)
    return profile


def _location(place: Iterable[Element], method: str) -> Location:
    confidence: Pairs = ()
    found: tuple[Format, Pairs] | None = None
    for each in place:
        name = _name(each)
        if name == "confidence":
            confidence = (("value", _cut(each.text)), ("pdf", _cut(each.get("pdf", "unknown"))))
        elif found is None and name == "civicAddress":
            found = Format.CIVIC, _civic_of(each)
        elif found is None and name in SHAPES:
            found = Format.GML, _shape_of(each)
    if found is None:
        raise ValueError("no location that is understood")
    return Location(*found, method=method if method in METHODS else "", confidence=confidence)


def _civic_of(element: Element) -> Pairs:
    language = _cut(element.get("{http://www.w3.org/XML/1998/namespace}lang"))
    pairs = [(_name(each), _cut(each.text)) for each in element if _name(each) in CIVIC]
    return ((("lang", language), *pairs)) if language else tuple(pairs)


def _shape_of(element: Element) -> Pairs:
    shape = _name(element)
    is_solid = element.get("srsName", "").endswith("4979")
    position = "pos3d" if is_solid else "pos"
    pairs = [("shape", shape), ("crs", "3d" if is_solid else "2d")]
    for each in _below(element):
        name, text = _name(each), _cut(each.text)
        if name == "pos":
            pairs.append((position, text))
        elif name == "posList":
            numbers, size = text.split(), 3 if is_solid else 2
            groups = range(0, len(numbers) - size + 1, size)
            pairs += [(position, Literal(" ".join(numbers[at : at + size]))) for at in groups]
        elif name in SHAPES[shape]:
            pairs.append((name, text))
    return tuple(pairs)


def _below(element: Element, depth: int = 0) -> Iterator[Element]:
    """What is in an element, in order; not deeper and not more than anybody writes."""
    number = 0
    stack = [(each, depth) for each in reversed(element)]
    while stack:
        each, level = stack.pop()
        number += 1
        if number > MAX_ELEMENTS or level > MAX_DEPTH:
            raise ValueError("too many elements")
        yield each
        stack += [(inner, level + 1) for inner in reversed(each)]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text_of(element: Element, name: str) -> str:
    return next((_cut(each.text) for each in _below(element) if _name(each) == name), Literal())


def _cut(text: str | None) -> Literal:
    return Literal(" ".join((text or "").split())[:MAX_VALUE])
