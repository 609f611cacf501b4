"""``recordings.conf``: what recordings are called, how long they stay, where they go. Ours."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile

FILE = "recordings.conf"
DAY = 86_400.0
_GENERAL = MappingProxyType(
    {
        "name": Option(Kind.TEXT, "", honoured=True),
        "keep_days": Option(Kind.DECIMAL, "0", honoured=True),
        "keep_gigabytes": Option(Kind.DECIMAL, "0", honoured=True),
        "upload": Option(Kind.TEXT, "", honoured=True),
        "remove_after_upload": Option(Kind.FLAG, "no", honoured=True),
        "every": Option(Kind.NUMBER, "60", honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class RecordingsConfig:
    """What becomes of recordings; without a file they stay where they are."""

    keep_for: float = 0.0  #: seconds; 0: for ever
    keep_bytes: int = 0  #: of all together; 0: any
    upload: str = ""  #: a shell command a file, with ``{file}`` and ``{name}``
    removes_uploaded: bool = False
    every: float = 60.0  #: seconds between two looks
    name: str = ""  #: of those that nobody gave one, with ``${…}``
    warnings: tuple[ConfigWarning, ...] = ()

    @property
    def has_work(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.keep_for or self.keep_bytes or self.upload)


def read_recordings(file: ConfigFile) -> RecordingsConfig:
    """Read a ``recordings.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    section = file.section("general")
    if section is None:
        return RecordingsConfig()
    warnings = Warnings()
    options = read_options(section, _GENERAL, what=FILE, warnings=warnings)
    return RecordingsConfig(
        max(0.0, options.decimal("keep_days")) * DAY,
        int(max(0.0, options.decimal("keep_gigabytes")) * 1e9),
        options.text("upload").strip(),
        options.flag("remove_after_upload"),
        float(max(1, options.number("every"))),
        options.text("name").strip(),
        tuple(warnings.entries),
    )
