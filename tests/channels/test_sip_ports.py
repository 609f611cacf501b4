"""Endpoints with ports of their own, over a socket."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from tests.channels.sip_far_end import Side, play
from tests.support.fakes import FakeEngine

ALICE = """\
[alice]
type=endpoint
context=in
allow=ulaw
rtp_port_start=12000
rtp_port_end=12100
"""


def test_its_audio_is_opened_there() -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow)
        engine = side.pbx.engine
        assert isinstance(engine, FakeEngine)
        plan = engine.streams[0].plan
        assert plan is not None
        assert plan.ports == (12000, 12100)

    play(story, ALICE, dialplan="[in]\nexten => 1,1,Answer()\n same => n,Wait(9)\n")


@pytest.mark.parametrize(
    "ports", ["rtp_port_start=12000", "rtp_port_end=12000", "rtp_port_start=9\nrtp_port_end=12000"]
)
def test_a_range_that_is_none(ports: str) -> None:
    config = read_pjsip(parse_config(f"[a]\ntype=endpoint\n{ports}\n"))
    with pytest.raises(ConfigError, match="must be a range within 1024-65535"):
        merge(config, None, user_agent="test")
