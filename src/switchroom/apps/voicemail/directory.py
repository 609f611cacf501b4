"""Directory(): let callers find people by name.

Family: Voicemail
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from switchroom.apps.voicemail.directory_search import DirectoryPlan, DirectoryResult, Search
from switchroom.apps.voicemail.voice import Voice
from switchroom.base.errors import ConfigError
from switchroom.base.text import leading_int
from switchroom.config.language.reader import read_config
from switchroom.config.voicemail.mailboxes import DEFAULT_CONTEXT, VoicemailConfig, read_voicemail
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.voicemail.directory import Searched

logger = logging.getLogger(__name__)

_LETTERS = 3
_LEADS = {DirectoryResult.OPERATOR: "o", DirectoryResult.ASSISTANT: "a"}


@dataclass(frozen=True, slots=True)
class DirectoryOptions:
    """Option letters of Directory."""

    extension: bool = option("e", "Say the extension too.")
    first: str = option("f", "Search first names, by so many letters.", default="-", bare="3")
    last: str = option("l", "Search last names, by so many letters.", default="-", bare="3")
    both: str = option("b", "Search both, by so many letters.", default="-", bare="3")
    alias: bool = option("a", "Search other names too, as mailboxes have them (``alias``).")
    menu: bool = option("m", "Offer up to eight names at once instead of one after the other.")
    no_answer: bool = option("n", "Do not answer first.")
    pause_ms: int = option("p", "Wait so many milliseconds first.", default=0)
    filename: str = option("c", "Read mailboxes from another file.", default="")
    skip: bool = option("s", "Do not go there: set DIRECTORY_EXTEN.")
    screen: bool = option("d", "For phones with ADSI: has no effect.")

    def plan(self, context: str, exits: str) -> DirectoryPlan:
        """What they ask for."""
        letters = next((n for n in (self.both, self.first, self.last) if n != "-"), "3")
        searched = Searched(0)
        if self.first != "-" or self.both != "-":
            searched |= Searched.FIRST
        if self.last != "-" or self.both != "-" or not searched:
            searched |= Searched.LAST
        return DirectoryPlan(
            context,
            searched | Searched.ALIAS if self.alias else searched,
            leading_int(letters) or _LETTERS,
            self.extension,
            self.menu,
            max(0, self.pause_ms) / 1000,
            exits,
        )


@application("Directory")
async def directory(
    channel: Channel,
    vm_context: str = "",
    dial_context: str = "",
    options: DirectoryOptions = DirectoryOptions(),
) -> None:
    """Let the caller key the first letters of a name, and go to the extension of who is chosen.

    Answers first. ``0`` goes to extension ``o`` and ``*`` to extension ``a`` of the dial context,
    where there is one. People are the owners of mailboxes in voicemail.conf.

    Args:
        channel: The channel.
        vm_context: Whose mailboxes; ``default`` when empty.
        dial_context: Where their extensions are; the same when empty.
        options: Option letters.

    Variables:
        DIRECTORY_RESULT: SELECTED, OPERATOR, ASSISTANT, USEREXIT, TIMEOUT, HANGUP or FAILED.
        DIRECTORY_EXTEN: Who was chosen, with option ``s``.

    Examples:
        ; first or last name, three letters, and the extension is said
        exten => 411,1,Directory(default,,b(3)e)
    """
    channel.set_variable("DIRECTORY_RESULT", "HANGUP")
    if not options.no_answer:
        await channel.answer()
    context = vm_context.strip() or DEFAULT_CONTEXT
    place = dial_context.strip() or context
    dialplan = channel.pbx.dialplan
    exits = "".join(
        key for key, way in (("0", "o"), ("*", "a")) if dialplan.exists(channel, way, 1, place)
    )
    config = await _config(channel, options.filename) if options.filename else None
    search = Search(Voice(channel, "Directory"), options.plan(context, exits), config)
    chosen = await search.run()
    channel.set_variable("DIRECTORY_RESULT", str(search.result))
    if chosen is None:
        if (way := _LEADS.get(search.result)) is not None:
            channel.goto(place, way, 1)
    elif options.skip:
        channel.set_variable("DIRECTORY_EXTEN", chosen.number)
    elif dialplan.exists(channel, chosen.number, 1, place):
        channel.goto(place, chosen.number, 1)
    else:
        logger.warning("%s: Directory: no extension %s@%s", channel.name, chosen.number, place)
        channel.set_variable("DIRECTORY_RESULT", str(DirectoryResult.FAILED))


async def _config(channel: Channel, name: str) -> VoicemailConfig:
    """Another file of mailboxes; an empty one where it cannot be read."""
    path = channel.pbx.directories.astetcdir / name
    try:
        return read_voicemail(await asyncio.to_thread(read_config, path))
    except ConfigError as error:
        logger.warning("%s: Directory: %s", channel.name, error)
        return VoicemailConfig()
