"""``BRIDGEPEER`` in conferences."""

from __future__ import annotations

from switchroom.conference.peers import MOST, tell_peers
from tests.conference.audible_house import AudibleHouse, tell
from tests.support.fakes import make_channel, make_pbx


def test_everybody_knows_the_others() -> None:
    async def story(house: AudibleHouse) -> None:
        def peers(name: str) -> str:
            return house.channels[name].variables.get("BRIDGEPEER", "")

        await house.call("ann")
        assert peers("ann") == ""
        await house.call("bob")
        names = {name: channel.name for name, channel in house.channels.items()}
        assert (peers("ann"), peers("bob")) == (names["bob"], names["ann"])
        await house.hang_up("bob")
        assert peers("ann") == ""

    tell(story)


def test_of_many_nobody_is_named() -> None:
    pbx = make_pbx()
    channels = [make_channel(pbx, name=f"Fake/{number}") for number in range(MOST + 1)]
    tell_peers(channels[:MOST])
    assert channels[0].variables["BRIDGEPEER"].count(",") == MOST - 2
    tell_peers(channels)
    assert {each.variables.get("BRIDGEPEER", "") for each in channels} == {""}
    tell_peers(channels[:1], channels[1])
    assert channels[1].variables["BRIDGEPEER"] == ""
