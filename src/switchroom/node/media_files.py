"""``indications.conf`` and ``musiconhold.conf``: what the core is to let people hear."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.indications import IndicationsConfig, read_indications
from switchroom.config.musiconhold import MusicConfig, read_musiconhold
from switchroom.config.reader import ConfigFile, read_config
from switchroom.pbx.music import MusicClasses
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.signal_tones import Indications

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: What ``module reload`` may call them, without prefix and suffix.
MEDIA_WORDS = frozenset({"indications", "musiconhold", "moh"})


def load_media_files(asterisk: AsteriskConfig, pbx: Pbx) -> None:
    """Read both files, or read them anew; what was there stays where one is wrong.

    Raises:
        ConfigError: One of them cannot be used.
    """
    indications = _read(asterisk, "indications.conf", read_indications) or IndicationsConfig()
    music = _read(asterisk, "musiconhold.conf", read_musiconhold) or MusicConfig()
    for warning in (*indications.warnings, *music.warnings):
        logger.warning("%s", warning)
    pbx.datastore(Indications).config = indications
    pbx.datastore(MusicClasses).use(music)


def _read(asterisk: AsteriskConfig, name: str, read: Callable[[ConfigFile], T]) -> T | None:
    path = asterisk.directories.astetcdir / name
    return read(read_config(path, allow_exec=asterisk.exec_includes)) if path.exists() else None
