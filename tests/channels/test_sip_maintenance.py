"""An endpoint in maintenance: no call to it and none from it, while those that are up go on."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.channels.sip.endpoints.maintenance import Maintenance, MaintenanceChanged
from switchroom.pbx.channel import RequestError
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.sip.events import SessionAnswered, SessionEnded
from tests.channels.sip_far_end import Side, play

FILE = """\
[alice]
type=endpoint
context=in
allow=!all,ulaw
aors=alice
identify_by=ip
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[alice]
type=identify
endpoint=alice
match=127.0.0.1
"""
DIALPLAN = "[in]\nexten => 200,1,Answer()\n same => n,Wait(60)\n"


async def outcome(side: Side) -> SessionAnswered | SessionEnded:
    session = await side.far.call(side.uri("200"), side.flow)
    found = side.far.outcome(session)
    assert found is not None
    return found


def test_calls() -> None:
    async def story(side: Side) -> None:
        pbx = side.pbx
        maintenance = pbx.datastore(Maintenance)
        told: list[object] = []
        for kind in (MaintenanceChanged, DeviceStateChanged):
            pbx.events.subscribe(kind, told.append)
        pbx.datastore(DeviceStates).watch(pbx)
        assert isinstance(await outcome(side), SessionAnswered)
        (up,) = pbx.channels.values()
        assert not maintenance.set(pbx, "nobody", on=True)
        assert maintenance.set(pbx, "alice", on=True)
        assert maintenance.set(pbx, "alice", on=True)
        assert told.count(MaintenanceChanged("alice", is_on=True)) == 1
        assert device_state(pbx, "PJSIP/alice") is DeviceState.INUSE
        refused = await outcome(side)
        assert isinstance(refused, SessionEnded)
        assert refused.status == 503
        with pytest.raises(RequestError, match="maintenance"):
            await pbx.request("PJSIP/alice")
        assert not up.is_hung_up
        up.hangup()
        await asyncio.sleep(1)
        assert device_state(pbx, "PJSIP/alice") is DeviceState.UNAVAILABLE
        assert maintenance.names() == ["alice"]
        assert maintenance.set(pbx, "alice", on=False)
        assert told[-1] == MaintenanceChanged("alice", is_on=False)
        await asyncio.sleep(1)
        assert DeviceStateChanged("PJSIP/alice", DeviceState.NOT_INUSE) in told
        assert isinstance(await outcome(side), SessionAnswered)

    play(story, FILE, dialplan=DIALPLAN)
