"""Writes to an AstDB from eight tasks and says what was acknowledged, until it is killed."""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from switchroom.storage.astdb import AstDb


async def write(db: AstDb, task: int) -> None:
    for number in itertools.count():
        key = f"{task}-{number}"
        await db.put("kill", key, f"value-{number}")
        os.write(1, f"{key} value-{number}\n".encode())


async def main() -> None:
    db = AstDb(Path(sys.argv[1]))
    await asyncio.gather(*(write(db, task) for task in range(8)))


if __name__ == "__main__":
    asyncio.run(main())
