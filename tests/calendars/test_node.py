"""A whole node with a ``calendar.conf``, and a web server with a calendar."""

import asyncio
from pathlib import Path

from switchroom.calendars.calendars import Calendars
from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
from tests.calendars.test_web import serving
from tests.node.test_parts import prepare

WITHIN = 30.0  #: seconds that anything may take on a busy machine


def test_a_node_looks_at_its_calendars(tmp_path: Path) -> None:
    prepare(tmp_path)
    file = tmp_path / "calendar.conf"

    async def story(node: Node) -> None:
        await node.fully_booted.wait()
        pbx = node._pbx
        assert pbx is not None
        calendars = pbx.datastore(Calendars)
        while not calendars["anna"].events:
            await asyncio.sleep(0.01)
        assert device_state(pbx, "Calendar:anna") is DeviceState.INUSE
        changes: asyncio.Queue[DeviceStateChanged] = asyncio.Queue()
        pbx.events.subscribe(DeviceStateChanged, changes.put_nowait)
        file.write_text(file.read_text().replace("[anna]", "[bob]"))
        await node.reload("res_calendar")
        assert list(calendars) == ["bob"]
        assert await changes.get() == DeviceStateChanged("Calendar:bob", DeviceState.INUSE)
        node.stop(StopMode.NOW)

    async def main() -> None:
        async with serving() as server:
            address = f"http://127.0.0.1:{server.port}/always"
            file.write_text(f"[anna]\ntype = ical\nurl = {address}\n")
            node = Node(tmp_path)
            async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
                group.create_task(node.run())
                group.create_task(story(node))
            assert len(server.seen) == 2

    asyncio.run(main())
