"""What the Say applications share: speaking, and being interrupted. No application itself."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.apps.prompts import go_to_keyed, play_prompts
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import ALL_DIGITS, Channel


async def say(
    channel: Channel, names: Iterable[str], application: str, *, may_jump: bool = False
) -> None:
    """Say prompts; where ``SAY_DTMF_INTERRUPT`` is true a digit goes to its extension.

    Args:
        channel: Who hears them.
        names: The prompts.
        application: Who says them, for the log.
        may_jump: A digit goes to its extension, whatever the variable says.
    """
    if not may_jump:
        may_jump = variable(channel, "SAY_DTMF_INTERRUPT").strip().lower() == "true"
    interrupt = ALL_DIGITS if may_jump else ""
    played = await play_prompts(channel, names, application, interrupt=interrupt)
    if played.digit:
        await go_to_keyed(channel, played.digit)
