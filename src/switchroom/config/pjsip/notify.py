"""``pjsip_notify.conf``: kinds of NOTIFYs by name, their headers and lines of content."""

from __future__ import annotations

from switchroom.config.language.reader import ConfigFile

NotifyConfig = dict[str, tuple[tuple[str, str], ...]]


def read_pjsip_notify(file: ConfigFile) -> NotifyConfig:
    """Read the kinds in their order; ``[general]`` holds none."""
    return {
        section.name: tuple((entry.name, entry.value) for entry in section.entries)
        for section in file.sections
        if not section.is_template and section.name.lower() != "general"
    }
