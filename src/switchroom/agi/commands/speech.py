"""Speech recognition: no engine is built in, so that none can be created."""

from __future__ import annotations

from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.pbx.channel import Channel


@agi_command("speech create", "<engine>")
async def create(channel: Channel, engine: str) -> Answer:
    """Would prepare an engine: 0, there is none."""
    return Answer(0)


@agi_command("speech destroy", when_dead=True)
async def destroy(channel: Channel) -> Answer:
    """Would let an engine go: 0, there is none."""
    return Answer(0)


@agi_command("speech set", "<name> <value>")
async def set_(channel: Channel, name: str, value: str) -> Answer:
    """Would set an engine up: 0, there is none."""
    return Answer(0)


@agi_command("speech load grammar", "<name> <path>")
async def load_grammar(channel: Channel, name: str, path: str) -> Answer:
    """Would load a grammar: 0, there is no engine."""
    return Answer(0)


@agi_command("speech unload grammar", "<name>", when_dead=True)
async def unload_grammar(channel: Channel, name: str) -> Answer:
    """Would unload a grammar: 0, there is no engine."""
    return Answer(0)


@agi_command("speech activate grammar", "<name>")
async def activate_grammar(channel: Channel, name: str) -> Answer:
    """Would use a grammar: 0, there is no engine."""
    return Answer(0)


@agi_command("speech deactivate grammar", "<name>")
async def deactivate_grammar(channel: Channel, name: str) -> Answer:
    """Would use a grammar no more: 0, there is no engine."""
    return Answer(0)


@agi_command("speech recognize", "<sound> <milliseconds> [<offset>]")
async def recognize(channel: Channel, sound: str, within: str, offset: str = "") -> Answer:
    """Would play a sound and recognise what is said: -1, there is no engine."""
    return Answer(-1)
