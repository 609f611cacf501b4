from ipaddress import ip_network

import pytest

from switchroom.channels.sip.endpoint import Credentials, Endpoint, Identify, SipSettings
from switchroom.channels.sip.identification import Identification

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
    endpoint = Identification(SETTINGS).identify(
        host=host, from_user=from_user, auth_username=auth_username
    )
    assert (endpoint and endpoint.name) == expected
