"""BASENAME and DIRNAME: the parts of a path.

Family: Files, commands and the machine
"""

from __future__ import annotations

from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel


@function("BASENAME")
def base_name(channel: Channel, path: Rest = "") -> str:
    """The last part of a path, as the command ``basename`` gives it.

    Args:
        channel: The channel.
        path: Any.

    Examples:
        Set(x=${BASENAME(/var/spool/a.wav)})  ; => a.wav
    """
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@function("DIRNAME")
def directory_name(channel: Channel, path: Rest = "") -> str:
    """A path without its last part, as the command ``dirname`` gives it.

    Args:
        channel: The channel.
        path: Any.

    Examples:
        Set(x=${DIRNAME(/var/spool/a.wav)})  ; => /var/spool
    """
    folder, slash, _ = path.rstrip("/").rpartition("/")
    if not slash:
        return "/" if path.startswith("/") else "."
    return folder.rstrip("/") or "/"
