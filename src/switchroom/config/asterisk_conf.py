"""``asterisk.conf``: the folders, and the options of the process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Section, read_config
from switchroom.config.language.values import parse_number, parse_yes_no

_DIRECTORIES = frozenset(
    {
        "astcachedir",
        "astetcdir",
        "astmoddir",
        "astvarlibdir",
        "astdbdir",
        "astkeydir",
        "astdatadir",
        "astagidir",
        "astspooldir",
        "astrundir",
        "astlogdir",
        "astsbindir",
    }
)
_HONOURED = frozenset(
    {
        "defaultlanguage",
        "execincludes",
        "live_dangerously",
        "maxcalls",
        "maxload",
        "alwaysfork",
        "nofork",
        "rungroup",
        "runuser",
        "systemname",
        "test_events",
        "verbose",
    }
)


@dataclass(frozen=True, slots=True)
class Directories:
    """Where things are, with the original's defaults."""

    astetcdir: Path = Path("/etc/asterisk")
    astmoddir: Path = Path("/usr/lib/asterisk/modules")
    astvarlibdir: Path = Path("/var/lib/asterisk")
    astdbdir: Path = Path("/var/lib/asterisk")
    astkeydir: Path = Path("/var/lib/asterisk")
    astdatadir: Path = Path("/var/lib/asterisk")
    astagidir: Path = Path("/var/lib/asterisk/agi-bin")
    astspooldir: Path = Path("/var/spool/asterisk")
    astrundir: Path = Path("/var/run/asterisk")
    astlogdir: Path = Path("/var/log/asterisk")
    astsbindir: Path = Path("/usr/sbin")
    astcachedir: Path = Path("/var/cache/asterisk")

    @property
    def sounds(self) -> Path:
        """The user's own prompts, and recordings without a path."""
        return self.astdatadir / "sounds"


@dataclass(frozen=True, slots=True)
class Compatibility:
    """``[compat]``: what is to be as it was in 1.4."""

    pbx_realtime: bool = False  #: ``|`` separates the arguments of applications
    res_agi: bool = False  #: ``|`` separates the arguments of EXEC
    app_set: bool = False  #: one Set() sets several variables


@dataclass(frozen=True, slots=True)
class AsteriskConfig:
    """All of ``asterisk.conf``."""

    directories: Directories = Directories()
    system_name: str = ""
    default_language: str = "en"
    exec_includes: bool = False
    live_dangerously: bool = False  #: what escalates may be asked for from outside
    test_events: bool = False  #: harnesses are told what they wait for (AMI: TestEvent)
    maximum_calls: int = 0  #: 0: no limit
    maximum_load: float = 0.0  #: of the machine, above which calls are refused; 0: no limit
    verbose: int = 0
    stays_in_front: bool = False  #: ``nofork``: started as ``asterisk``, it goes not behind
    always_forks: bool = False
    run_user: str = ""  #: whom it becomes when it is started as ``asterisk``
    run_group: str = ""
    control_socket_name: str = "asterisk.ctl"
    control_socket_mode: int = 0o600
    compatibility: Compatibility = Compatibility()
    #: Files that stand in a database, and where they were written out.
    static_files: Mapping[str, Path] = field(default_factory=dict)
    warnings: tuple[ConfigWarning, ...] = ()

    @property
    def database_file(self) -> Path:
        """The AstDB."""
        return self.directories.astdbdir / "astdb.sqlite3"

    def file(self, name: str) -> Path:
        """Where a configuration file is."""
        return self.static_files.get(name) or self.directories.astetcdir / name

    @property
    def control_socket(self) -> Path:
        """Where the CLI of a running server is reached."""
        return self.directories.astrundir / self.control_socket_name


def load_asterisk_conf(where: Path) -> AsteriskConfig:
    """Read ``asterisk.conf``, or do without.

    Args:
        where: The file, or the configuration folder. A folder is its own ``astetcdir`` unless its
            file says otherwise, so that a folder that was copied works where it is.

    Raises:
        ConfigError: The file is missing or wrong. A folder without the file is not an error.
    """
    folder = where if where.is_dir() else where.parent
    file = folder / "asterisk.conf" if where.is_dir() else where
    if where.is_dir() and not file.exists():
        return AsteriskConfig(directories=Directories(astetcdir=folder.absolute()))
    return read_asterisk_conf(read_config(file))


def read_asterisk_conf(file: ConfigFile) -> AsteriskConfig:
    """Read an ``asterisk.conf`` that was parsed already; its own folder is the default etc.

    Raises:
        ConfigError: A folder that is not absolute, or a value that is none.
    """
    warnings = Warnings()
    options = _section(file, "options")
    for entry in options.entries:
        if entry.name.lower() not in _HONOURED:
            message = f"{entry.name} has no effect yet (options)"
            warnings.add(message, entry.path, entry.line)
    files = _section(file, "files")
    return AsteriskConfig(
        directories=_directories(
            _section(file, "directories"), file.path.absolute().parent, warnings
        ),
        system_name=options.get("systemname"),
        default_language=options.get("defaultlanguage") or "en",
        exec_includes=_flag(options, "execincludes"),
        live_dangerously=_flag(options, "live_dangerously"),
        test_events=_flag(options, "test_events"),
        maximum_calls=_number(options, "maxcalls"),
        maximum_load=_load(options),
        verbose=_number(options, "verbose"),
        stays_in_front=_flag(options, "nofork"),
        always_forks=_flag(options, "alwaysfork"),
        run_user=options.get("runuser"),
        run_group=options.get("rungroup"),
        control_socket_name=Path(files.get("astctl") or "asterisk.ctl").name,
        control_socket_mode=_mode(files, warnings),
        compatibility=_compatibility(_section(file, "compat"), warnings),
        warnings=tuple(warnings.entries),
    )


def _compatibility(section: Section, warnings: Warnings) -> Compatibility:
    """Which parts are asked to be as in 1.4; any later version is what they are today."""
    old: dict[str, bool] = {}
    for entry in section.entries:
        name = entry.name.lower()
        version = re.fullmatch(r"1\.([0-9]{1,2})|[1-9][0-9]", entry.value)
        if name not in {"pbx_realtime", "res_agi", "app_set"} or version is None:
            message = f"{entry.name} = {entry.value} is no choice of [compat]: it has no effect"
            warnings.add(message, entry.path, entry.line)
            continue
        old[name] = version[1] is not None and int(version[1]) < 6
    return Compatibility(**old)


def _section(file: ConfigFile, name: str) -> Section:
    return file.section(name) or Section(name, file.path, 0)


def _directories(section: Section, etc: Path, warnings: Warnings) -> Directories:
    found: dict[str, Path] = {"astetcdir": etc}
    for entry in section.entries:
        name = entry.name.lower()
        if name not in _DIRECTORIES:
            warnings.add(f"there is no directory {entry.name}", entry.path, entry.line)
            continue
        if not entry.value.startswith("/"):
            message = f"{name} must be an absolute path, not {entry.value!r}"
            raise ConfigError(message, path=entry.path, line=entry.line)
        found[name] = Path(entry.value)
    if (library := found.get("astvarlibdir")) is not None:
        # Those that stand below it follow it, unless they are named themselves.
        for name in ("astdbdir", "astkeydir", "astdatadir"):
            found.setdefault(name, library)
        found.setdefault("astagidir", library / "agi-bin")
    return Directories(**found)


def _flag(section: Section, name: str) -> bool:
    text = section.get(name)
    try:
        return bool(text) and parse_yes_no(text)
    except ValueError as error:
        raise _wrong(section, name, error) from error


def _number(section: Section, name: str) -> int:
    text = section.get(name)
    try:
        return parse_number(text, maximum=1_000_000) if text else 0
    except ValueError as error:
        raise _wrong(section, name, error) from error


def _load(section: Section) -> float:
    text = section.get("maxload") or "0"
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) is None:
        raise _wrong(section, "maxload", ValueError(f"{text!r} is no load average"))
    return float(text)


def _mode(section: Section, warnings: Warnings) -> int:
    """The permissions of the control socket: never more than owner and group."""
    text = section.get("astctlpermissions") or "0600"
    try:
        mode = int(text, 8)
    except ValueError as error:
        raise _wrong(section, "astctlpermissions", error) from error
    if mode & ~0o660:
        message = f"astctlpermissions {text} is narrowed to {mode & 0o660:04o}: nobody else may"
        warnings.add(message, section.path, section.line)
    return mode & 0o660


def _wrong(section: Section, name: str, error: ValueError) -> ConfigError:
    line = next((e.line for e in reversed(section.entries) if e.name == name), section.line)
    return ConfigError(f"{name}: {error}", path=section.path, line=line)
