"""From a URI to places, by tables of DNS records (RFC 3263, RFC 2782)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from switchroom.net.dns import SystemLookup
from switchroom.net.locating import MAX_PLACES, Locator, Naptr, Place, Srv
from switchroom.sip.uri import parse_uri
from tests.support.virtual_loop import run_virtual

BOTH = ("udp", "tcp")


@dataclass
class Records:
    """A DNS that keeps what it was asked."""

    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    services: Mapping[str, Sequence[Srv]] = field(default_factory=dict)
    pointers: Mapping[str, Sequence[Naptr]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def naptr(self, name: str) -> Sequence[Naptr]:
        self.asked.append(f"NAPTR {name}")
        return self.pointers.get(name, ())

    async def srv(self, name: str) -> Sequence[Srv]:
        self.asked.append(f"SRV {name}")
        return self.services.get(name, ())

    async def addresses(self, name: str) -> Sequence[str]:
        self.asked.append(f"A {name}")
        return self.names.get(name, ())


def located(
    uri: str, records: Records, *, protocols: Sequence[str] = BOTH, chance: float = 0.0
) -> list[Place]:
    locator = Locator(records, lambda: chance)
    return run_virtual(locator.places(parse_uri(uri), protocols))


CARRIER = Records(
    names={"a.example.com": ["192.0.2.1", "2001:db8::1"], "b.example.com": ["192.0.2.2"]},
    services={
        "_sip._udp.example.com": [
            Srv(20, 0, 5080, "b.example.com."),
            Srv(10, 0, 5070, "a.example.com."),
        ],
        "_sip._tcp.example.com": [Srv(10, 0, 5090, "b.example.com")],
        "_sip._udp.none.example": [Srv(0, 0, 0, ".")],
    },
    pointers={
        "tcp.example": [Naptr(10, 50, "SIP+D2T", "_sip._tcp.example.com")],
        "both.example": [
            Naptr(10, 50, "SIPS+D2T", "_sips._tcp.example.com"),
            Naptr(20, 60, "SIP+D2U", "_sip._udp.example.com"),
            Naptr(20, 50, "SIP+D2T", "_sip._tcp.example.com"),
            Naptr(5, 5, "E2U+sip", "elsewhere.example"),
        ],
    },
)
UDP_PLACES = [
    Place("udp", ("192.0.2.1", 5070)),
    Place("udp", ("2001:db8::1", 5070)),
    Place("udp", ("192.0.2.2", 5080)),
]
TCP_PLACE = Place("tcp", ("192.0.2.2", 5090))


@pytest.mark.parametrize(
    ("uri", "places"),
    [
        ("sip:192.0.2.9", [Place("udp", ("192.0.2.9", 5060))]),
        ("sip:x@192.0.2.9:5071;transport=tcp", [Place("tcp", ("192.0.2.9", 5071))]),
        ("sip:[2001:db8::9]", [Place("udp", ("2001:db8::9", 5060))]),
        ("sips:192.0.2.9", [Place("tls", ("192.0.2.9", 5061))]),
        ("sip:example.com;maddr=192.0.2.8", [Place("udp", ("192.0.2.8", 5060))]),
        ("sip:example.com", [*UDP_PLACES, TCP_PLACE]),
        ("sip:example.com;transport=tcp", [TCP_PLACE]),
        ("sip:tcp.example", [TCP_PLACE]),
        ("sip:both.example", [TCP_PLACE, *UDP_PLACES]),
        ("sip:b.example.com", [Place("udp", ("192.0.2.2", 5060))]),
        ("sip:b.example.com:5099", [Place("udp", ("192.0.2.2", 5099))]),
        ("sip:b.example.com:5099;transport=tcp", [Place("tcp", ("192.0.2.2", 5099))]),
        ("sip:none.example", []),
        ("sip:nowhere.example", []),
    ],
)
def test_places(uri: str, places: list[Place]) -> None:
    assert located(uri, CARRIER) == places


def test_what_needs_no_dns_asks_none() -> None:
    records = Records(names={"pbx": ["192.0.2.1"]})
    assert located("sip:192.0.2.1", records)
    assert records.asked == []
    assert located("sip:pbx", records) == [Place("udp", ("192.0.2.1", 5060))]
    assert records.asked == ["A pbx"]  # a name of the local network has no records of services


@pytest.mark.parametrize(
    ("chance", "first"), [(0.0, "light"), (0.24, "light"), (0.26, "heavy"), (0.99, "heavy")]
)
def test_weights_decide_by_chance(chance: float, first: str) -> None:
    records = Records(
        names={"light": ["192.0.2.1"], "heavy": ["192.0.2.3"]},
        services={"_sip._udp.x.example": [Srv(1, 30, 1, "heavy"), Srv(1, 10, 1, "light")]},
    )
    places = located("sip:x.example", records, protocols=["udp"], chance=chance)
    assert len(places) == 2
    assert places[0].address[0] == records.names[first][0]


def test_a_name_with_too_many_places_is_cut() -> None:
    many = [f"192.0.2.{n}" for n in range(100)]
    records = Records(names={"h": many}, services={"_sip._udp.x.example": [Srv(1, 1, 1, "h")] * 50})
    assert len(located("sip:x.example", records, protocols=["udp"])) == MAX_PLACES
    assert len(located("sip:h:5060", records)) == MAX_PLACES


def test_the_system_knows_its_own_name_and_remembers_it() -> None:
    async def story() -> None:
        lookup = SystemLookup()
        first = await lookup.addresses("localhost")
        assert {"127.0.0.1", "::1"} & set(first)
        assert await lookup.addresses("localhost") is first
        assert await lookup.addresses("no-such-host.invalid") == ()

    asyncio.run(story())
