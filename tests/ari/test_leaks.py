"""What calls leave behind: nothing."""

import asyncio
import gc
import weakref
from pathlib import Path

from switchroom.ari.context import StasisBridges
from switchroom.ari.playback import Playbacks
from switchroom.ari.recording import Recordings
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.channel import Channel
from tests.ari.support import Ari, run_ari


def test_calls_leave_nothing_behind(tmp_path: Path) -> None:
    async def one(ari: Ari, number: int) -> "weakref.ref[Channel]":
        channel = await ari.call(number=number)
        path = f"/channels/{channel.unique_id}"
        await ari.ask("POST", f"{path}/answer")
        await ari.ask(
            "POST", "/channels", endpoint="Phone/alice", app="ivr", channelId=f"c{number}"
        )
        await asyncio.sleep(1.5)
        await ari.ask("POST", "/bridges/talk/addChannel", channel=f"{channel.unique_id},c{number}")
        await ari.ask("POST", f"{path}/play", media="sound:x,sound:y")
        await ari.ask("POST", f"{path}/snoop", app="ivr", spy="both")
        await ari.ask("POST", f"{path}/record", name=f"r{number}", format="wav")
        await ari.ask("POST", "/bridges/talk/play", media="sound:z")
        await asyncio.sleep(1.5)
        await ari.ask("DELETE", path)
        await ari.ask("DELETE", f"/channels/c{number}")
        await asyncio.sleep(1)
        return weakref.ref(channel)

    async def test(ari: Ari) -> None:
        ivr = ari.serve()
        await ari.ask("POST", "/bridges/talk")
        gone = [await one(ari, number) for number in range(20)]
        application = ari.context.hub.applications["ivr"]
        assert application.topics == {}
        assert application.channels == set()
        assert ari.pbx.channels == {}
        for kind in (Playbacks, Recordings):
            assert ari.pbx.datastore(kind) == {}
        bridge = ari.pbx.datastore(StasisBridges)["talk"]
        assert bridge.parties == []
        assert bridge._departures == {}
        assert bridge._plans == {}
        await ari.ask("DELETE", "/bridges/talk")
        assert ari.pbx.datastore(Bridges) == {}
        assert ari.pbx.datastore(StasisBridges) == {}
        ari.phones.calls.clear()
        gc.collect()
        assert [each() for each in gone if each() is not None] == []
        ari.context.hub.disconnect("ivr", ivr)
        assert ari.context.hub.applications == {}

    run_ari(test, folder=tmp_path)
