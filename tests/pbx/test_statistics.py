"""The node's own figures: what goes over the bus becomes datagrams."""

import asyncio
import socket

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import ContactChanged, RegistryChanged
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.statistics import Statistics
from switchroom.pbx.statsd import Statsd
from tests.pbx.test_statsd import config_for
from tests.support.fakes import make_channel, make_pbx

STANDING = [
    "channels.active:{channels}|g",
    "calls.active:{channels}|g",
    "bridges.active:{bridges}|g",
    "PJSIP.registrations.count:{registrations}|g",
]


def received(server: socket.socket) -> list[str]:
    """What has come by now: loopback keeps nothing back."""
    found = []
    server.settimeout(0)
    try:
        while True:
            found.append(server.recv(2000).decode())
    except BlockingIOError:
        return found


def standing(channels: int = 0, bridges: int = 0, registrations: int = 0) -> list[str]:
    return [
        each.format(channels=channels, bridges=bridges, registrations=registrations)
        for each in STANDING
    ]


def test_figures_of_a_node() -> None:
    clock = [1000.0]

    async def main(server: socket.socket) -> None:
        async with make_pbx(now=lambda: clock[0]) as pbx:
            sender, statistics = pbx.datastore(Statsd), Statistics(pbx)
            await sender.connect(config_for(server))
            statistics.start()
            statistics.start()  # again: nothing is heard twice
            statistics.send_standings()
            assert received(server) == standing()
            calls(pbx, server)
            contacts(pbx, statistics, server)
            statistics.stop()
            make_channel(pbx, name="PJSIP/alice-00000003")
            assert received(server) == []
            sender.close()

    def calls(pbx: Pbx, server: socket.socket) -> None:
        alice: Channel = make_channel(pbx, name="PJSIP/alice-00000001")
        assert received(server) == ["channels.count:1|c", "endpoints.PJSIP.alice.channels:1|g"]
        local = make_channel(pbx, name="Local/1@x-00000001;1")
        assert received(server) == ["channels.count:1|c"]
        clock[0] += 12.5
        alice.finish()
        assert received(server) == [
            "channels.count:-1|c", "channels.calltime:12500|ms", "endpoints.PJSIP.alice.channels:0|g",
        ]  # fmt: skip
        local.finish()
        assert received(server) == ["channels.count:-1|c", "channels.calltime:12500|ms"]

    def contacts(pbx: Pbx, statistics: Statistics, server: socket.socket) -> None:
        statistics.know_contact("PJSIP", "old", "sip:old@h", "Reachable")
        for status, round_trip in (("Created", None), ("Updated", None), ("Reachable", 0.0204)):
            pbx.events.publish(ContactChanged("a b", "sip:a@h", "a", status, round_trip))
        pbx.events.publish(RegistryChanged("sip:me@trunk", "sip:trunk", "Registered"))
        statistics.send_standings()
        assert received(server) == [
            "PJSIP.contacts.a_b.rtt:20|ms",
            *standing(registrations=1),
            "PJSIP.contacts.states.Reachable:2|g",
            "PJSIP.registrations.state.Registered:1|g",
        ]
        for uri in ("sip:a@h", "sip:b@h"):  # the second is not known
            pbx.events.publish(ContactChanged("a b", uri, "a", "Removed"))
        pbx.events.publish(RegistryChanged("sip:me@trunk", "sip:trunk", "Rejected"))
        statistics.send_standings()
        assert received(server)[4:] == [
            "PJSIP.contacts.states.Reachable:1|g",
            "PJSIP.registrations.state.Registered:0|g",
            "PJSIP.registrations.state.Rejected:1|g",
        ]

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        asyncio.run(main(server))
