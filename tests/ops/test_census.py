import asyncio
import os

from switchroom.ops.census import process_census


def test_what_is_opened_is_counted_until_it_is_closed() -> None:
    async def main() -> None:
        before = process_census()
        assert before["Resident memory (KiB)"] > 1000
        assert before["Threads"] >= 1
        descriptors = os.pipe()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(3600))
            during = process_census()
            task.cancel()
        assert during["File descriptors"] == before["File descriptors"] + 2
        assert during["Tasks"] == before["Tasks"] + 1
        for descriptor in descriptors:
            os.close(descriptor)
        after = process_census()
        assert {**after, "Resident memory (KiB)": 0} == {**before, "Resident memory (KiB)": 0}

    asyncio.run(main())
