"""How recordings are called that nobody gave a name: by a template of ``recordings.conf``."""

from __future__ import annotations

import logging
from itertools import count

from switchroom.base.errors import SwitchroomError
from switchroom.pbx.channel import Channel
from switchroom.pbx.recordings.calls import recording_path

logger = logging.getLogger(__name__)

PLAIN = "/-_.+@="  #: besides letters and digits; everything else becomes _
LONGEST_PART = 200  #: octets of a folder's or a file's name, the suffix not counted; disks have 255


class RecordingNames:
    """Of one node. A datastore of the core."""

    def __init__(self) -> None:
        self.template = ""  #: with ``${…}``, without a suffix; empty: what each feature has itself


async def recording_name(channel: Channel, otherwise: str, ending: str) -> str:
    """The name of a recording of a channel, with its ending; never that of another one.

    Args:
        channel: Whose variables the template may name.
        otherwise: The name where there is no template.
        ending: ``.wav``, ``-in.gsm``.
    """
    template = channel.pbx.datastore(RecordingNames).template
    if not template:
        return otherwise + ending
    try:
        name = _below(await channel.pbx.dialplan.substitute(channel, template))
    except SwitchroomError as error:
        logger.warning("recordings.conf: name = %s: %s", template, error)
        name = ""
    name = name or otherwise
    taken = (f"{name}{'' if number == 1 else f'-{number}'}{ending}" for number in count(1))
    return next(each for each in taken if not recording_path(channel, each).exists())


def _below(name: str) -> str:
    """A name that leads nowhere else, and does nothing in a shell: who calls may choose a part."""
    plain = "".join(each if each.isalnum() or each in PLAIN else "_" for each in name)
    parts = (part.strip() for part in plain.split("/"))
    kept = (part for part in parts if part not in {"", ".", ".."})
    return "/".join(part.encode()[:LONGEST_PART].decode(errors="ignore") for part in kept)
