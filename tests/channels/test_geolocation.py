"""Where callers are: documents, headers, and calls that bring and tell it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchroom.channels.sip.geolocation.pidf import read_pidf, write_pidf
from switchroom.channels.sip.geolocation.receiving import location_of
from switchroom.channels.sip.geolocation.whereabouts import Geolocation, preferred
from switchroom.config.geolocation import (
    Format,
    GeoProfile,
    Location,
    Precedence,
    parse_pairs,
    read_geolocation,
)
from switchroom.config.language.reader import parse_config
from switchroom.sip.message import Header, Request
from switchroom.sip.multipart import Part, body_of_id, sdp_of, write_parts
from tests.channels.sip_far_end import OFFER, Side, play

CIVIC = 'country=US,A1="New York",HNO=1633,FLR=${FLOOR},LOC=${WHO}'
PHONES = """\
[caller]
type=endpoint
context=in
allow=ulaw
INCOMING
[caller]
type=identify
endpoint=caller
match=127.0.0.1
[exchange]
type=endpoint
context=in
allow=ulaw
aors=exchange
OUTGOING
[exchange]
type=aor
contact=sip:far@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 911,1,Dial(PJSIP/911@exchange,20)
exten => 912,1,Set(GLOBAL(said)=${GEOLOC_PROFILE(format)} ${GEOLOC_PROFILE(effective_location)})
 same => n,Set(GLOBAL(status)=${GEOLOCPROFILESTATUS})
 same => n,Set(GEOLOC_PROFILE(location_info,a)=FLR=7)
 same => n,Set(GEOLOC_PROFILE(location_info,a)=ROOM=${CALLERID(name)})
 same => n,Set(GEOLOC_PROFILE(allow_routing_use)=yes)
 same => n,Dial(PJSIP/912@exchange,20)
exten => 913,1,Dial(PJSIP/913@exchange,20,b(floor^s^1))
[floor]
exten => s,1,Set(FLOOR=4)
 same => n,Set(WHO=${CONNECTEDLINE(name)})
 same => n,Return()
"""
GEOLOCATION = f"""\
[hq]
type=location
format=civicAddress
location_info={CIVIC}
method=Manual
location_source=pbx.example.com
[office]
type=profile
location_reference=hq
profile_precedence=prefer_incoming
usage_rules=retransmit=no
notes=tell the guard
[link]
type=profile
format=URI
location_info=URI=https://lis.example.com/${{FLOOR}}
allow_routing_use=yes
"""
PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:d="urn:ietf:params:xml:ns:pidf:data-model"'
    ' xmlns:g="urn:ietf:params:xml:ns:pidf:geopriv10" entity="pres:a@b"><d:device id="x">'
    "<g:geopriv><g:location-info>{}</g:location-info><g:usage-rules/><g:method>GPS</g:method>"
    "</g:geopriv></d:device></presence>"
)
ADDRESS = (
    '<c:civicAddress xmlns:c="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" xml:lang="en">'
    "<c:country>US</c:country><c:A1>Texas</c:A1><c:NEW>x</c:NEW></c:civicAddress>"
)


def profile(format_: Format, info: str, **more: object) -> GeoProfile:
    return GeoProfile("p", Location(format_, parse_pairs(info)), **more)  # type: ignore[arg-type]  # its fields


# documents


@pytest.mark.parametrize(
    "info",
    [
        'shape=Point,crs=2d,pos="38.8 -77.0"',
        'shape=Point,crs=3d,pos3d="38.8 -77.0 12"',
        'shape=Circle,crs=2d,pos="1 2",radius=30',
        'shape=Ellipse,crs=2d,pos="1 2",semiMajorAxis=5,semiMinorAxis=3,orientation=20',
        'shape=ArcBand,crs=2d,pos="1 2",innerRadius=1,outerRadius=2,startAngle=3,openingAngle=4',
        'shape=Sphere,crs=3d,pos3d="1 2 3",radius=30',
        'shape=Ellipsoid,crs=3d,pos3d="1 2 3",semiMajorAxis=5,semiMinorAxis=3,verticalAxis=1,orientation=9',
        'shape=Polygon,crs=2d,pos="1 2",pos="3 4",pos="5 6",pos="1 2"',
        'shape=Prism,crs=3d,pos3d="1 2 3",pos3d="3 4 3",pos3d="5 6 3",pos3d="1 2 3",height=4',
    ],
)  # fmt: skip
@pytest.mark.parametrize("element", ["tuple", "device", "person"])
def test_shapes_are_read_as_they_are_written(info: str, element: str) -> None:
    written = profile(Format.GML, info, element=element, element_id="here")
    document = write_pidf(written, written.effective, entity="sip:a@b", now=0)
    found = read_pidf(document.encode())
    assert (found.location.format, found.location.info) == (Format.GML, parse_pairs(info))
    assert (found.element, found.element_id) == (element, "here")


def test_a_civic_address() -> None:
    written = profile(
        Format.CIVIC,
        'lang=de,country=DE,A3="Köln & <Umland>",FLR=',
        usage_rules=(("retransmit", "no"), ("retention", "2030-01-01T00:00:00Z"), ("x", "y")),
        notes='"be" <quick>',
        device_id="mac:1",
    )
    document = write_pidf(written, written.effective, entity='sip:"a"@b', now=1e9)
    assert "2001-09-09T01:46:40Z" in document
    found = read_pidf(document.encode())
    assert found.location.info == written.location.info
    assert (found.notes, found.device_id) == (written.notes, "mac:1")
    assert found.usage_rules == (
        ("retransmission-allowed", "false"), ("retention-expiry", "2030-01-01T00:00:00Z"),
    )  # fmt: skip
    bare = profile(Format.CIVIC, "country=DE,FLR=", omits_empty=True)
    assert "FLR" not in write_pidf(bare, bare.effective, entity="x", now=0)


def test_how_sure_it_is() -> None:
    place = Location(
        Format.CIVIC,
        (("country", "DE"),),
        method="GPS",
        confidence=(("value", "80"), ("pdf", "normal")),
    )
    document = write_pidf(GeoProfile("p", place), place.info, entity="x", now=0)
    assert read_pidf(document.encode()).location == place


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        PIDF.format(""),
        PIDF.format("<x/>"),
        PIDF.format('<m:Point xmlns:m="http://www.opengis.net/gml"/>'),
        PIDF.format(ADDRESS) + " " * 40000,
        PIDF.format(ADDRESS + "<x>" * 5000 + "</x>" * 5000),
    ],
)
def test_what_is_no_document(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the words are the XML library's
        read_pidf(body.encode())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(lambda t: PIDF.format(t).encode("utf-8", "replace"))
)
def test_whatever_a_document_is(body: bytes) -> None:
    try:
        found = read_pidf(body)
    except ValueError:
        return
    assert found.location


# headers


def request(*values: str, body: str = PIDF.format(ADDRESS), **fields: str) -> Request:
    part = Part((("Content-Type", "application/pidf+xml"), ("Content-ID", "<1@b>")), body)
    kind, octets = write_parts((Part((("Content-Type", "application/sdp"),), OFFER), part), "zz")
    headers = {name.replace("_", "-"): [value] for name, value in fields.items()}
    return Request(
        "INVITE",
        "sip:x",
        {"geolocation": list(values), "content-type": [kind[1]], **headers},
        octets,
    )


def test_several_bodies_are_told_apart() -> None:
    message = request()
    assert sdp_of(message) == OFFER
    assert body_of_id(message, "1@b") == PIDF.format(ADDRESS).encode()
    assert body_of_id(message, "2@b") is None
    single = Request("INVITE", "sip:x", {"content-type": ["a/b"], "content-id": ["<9>"]}, b"x")
    assert (body_of_id(single, "9"), body_of_id(single, "8")) == (b"x", None)


def test_a_location_by_value() -> None:
    found = location_of(request("<cid:1@b>;loc-src=a.example.com", geolocation_routing="yes"))
    assert found is not None
    assert found.location == Location(
        Format.CIVIC, (("lang", "en"), ("country", "US"), ("A1", "Texas")), "a.example.com", "GPS"
    )
    assert found.routes


def test_a_location_by_reference() -> None:
    found = location_of(request("<https://lis.example.com/a,b>", geolocation_routing="no"))
    assert found is not None
    assert found.location == Location(Format.URI, (("URI", "https://lis.example.com/a,b"),))
    assert not found.routes


@pytest.mark.parametrize(
    "values",
    [
        (), ("",), ("https://x",), ("<cid:9@b>",), ("<javascript:1>",), ("<cid:1@b",),
        ("<https://x>y",), ("<" + "h" * 2000 + ":x>",),
    ],
)  # fmt: skip
def test_what_is_no_location(values: tuple[str, ...]) -> None:
    assert location_of(request(*values)) is None


def test_the_first_that_is_understood_counts() -> None:
    found = location_of(request("<cid:9@b>, <https://x>", "<https://y>"))
    assert found is not None
    assert dict(found.location.info) == {"URI": "https://x"}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), max_size=4)
)
def test_whatever_headers_say(values: list[str]) -> None:
    found = location_of(request(*values, *(f"<cid:{each}>" for each in values)))
    assert found is None or found.location


# which of two


OWN, BROUGHT = (profile(Format.URI, f"URI=x:{name}") for name in ("own", "brought"))


@pytest.mark.parametrize(
    ("precedence", "both", "only_own", "only_brought"),
    [
        (Precedence.PREFER_INCOMING, "brought", "own", "brought"),
        (Precedence.PREFER_CONFIG, "own", "own", "brought"),
        (Precedence.DISCARD_INCOMING, "own", "own", ""),
        (Precedence.DISCARD_CONFIG, "brought", "", "brought"),
    ],
)
def test_which_counts(precedence: Precedence, both: str, only_own: str, only_brought: str) -> None:
    own = GeoProfile("p", OWN.location, precedence=precedence)
    nothing = GeoProfile("p", precedence=precedence)
    found = [preferred(own, BROUGHT), preferred(own, None), preferred(nothing, BROUGHT)]
    said = [each.location.info[0][1] if each is not None else "" for each in found]
    assert said == [f"x:{each}" if each else "" for each in (both, only_own, only_brought)]
    assert preferred(nothing, None) is None


# calls


def told(
    number: str, incoming: str, outgoing: str, *headers: Header, body: bytes = OFFER.encode(), name: str = "Ann"
) -> tuple[Request, Side]:  # fmt: skip
    """The INVITE that a call through this node becomes."""
    sides: list[Side] = []
    found: list[Request] = []
    kind = [value for key, value in headers if key == "Content-Type"] or ["application/sdp"]
    others = tuple(each for each in headers if each[0] != "Content-Type")

    async def story(side: Side) -> None:
        sides.append(side)
        side.pbx.datastore(Geolocation).use(read_geolocation(parse_config(GEOLOCATION)))
        side.far.on_invite = lambda session: session.refuse(486, now=side.far.now)
        session = side.far.invite(
            side.uri(number), side.flow, name=name, headers=(*others, *((("Content-Type", kind[0]),) if body != OFFER.encode() else ())),
            sdp=body.decode(),
        )  # fmt: skip
        await side.far.until(lambda: side.far.requests("INVITE"))
        await side.far.until(lambda: side.far.outcome(session))
        found.append(side.far.requests("INVITE")[0])

    pjsip = PHONES.replace("INCOMING", incoming and f"geoloc_incoming_call_profile={incoming}")
    pjsip = pjsip.replace("OUTGOING", outgoing and f"geoloc_outgoing_call_profile={outgoing}")
    play(story, pjsip, dialplan=DIALPLAN)
    return found[0], sides[0]


def place_of(invite: Request) -> dict[str, str]:
    """The location that an INVITE tells."""
    found = location_of(invite)
    return dict(found.location.info) if found is not None else {}


def test_an_endpoint_without_a_profile_is_told_nothing() -> None:
    invite, _ = told("911", "office", "", ("Geolocation", "<https://lis.example.com/1>"))
    assert "geolocation" not in invite.fields
    assert invite.get("content-type") == "application/sdp"


def test_the_configured_location_is_told() -> None:
    invite, _ = told("913", "", "office", name="${SHELL(touch /tmp/x)} <&>")
    assert place_of(invite) == {
        "country": "US", "A1": "New York", "HNO": "1633", "FLR": "4",
        "LOC": "${SHELL(touch /tmp/x)} <&>",
    }  # fmt: skip
    assert invite.get("geolocation-routing") == "no"
    assert invite.get("geolocation").endswith(">;loc-src=pbx.example.com")
    assert sdp_of(invite).startswith("v=0")
    found = location_of(invite)
    assert found is not None
    assert (found.notes, found.location.method) == ("tell the guard", "Manual")


def test_a_reference_is_told() -> None:
    invite, _ = told("913", "", "link")
    assert invite.get("geolocation") == "<https://lis.example.com/4>"
    assert invite.get("geolocation-routing") == "yes"
    assert invite.get("content-type") == "application/sdp"


def test_what_a_caller_brings_is_passed_on() -> None:
    brought = ("Geolocation", "<https://lis.example.com/1>")
    invite, _ = told("911", "<prefer_incoming>", "<prefer_incoming>", brought)
    assert invite.get("geolocation") == "<https://lis.example.com/1>"
    for incoming, outgoing in (
        ("", "<prefer_incoming>"),
        ("<discard_incoming>", "<prefer_incoming>"),
        ("<prefer_incoming>", "<discard_incoming>"),
    ):
        invite, _ = told("911", incoming, outgoing, brought)
        assert "geolocation" not in invite.fields


def test_what_it_says_of_variables_means_nothing() -> None:
    brought = ("Geolocation", "<https://lis.example.com/${SHELL(x)}>")
    invite, side = told("912", "<prefer_incoming>", "<prefer_incoming>", brought)
    assert "geolocation" not in invite.fields, "two parts of a civic address are no URI"
    assert side.pbx.global_variables["said"] == "URI URI=https://lis.example.com/${SHELL(x)}"
    invite, _ = told("911", "<prefer_incoming>", "<prefer_incoming>", brought)
    assert "geolocation" not in invite.fields, "braces stand in no URI"


def test_the_dialplan_reads_and_changes_it() -> None:
    source = request("<cid:1@b>")
    headers = (("Geolocation", "<cid:1@b>"), ("Content-Type", source.get("content-type")))
    invite, side = told(
        "912", "<prefer_incoming>", "<prefer_incoming>", *headers, body=source.body, name="${EXTEN}"
    )
    assert side.pbx.global_variables["said"] == "civicAddress lang=en,country=US,A1=Texas"
    assert side.pbx.global_variables["status"] == "0"
    assert place_of(invite) == {
        "lang": "en",
        "country": "US",
        "A1": "Texas",
        "FLR": "7",
        "ROOM": "${EXTEN}",
    }
    assert invite.get("geolocation-routing") == "yes"


def test_a_profile_that_is_not_there_is_said(caplog: pytest.LogCaptureFixture) -> None:
    invite, _ = told("911", "lost", "lost")
    assert "geolocation" not in invite.fields
    assert caplog.text.count("geolocation.conf has no profile [lost]") == 2
