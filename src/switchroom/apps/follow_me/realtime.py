"""Profiles of FollowMe() that stand in tables. No application itself."""

from __future__ import annotations

from pathlib import Path

from switchroom.config.followme import FollowMeProfile, read_followme
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.pbx.pbx import Pbx
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.statements import Condition

PROFILES, NUMBERS = "followme", "followme_numbers"
_NOT_OPTIONS = frozenset({"id", "name"})


async def find_profile(pbx: Pbx, name: str) -> FollowMeProfile | None:
    """The profile of a row of ``followme``, its numbers from ``followme_numbers``.

    Args:
        pbx: The core.
        name: What stands in the column ``name`` of both.

    Returns:
        None where there is no such row.
    """
    realtime = pbx.datastore(Realtime)
    rows = await realtime.find(PROFILES, Condition("name", name))
    if not rows:
        return None
    numbers = await realtime.find(NUMBERS, Condition("name", name), order_by="ordinal")
    path = Path(PROFILES)
    entries = [
        Entry(column, value, path, 0)
        for column, value in rows[0].items()
        if value.strip() and column.lower() not in _NOT_OPTIONS
    ]
    for row in numbers:
        words = (row.get("phonenumber", ""), row.get("timeout", ""), row.get("ordinal", ""))
        entries.append(Entry("number", ",".join(words), path, 0))
    return read_followme(ConfigFile(path, [Section(name, path, 0, entries)])).profiles[name]
