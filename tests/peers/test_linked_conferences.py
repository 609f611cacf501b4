"""Two real systems whose conferences are linked, with real phones that each play another tone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.systems import SECRET, System, hang_up, hears, phone, wait_until_hears
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, needs_baresip]

HOSTS = {"paris": "127.0.0.13", "berlin": "127.0.0.14"}
PJSIP = (
    """\
[udp]
type=transport
protocol=udp
bind={address}
[phone](!)
type=endpoint
context=phones
allow=!all,g722,ulaw
"""
    + "".join(
        f"""
[{name}](phone)
auth={name}
aors={name}
[{name}]
type=auth
username={name}
password={SECRET}
[{name}]
type=aor
max_contacts=1
"""
        for name in ("alice", "bob", "carol")
    )
    + """
[other](phone)
aors=other
rtp_timeout=3
[other]
type=aor
contact=sip:12345@{other}
[other]
type=identify
endpoint=other
match={other_host}
"""
)
EXTENSIONS = """\
[phones]
exten => 12345,1,Answer()
 same => n,ConfBridge(12345)
"""
CONFBRIDGE = """\
[default_bridge]
type=bridge
link=PJSIP/other
[default_user]
type=user
quiet=yes
"""


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[dict[str, System]]:
    addresses = {name: f"{host}:{free_port()}" for name, host in HOSTS.items()}
    with ExitStack() as stack:
        running: dict[str, System] = {}
        for number, (name, other) in enumerate((("paris", "berlin"), ("berlin", "paris"))):
            folder = tmp_path / name
            folder.mkdir()
            pjsip = (
                PJSIP.replace("{address}", addresses[name])
                .replace("{other}", addresses[other])
                .replace("{other_host}", HOSTS[other])
            )
            first = 21000 + 500 * number
            files = {
                "pjsip.conf": pjsip, "extensions.conf": EXTENSIONS, "confbridge.conf": CONFBRIDGE,
                "rtp.conf": f"[general]\nrtpstart={first}\nrtpend={first + 498}\n",
            }  # fmt: skip
            system = System(folder, files, address=addresses[name], legs=("PJSIP/other-",))
            running[name] = stack.enter_context(system)
        yield running


def test_linked_conferences_are_one_by_one_leg(systems: dict[str, System], tmp_path: Path) -> None:
    paris, berlin = systems.values()
    with (
        phone("alice", paris, tmp_path) as alice,
        phone("bob", berlin, tmp_path) as bob,
    ):
        paris.wait_for_legs(1)
        berlin.wait_for_legs(1)
        wait_until_hears(bob, "alice")
        wait_until_hears(alice, "bob")
        assert (paris.legs, berlin.legs) == (1, 1)
        assert " 1 " in paris.ask("confbridge list").splitlines()[2]
        hang_up(bob)
        paris.wait_for_legs(0)
        hang_up(alice)
        assert not hears(alice, "alice")
    for system in systems.values():
        system.wait_until_idle()


def test_a_system_that_was_killed_is_joined_again(
    systems: dict[str, System], tmp_path: Path
) -> None:
    paris, berlin = systems.values()
    with phone("alice", paris, tmp_path) as alice:
        with phone("bob", berlin, tmp_path):
            berlin.wait_for_legs(1)
            berlin.kill()
            paris.wait_for_legs(0)
            berlin.start()
        with phone("bob", berlin, tmp_path) as bob:
            berlin.wait_for_legs(1)
            paris.wait_for_legs(1)
            wait_until_hears(bob, "alice")
            hang_up(bob)
        hang_up(alice)
    for system in systems.values():
        system.wait_until_idle()
