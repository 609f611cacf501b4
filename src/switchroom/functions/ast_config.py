"""AST_CONFIG: a value out of a configuration file.

Family: Files, commands and the machine
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path

from switchroom.base.errors import ConfigError, DialplanError
from switchroom.base.text import leading_int
from switchroom.config.language.reader import ConfigFile, read_config
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.config_files import ConfigFiles


@function("AST_CONFIG")
async def configured(
    channel: Channel, file: str, category: str, variable: str, index: str = "0"
) -> str:
    """A value out of a file in the configuration's folder, as it stands there now.

    Args:
        channel: The channel.
        file: The file's name, ``queues.conf``.
        category: The section.
        variable: The option.
        index: Which one where it stands there several times, from 0; negative: from the end.

    Examples:
        Set(strategy=${AST_CONFIG(queues.conf,sales,strategy)})
        Set(second=${AST_CONFIG(queues.conf,sales,member,1)})
    """
    elsewhere = channel.pbx.datastore(ConfigFiles).get(file)
    path = elsewhere or channel.pbx.directories.astetcdir / file
    values = await asyncio.to_thread(_values, path, category, variable.strip())
    place = leading_int(index) or 0
    if not -len(values) <= place < len(values):
        raise DialplanError(f"AST_CONFIG: {file} has no {variable} number {place} in [{category}]")
    return values[place]


def _values(path: Path, category: str, variable: str) -> list[str]:
    try:
        file = _read(path, path.stat().st_mtime_ns)
    except (OSError, ConfigError, ValueError) as error:
        raise DialplanError(f"AST_CONFIG: {error}") from error
    sections = [section for section in file.sections if section.name == category]
    wanted = variable.lower()
    return [
        entry.value
        for section in sections
        for entry in section.entries
        if entry.name.lower() == wanted
    ]


@lru_cache(maxsize=32)
def _read(path: Path, changed: int) -> ConfigFile:
    return read_config(path)
