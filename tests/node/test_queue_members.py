"""Members of a queue, on a whole node."""

import asyncio
from pathlib import Path

from switchroom.cli.context import StopMode
from switchroom.node.node import Node
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.desk import Desks
from tests.node.test_parts import prepare


def test_the_first_caller_finds_members_whose_devices_are_known(tmp_path: Path) -> None:
    prepare(tmp_path)
    (tmp_path / "queues.conf").write_text(
        "[sales]\nmember => Local/1@phones\nmember => Local/2@phones\n"
    )

    async def look(node: Node) -> dict[str, DeviceState]:
        await node.fully_booted.wait()
        assert node._pbx is not None
        queue = node._pbx.datastore(Desks)["sales"].queue
        states = {member.interface: member.state for member in queue.members.values()}
        node.stop(StopMode.NOW)
        return states

    async def story() -> dict[str, DeviceState]:
        node = Node(tmp_path)
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(node.run())
            looking = group.create_task(look(node))
        return looking.result()

    assert asyncio.run(story()) == {
        "Local/1@phones": DeviceState.NOT_INUSE,
        "Local/2@phones": DeviceState.INVALID,
    }
