"""``sippeers``: a changed row acts on the next call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from switchroom.channels.sip.endpoints.realtime import RealtimeEndpoints
from switchroom.channels.sip.endpoints.realtime_peers import RealtimePeers
from switchroom.config.language.reader import parse_config
from switchroom.config.rtp import RtpConfig
from switchroom.config.sorcery import Sorcery
from switchroom.pbx.channel import RequestError
from tests.channels.sip_far_end import Side, play
from tests.channels.test_sip_realtime import DIALPLAN, Row, Tables, account, status

GENERAL = "[general]\ncontext=in\nallow=ulaw\n"
FILE = "[filed]\ntype=endpoint\ncontext=in\nallow=!all,ulaw\n"
ALICE: Row = {"name": "alice", "type": "friend", "host": "dynamic", "secret": "wonderland", "port": "5060",
              "regseconds": "0", "ipaddr": "", "callerid": "Alice <100>"}  # fmt: skip


def run(found: Tables, story: Callable[[Side], Awaitable[None]]) -> None:
    async def begin(side: Side) -> None:
        for family in found.families:
            await found.refresh(family)
        directory = RealtimeEndpoints(side.service, found, Sorcery(), RtpConfig())
        general = parse_config(GENERAL).section("general")
        directory.peers = RealtimePeers(side.service, found, general)
        side.service.directory = directory
        directory.build_all()
        await story(side)

    play(begin, FILE, dialplan=DIALPLAN)


def test_a_changed_row_acts_on_the_next_call() -> None:
    found = Tables(sippeers=[dict(ALICE)], sipusers=[])

    async def story(side: Side) -> None:
        assert await status(side) == 200
        found.set("sippeers", {**ALICE, "secret": "other"})
        assert await status(side) == 401
        assert await status(side, account=account("other")) == 200
        found.set("sippeers", {**ALICE, "context": "out"})
        assert await status(side) == 486
        found.set("sippeers", {**ALICE, "type": "rubbish"})
        assert await status(side) == 401
        found.set("sippeers")
        found.set("sipusers", ALICE)
        assert await status(side) == 200
        found.set("sipusers")
        assert await status(side) == 401
        assert "filed" in side.service.settings.endpoints

    run(found, story)


def test_a_trunk_is_known_by_its_address_and_dialled() -> None:
    found = Tables(sippeers=[])

    async def story(side: Side) -> None:
        sender = "sip:somebody@example.com"
        assert await status(side, sender=sender, account=None) == 401
        found.set("sippeers", {"name": "trunk", "host": "127.0.0.1", "port": "9", "type": "peer"})
        assert await status(side, sender=sender, account=None) == 200
        technology = side.pbx.technologies["SIP"]
        channel = await technology.request(side.pbx, "100@trunk", None)
        assert channel.name.startswith("SIP/trunk-")
        channel.hangup()
        found.set("sippeers")
        with pytest.raises(RequestError):
            await technology.request(side.pbx, "100@trunk", None)
        assert await status(side, sender=sender, account=None) == 401

    run(found, story)
