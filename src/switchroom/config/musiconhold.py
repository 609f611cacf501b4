"""``musiconhold.conf``: the classes of music."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import is_true

DEFAULT_CLASS = "default"

_CLASS = MappingProxyType(
    {
        "mode": Option(Kind.TEXT, "files", honoured=True),
        "directory": Option(Kind.TEXT, honoured=True),
        "entry": Option(Kind.TEXT, honoured=True),
        "application": Option(Kind.TEXT, honoured=True),
        "announcement": Option(Kind.TEXT, honoured=True),
        "sort": Option(
            Kind.CHOICE, "", choices=("", "random", "alpha", "randstart"), honoured=True
        ),
        "random": Option(Kind.FLAG, "no", honoured=True),
        "loop_last": Option(Kind.FLAG, "no", honoured=True),
        "format": Option(Kind.TEXT, "slin", honoured=True),
        "answeredonly": Option(Kind.FLAG, "no", honoured=True),
        "digit": Option(Kind.TEXT),
        "kill_escalation_delay": Option(Kind.NUMBER, "100"),
        "kill_method": Option(Kind.TEXT, "process_group"),
        "name": Option(Kind.TEXT),
    }
)


class MusicMode(StrEnum):
    """Where the music of a class comes from."""

    FILES = "files"  #: of a directory
    PLAYLIST = "playlist"  #: the entries, in order
    CUSTOM = "custom"  #: what a command writes


@dataclass(frozen=True, slots=True)
class MusicClass:
    """One class, as written."""

    name: str
    mode: MusicMode = MusicMode.FILES
    directory: str = ""
    entries: tuple[str, ...] = ()
    application: str = ""
    announcement: str = ""  #: a prompt between two pieces
    sort: str = ""  #: ``random``, ``alpha``, ``randstart``, or as the directory has them
    loops_last: bool = False  #: only the last piece is repeated
    format: str = "slin"  #: of what a command writes
    answered_only: bool = False  #: not for channels that are not up


@dataclass(frozen=True, slots=True)
class MusicConfig:
    """All classes by name."""

    classes: Mapping[str, MusicClass] = field(
        default_factory=lambda: {DEFAULT_CLASS: MusicClass(DEFAULT_CLASS, directory="moh")}
    )
    prefers_channel_class: bool = True  #: the held channel's class counts, not the holder's wish
    keeps_rows: bool = False  #: ``cachertclasses``: a class of a table is read once
    warnings: tuple[ConfigWarning, ...] = ()


def read_musiconhold(file: ConfigFile) -> MusicConfig:
    """Read a ``musiconhold.conf``.

    Raises:
        ConfigError: A class has an unknown option or mode.
    """
    warnings = Warnings()
    classes = {
        section.name: _read_class(section, warnings)
        for section in file.sections
        if section.name.lower() != "general" and not section.is_template
    }
    general = file.section("general")
    prefers = general is None or general.get("preferchannelclass", "yes").lower() != "no"
    keeps = general is not None and is_true(general.get("cachertclasses"))
    return MusicConfig(MappingProxyType(classes), prefers, keeps, tuple(warnings.entries))


def music_of_row(row: Mapping[str, str], pieces: Iterable[str], path: Path) -> MusicClass:
    """The class of a row of a table; columns that are no options are left out.

    Args:
        row: With a column ``name``.
        pieces: Of a playlist, in order.
        path: How the table is called in errors.

    Raises:
        ConfigError: It cannot be used.
    """
    columns = {name.lower(): value for name, value in row.items() if value.strip()}
    entries = [Entry(key, columns[key], path, 0) for key in _CLASS if key in columns]
    entries += [Entry("entry", piece, path, 0) for piece in pieces]
    return _read_class(Section(columns.get("name", ""), path, 0, entries), Warnings())


def _read_class(section: Section, warnings: Warnings) -> MusicClass:
    options = read_options(section, _CLASS, what="musiconhold.conf", warnings=warnings)
    mode = options.text("mode").lower()
    try:
        known = MusicMode(mode)
    except ValueError as error:
        if "mp3" not in mode:  # the modes of old, which ran mpg123 on a directory
            message = f"mode = {mode}: there is no such mode of music; files, playlist or custom"
            raise ConfigError(message, path=section.path, line=options.line_of("mode")) from error
        known = MusicMode.FILES
    if known is MusicMode.CUSTOM and not options.text("application"):
        message = f"[{section.name}] is custom and has no application"
        raise ConfigError(message, path=section.path, line=section.line)
    sort = options.choice("sort") or ("random" if options.flag("random") else "")
    return MusicClass(
        section.name,
        known,
        options.text("directory"),
        options.lines("entry"),
        options.text("application"),
        options.text("announcement"),
        sort,
        options.flag("loop_last"),
        options.text("format").lower(),
        options.flag("answeredonly"),
    )
