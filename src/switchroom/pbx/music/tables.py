"""Classes of music that stand in tables."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.base.errors import ConfigError
from switchroom.base.text import leading_int
from switchroom.config.musiconhold import MusicClass, music_of_row
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.statements import Condition

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

CLASSES, ENTRIES = "musiconhold", "musiconhold_entry"


async def find_class(pbx: Pbx, name: str) -> MusicClass | None:
    """The class of a row of ``musiconhold``, a playlist's pieces from ``musiconhold_entry``.

    Args:
        pbx: The core.
        name: What stands in the column ``name`` of both.

    Returns:
        None where there is no such row, or one that cannot be used.
    """
    realtime = pbx.datastore(Realtime)
    if not realtime.is_mapped(CLASSES):
        return None
    wanted = Condition("name", name)
    rows = await realtime.find(CLASSES, wanted)
    if not rows:
        return None
    pieces = await realtime.find(ENTRIES, wanted, order_by="position")
    pieces.sort(key=lambda row: leading_int(row.get("position", "")) or 0)  # copies have no order
    entries = [row["entry"] for row in pieces if row.get("entry")]
    try:
        return music_of_row(rows[0], entries, Path(CLASSES))
    except ConfigError as error:
        logger.warning("%s", error.render())
        return None
