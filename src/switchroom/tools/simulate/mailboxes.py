"""Mailboxes of a simulation: those of the configuration, in a spool that goes away with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from switchroom.config.language.reader import read_config
from switchroom.config.voicemail.mailboxes import VoicemailConfig, read_voicemail


def load_mailboxes(folder: Path) -> VoicemailConfig:
    """Read ``voicemail.conf``, made harmless: no command is run and no file of the folder changed.

    Raises:
        ConfigError: It cannot be used.
    """
    path = folder / "voicemail.conf"
    if not path.exists():
        return VoicemailConfig()
    config = read_voicemail(read_config(path))
    general = replace(
        config.general, change_command="", changed_command="", check_command="", notify_command=""
    )
    boxes = {
        # A new password goes into the spool: the configuration stays as it is.
        key: replace(box, options=replace(box.options, password_in_spool=True))
        for key, box in config.boxes.items()
    }
    return replace(config, general=general, boxes=MappingProxyType(boxes))
