"""The AstDB."""

from __future__ import annotations

from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.pbx.channel import Channel


@agi_command("database get", "<family> <key>", when_dead=True)
async def get(channel: Channel, family: str, key: str) -> Answer:
    """Reads a value: 0 where there is none."""
    value = channel.pbx.astdb.get(family, key)
    return Answer(0) if value is None else Answer(1, value)


@agi_command("database put", "<family> <key> <value>", when_dead=True)
async def put(channel: Channel, family: str, key: str, value: str) -> Answer:
    """Writes a value; it is on disk when this is answered."""
    await channel.pbx.astdb.put(family, key, value)
    return Answer(1)


@agi_command("database del", "<family> <key>", when_dead=True)
async def delete(channel: Channel, family: str, key: str) -> Answer:
    """Deletes a value: 0 where there was none."""
    return Answer(int(await channel.pbx.astdb.delete(family, key)))


@agi_command("database deltree", "<family> [<key tree>]", when_dead=True)
async def delete_tree(channel: Channel, family: str, key: str = "") -> Answer:
    """Deletes a family, or what is below a key of it: 0 where there was nothing."""
    return Answer(int(await channel.pbx.astdb.delete_tree(family, key) > 0))
