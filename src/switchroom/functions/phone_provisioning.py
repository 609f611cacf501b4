"""PP_EACH_EXTENSION() and PP_EACH_USER(): within templates of files that phones fetch.

Family: SIP
"""

from __future__ import annotations

import asyncio
import re

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.provisioning import Provisioning, path_of, plain_mac, read_template
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

_NAMED = re.compile(r"%\{([A-Za-z0-9_]+)\}")


@function("PP_EACH_EXTENSION")
@escalates  # templates have passwords in them
async def pp_each_extension(channel: Channel, mac: str, template_file: str) -> str:
    """A template, filled for each line of a phone, one behind the other.

    Args:
        channel: The channel.
        mac: The phone's hardware address.
        template_file: A file in ``phoneprov`` in the folder of data.

    Examples:
        NoOp(${PP_EACH_EXTENSION(deadbeef4dad,line.xml)})
    """
    provisioning = channel.pbx.datastore(Provisioning)
    try:
        path = path_of(channel.pbx.directories.astdatadir, template_file.strip())
        template = await asyncio.to_thread(read_template, path)
    except OSError as error:
        raise DialplanError(f"PP_EACH_EXTENSION: {template_file}: {error.strerror}") from error
    server = channel.variables.get("SERVER", "")
    filled: list[str] = []
    for line in provisioning.lines_of(mac):
        of_line = await provisioning.channel_for(line, server)
        filled.append(await channel.pbx.dialplan.substitute(of_line, template))
    return "".join(filled)


@function("PP_EACH_USER")
@escalates  # so have variables
async def pp_each_user(channel: Channel, string: str, exclude_mac: str = "") -> str:
    """A text for each line of all phones, for directories and lists of contacts.

    Args:
        channel: The channel.
        string: The text; ``%{NAME}`` in it is a variable of the line.
        exclude_mac: The phone whose lines are left out.

    Examples:
        NoOp(${PP_EACH_USER(<item><fn>%{DISPLAY_NAME}</fn><ct>%{CALLERID}</ct></item>,deadbeef4dad)})
    """
    provisioning = channel.pbx.datastore(Provisioning)
    excluded = plain_mac(exclude_mac)
    server = channel.variables.get("SERVER", "")
    texts: list[str] = []
    for line in provisioning.lines:
        if line.mac != excluded:
            variables = (await provisioning.channel_for(line, server)).variables
            texts.append(_NAMED.sub(lambda found: variables.get(found[1], ""), string))  # noqa: B023  # called at once
    return "".join(texts)
