"""``geolocation.conf``: locations, profiles, and what is none."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.base.errors import ConfigError
from switchroom.config.geolocation import (
    Format,
    Location,
    Pairs,
    Precedence,
    pairs_text,
    parse_pairs,
    read_geolocation,
)
from switchroom.config.language.reader import parse_config

WHOLE = """\
[hq]
type = location
format = civicAddress
location_info = country=US,A1="New York",A3="New York, City",HNO=1633
location_info = RD=46th,STS=Street
location_source = pbx.example.com
method = Manual
confidence = value=95,pdf=normal
[desk]
type = profile
location_reference = hq
location_info_refinement = HNO=1635,FLR=${FLOOR},ROOM=${FILTER(0-9,${EXTEN})}
location_variables = FLOOR=3
usage_rules = retransmit=no
allow_routing_use = yes
profile_precedence = prefer_config
pidf_element = person
notes = by the window
[spot]
type = profile
format = GML
location_info = shape=Circle,crs=2d,pos="38.89868 -77.03723",radius=100
[plain]
type = profile
format = none
location_info = none
"""


def test_a_profile_with_its_location() -> None:
    config = read_geolocation(parse_config(WHOLE))
    desk = config.profiles["desk"]
    assert desk.location is config.locations["hq"]
    assert desk.location == Location(
        Format.CIVIC,
        (
            ("country", "US"), ("A1", "New York"), ("A3", "New York, City"), ("HNO", "1633"),
            ("RD", "46th"), ("STS", "Street"),
        ),
        "pbx.example.com",
        "Manual",
        (("value", "95"), ("pdf", "normal")),
    )  # fmt: skip
    assert dict(desk.effective)["HNO"] == "1635"
    assert desk.effective[-1] == ("ROOM", "${FILTER(0-9,${EXTEN})}")
    assert (desk.routes, desk.element, desk.notes) == (True, "person", "by the window")
    assert desk.precedence is Precedence.PREFER_CONFIG
    assert not config.profiles["plain"].location
    assert config.warnings == ()


def test_four_profiles_are_always_there() -> None:
    profiles = read_geolocation(parse_config("")).profiles
    assert {name: str(each.precedence) for name, each in profiles.items()} == {
        "<prefer_incoming>": "prefer_incoming",
        "<prefer_config>": "prefer_config",
        "<discard_incoming>": "discard_incoming",
        "<discard_config>": "discard_config",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("type=nothing", "needs a type"),
        ("type=profile\nlocation_reference=x", "no location \\[x\\]"),
        ("type=location\nformat=civicAddress\nlocation_info=street=x", "street is no element"),
        ("type=location\nformat=URI\nlocation_info=URL=x", "has URI="),
        ("type=location\nformat=GML\nlocation_info=shape=Square", "shape is none of"),
        ("type=location\nformat=GML\nlocation_info=shape=Point", "1 positions"),
        ("type=location\nformat=GML\nlocation_info=shape=Circle,pos=1 2", "a Circle has"),
        ("type=location\nformat=GML\nlocation_info=shape=Polygon,pos=1 2,pos=3 4", "at least"),
        ("type=location\nformat=GML\nlocation_info=shape=Sphere,pos=1 2,radius=1", "pos3d"),
        ("type=location\nformat=GML\nlocation_info=shape=Point,pos=1 2,hue=1", "a Point has"),
        ("type=location\nformat=x", "format"),
        ("type=location\nmethod=guess", "method is none of"),
        ("type=location\nformat=URI\nlocation_info=somewhere", "expected name=value"),
        ("type=profile\nprofile_precedence=mine", "profile_precedence"),
        ("type=profile\nlocation_inf=x", "did you mean location_info"),
    ],
)
def test_what_cannot_be_used(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_geolocation(parse_config(f"[a]\n{text}\n", path=Path("geolocation.conf")))


def test_a_profile_names_a_location_or_has_one() -> None:
    text = (
        WHOLE + "[both]\ntype=profile\nlocation_reference=hq\nformat=URI\nlocation_info=URI=x:y\n"
    )
    with pytest.raises(ConfigError, match="exclude each other"):
        read_geolocation(parse_config(text))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", ()),
        (" a = 1 , b=", (("a", "1"), ("b", ""))),
        ('a="x, \\"y\\" z",a=2', (("a", 'x, "y" z'), ("a", "2"))),
        ("a=${F(1,2)},b=3", (("a", "${F(1,2)}"), ("b", "3"))),
        ("URI=https://x/?a=b", (("URI", "https://x/?a=b"),)),
    ],
)
def test_pairs(text: str, pairs: Pairs) -> None:
    assert parse_pairs(text) == pairs


def test_not_too_many_pairs() -> None:
    with pytest.raises(ValueError, match="more than"):
        parse_pairs(",".join(["a=b"] * 201))


VALUES = st.text(
    st.characters(exclude_characters="\\${}", exclude_categories=("Z", "C")), max_size=9
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(["a", "A1", "pos"]), VALUES), max_size=5))
def test_what_is_written_is_read(pairs: list[tuple[str, str]]) -> None:
    text = pairs_text(pairs)
    assert text.count("=") >= len(pairs)
    assert parse_pairs(text) == tuple(pairs)
