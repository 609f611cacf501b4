from ipaddress import ip_network

import pytest

from switchroom.channels.sip.endpoints.endpoint import Credentials, Endpoint, Identify, SipSettings
from switchroom.channels.sip.endpoints.identification import Identification, Sight
from switchroom.sip.message import Request

SETTINGS = SipSettings(
    endpoints={
        "alice": Endpoint("alice"),
        "trunk": Endpoint("trunk", identify_by_username=False),
        "office": Endpoint("office"),
        "roaming": Endpoint(
            "roaming",
            identify_by_auth_username=True,
            credentials=(Credentials("r", "r-user", "x"),),
        ),
    },
    identifies=(
        Identify("i1", "trunk", (ip_network("192.0.2.1/32"), ip_network("2001:db8::/64"))),
        Identify("i2", "office", (ip_network("192.0.2.0/24"),)),
        Identify("i3", "nobody", (ip_network("198.51.100.0/24"),)),
    ),
)


@pytest.mark.parametrize(
    ("host", "from_user", "auth_username", "expected"),
    [
        ("192.0.2.1", "alice", "", "trunk"),
        ("192.0.2.2", "alice", "", "office"),
        ("2001:db8::5", "x", "", "trunk"),
        ("fe80::1%eth0", "alice", "", "alice"),
        ("127.0.0.1", "alice", "", "alice"),
        ("127.0.0.1", "trunk", "", None),
        ("127.0.0.1", "unknown", "", None),
        ("127.0.0.1", "unknown", "r-user", "roaming"),
        ("198.51.100.7", "unknown", "", None),
    ],
)
def test_identify(host: str, from_user: str, auth_username: str, expected: str | None) -> None:
    seen = sight(host, from_user, auth_username)
    identified = Identification(SETTINGS).identify(seen)
    assert (identified and identified.endpoint.name) == expected


def sight(
    host: str = "198.51.100.1",
    from_user: str = "nobody",
    auth_username: str = "",
    *,
    uri: str = "sip:100@pbx",
    **headers: str,
) -> Sight:
    fields = {name.replace("_", "-"): [value] for name, value in headers.items()}
    fields["from"] = [f"<sip:{from_user}@example.com>"]
    return Sight(Request("INVITE", uri, fields), host, auth_username)


MANY = SipSettings(
    endpoints={
        name: Endpoint(name) for name in ("alice", "alice@example.com", "trunk", "sales", "line")
    },
    identifies=(
        Identify("i1", "trunk", host_names=("sip.carrier.example",)),
        Identify("i2", "trunk", header="X-Tenant: blue"),
        Identify("i3", "sales", header="X-Site: /^berlin-[0-9]+$/"),
        Identify("i4", "sales", request_uri="/;campaign=/"),
    ),
)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (sight(from_user="alice"), ("alice@example.com", "username")),
        (sight("192.0.2.77"), ("trunk", "ip")),
        (sight(x_tenant="blue"), ("trunk", "header")),
        (sight(x_tenant="blueish"), None),
        (sight(x_site="berlin-12"), ("sales", "header")),
        (sight(x_site="near berlin-12"), None),
        (sight(uri="sip:1@pbx;campaign=7"), ("sales", "request_uri")),
        (sight(uri="sip:in@pbx;line=token"), ("line", "line")),
        (sight(uri="sip:in@pbx;line=guess"), None),
    ],
)
def test_ways(seen: Sight, expected: tuple[str, str] | None) -> None:
    resolved = {"sip.carrier.example": ["192.0.2.77"]}
    identification = Identification(MANY, resolved, {"token": "line"}.get)
    identified = identification.identify(seen)
    assert (identified and (identified.endpoint.name, identified.by)) == expected


@pytest.mark.parametrize(
    ("order", "by"),
    [
        (("ip", "username", "anonymous"), "ip"),
        (("username", "ip"), "username"),
        (("header",), "header"),
        (("anonymous", "ip"), "anonymous"),
        (("no such way", "header", "ip"), "header"),
    ],
)
def test_the_order_decides(order: tuple[str, ...], by: str) -> None:
    settings = SipSettings(
        endpoints={"anonymous": Endpoint("anonymous"), **MANY.endpoints},
        identifies=(*MANY.identifies, Identify("i5", "trunk", (ip_network("192.0.2.1/32"),))),
        identifier_order=order,
    )
    identified = Identification(settings).identify(sight("192.0.2.1", "alice", x_tenant="blue"))
    assert identified is not None
    assert identified.by == by


def test_whoever_is_known_by_nothing_is_anonymous_where_that_is_an_endpoint() -> None:
    settings = SipSettings(endpoints={"anonymous": Endpoint("anonymous")})
    identified = Identification(settings).identify(sight())
    assert identified is not None
    assert identified.by == "anonymous"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.com", "alice@real.example"),
        ("real.example", "alice@real.example"),
        ("elsewhere.example", "alice"),
    ],
)
def test_another_name_of_a_domain(host: str, expected: str) -> None:
    settings = SipSettings(
        endpoints={name: Endpoint(name) for name in ("alice", "alice@real.example")},
        domain_aliases={"example.com": "real.example"},
    )
    seen = sight("198.51.100.1", "alice")
    seen.request.fields["from"] = [f"<sip:alice@{host}>"]
    identified = Identification(settings).identify(seen)
    assert identified is not None
    assert identified.endpoint.name == expected
