"""What is checked: the files of a folder, or some files, read once for all rules."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import switchroom.apps
import switchroom.functions
from switchroom.base.errors import ConfigError, SwitchroomError
from switchroom.base.release import Release
from switchroom.config.asterisk_conf import AsteriskConfig, read_asterisk_conf
from switchroom.config.language.options import ConfigWarning
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.records.cdr import read_cdr
from switchroom.config.rtp import RtpConfig, read_rtp
from switchroom.config.sip.peers import SipConfig, read_sip
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.tools.check import source
from switchroom.tools.check.finding import Place
from switchroom.tools.check.lines import Lines
from switchroom.tools.check.plan import Plan, Step

ValueT = TypeVar("ValueT")

DIALPLAN, AEL = "extensions.conf", "extensions.ael"
#: Files that are read besides it: those with a reader of their own, and those that name contexts,
#: queues, mailboxes and other things that a dialplan speaks of.
OTHERS = (
    *("asterisk.conf", "pjsip.conf", "sip.conf", "rtp.conf", "cdr.conf"),
    *("queues.conf", "voicemail.conf", "confbridge.conf", "meetme.conf", "musiconhold.conf"),
    *("features.conf", "res_parking.conf", "func_odbc.conf", "extconfig.conf", "followme.conf"),
    *("iax.conf", "chan_dahdi.conf", "agents.conf", "users.conf", "manager.conf", "minivm.conf"),
    *("skinny.conf", "mgcp.conf", "unistim.conf", "ooh323.conf", "motif.conf", "console.conf"),
    *("cdr_custom.conf", "cdr_adaptive_odbc.conf", "dundi.conf", "sla.conf"),
    *("res_odbc.conf", "zapata.conf"),
)
READ = (DIALPLAN, AEL, *OTHERS)
_READERS: Mapping[str, Callable[[ConfigFile], object]] = {
    "pjsip.conf": read_pjsip,
    "sip.conf": read_sip,
    "asterisk.conf": read_asterisk_conf,
    "rtp.conf": read_rtp,
    "cdr.conf": read_cdr,
}
#: Contexts that modules fill.
_FILLED_BY_MODULES = frozenset({"parkedcalls", "park-dial", "park-hints"})


class UnreadableError(SwitchroomError):
    """There is nothing to check where one was told to look."""


@dataclass(eq=False)
class Project:
    """All that rules look at."""

    files: dict[str, ConfigFile] = field(default_factory=dict)  #: by the usual name of such a file
    plan: Plan = field(default_factory=Plan)
    understood: dict[str, object] = field(default_factory=dict)  #: what the typed readers made
    errors: list[ConfigError] = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)
    sounds: tuple[Path, ...] = ()  #: folders that hold sound files
    migration: tuple[Release, Release] | None = None  #: from which version to which it is to go
    _analyses: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    def once(self, analyse: Callable[[Project], ValueT]) -> ValueT:
        """What an analysis that several rules share finds; it is done once."""
        if analyse not in self._analyses:
            self._analyses[analyse] = analyse(self)
        return cast("ValueT", self._analyses[analyse])

    @property
    def warnings(self) -> Iterator[ConfigWarning]:
        """What the readers say of lines that have no effect, or not the one that was meant."""
        yield from self.plan.warnings
        for found in self.understood.values():
            if isinstance(found, PjsipConfig | SipConfig | AsteriskConfig | RtpConfig):
                yield from found.warnings

    def sections(self, name: str) -> list[Section]:
        """Sections of a file that are no templates; none where there is no such file."""
        file = self.files.get(name)
        return [s for s in file.sections if not s.is_template] if file else []

    def at(self, step: Step, offset: int, length: int) -> Place:
        """A part of a step's data."""
        return self.lines.data(step, offset, length)


@functools.cache
def known_here() -> tuple[frozenset[str], frozenset[str]]:
    """Applications (in small letters) and functions that are built."""
    found = collect_applications(switchroom.apps), collect_functions(switchroom.functions)
    return frozenset(found[0]), frozenset(found[1])


def load_folder(folder: Path, *, sounds: Iterable[Path] = ()) -> Project:
    """Read the files of a configuration folder.

    Raises:
        UnreadableError: There is no such folder, or nothing in it that is checked.
    """
    if not folder.is_dir():
        raise UnreadableError(f"{folder} is no folder")
    found = {name: folder / name for name in READ if (folder / name).is_file()}
    if not found:
        raise UnreadableError(f"{folder} holds no extensions.conf and no other file that is read")
    project = _load(found, sounds)
    _look_at_programs(project.plan, folder)
    return project


def load_files(paths: Iterable[Path], *, sounds: Iterable[Path] = ()) -> Project:
    """Read some files and what they include; what a file is, its name says.

    Raises:
        UnreadableError: A file cannot be read, or two say that they are the same.
    """
    found: dict[str, Path] = {}
    for path in paths:
        name = _usual_name(path.name)
        if name in found:
            raise UnreadableError(f"{path} and {found[name]} would both be {name}")
        found[name] = path
    return _load(found, sounds)


def _usual_name(name: str) -> str:
    if name in OTHERS:
        return name
    if name.endswith(".ael"):
        return AEL
    for usual in ("pjsip.conf", "sip.conf"):
        if name.startswith(usual.removesuffix(".conf")):
            return usual
    return DIALPLAN


def _load(paths: Mapping[str, Path], sounds: Iterable[Path]) -> Project:
    project = Project(sounds=tuple(sounds))
    for name, path in paths.items():
        if name == AEL:
            continue
        try:
            project.files[name] = source.read_all(path, project.errors)
        except ConfigError as error:
            raise UnreadableError(error.message) from error
        project.lines.add(project.files[name])
    for name, read in _READERS.items():
        if (file := project.files.get(name)) is not None:
            project.understood[name] = source.understood(read, file, project.errors)
    _allow_exec(project)
    with source.quiet_language():
        _read_dialplan(project, paths.get(AEL))
    return project


def _read_dialplan(project: Project, ael: Path | None) -> None:
    file = project.files.get(DIALPLAN)
    if file is None and ael is None:
        return
    tree = None
    if ael is not None:
        tree, read = source.read_ael(ael, project.errors)
        if not read:
            raise UnreadableError(f"cannot read {ael}")
        for path, text in read.items():
            project.lines.add_text(path, text)
    is_open = project.plan.is_open or (ael is not None and tree is None)
    syntax = source.syntax_of(project.files.get("asterisk.conf"))
    project.plan = source.read_plan(file, project.errors, syntax=syntax, ael=tree)
    project.plan.is_open = is_open
    project.plan.opaque |= _FILLED_BY_MODULES | _parking_contexts(project)


def _allow_exec(project: Project) -> None:
    """``#exec`` is never run here; where it is allowed, what it adds is not known."""
    options = project.understood.get("asterisk.conf")
    if not (isinstance(options, AsteriskConfig) and options.exec_includes):
        return

    def is_exec(error: ConfigError) -> bool:
        path = error.path
        return path is not None and project.lines.line(path, error.line).startswith("#exec")

    if any(is_exec(error) for error in project.errors):
        project.errors = [error for error in project.errors if not is_exec(error)]
        project.plan.is_open = True


def _parking_contexts(project: Project) -> set[str]:
    files = ("res_parking.conf", "features.conf")
    return {
        entry.value
        for name in files
        for section in project.sections(name)
        for entry in section.entries
        if entry.name.lower() in {"context", "regcontext"}
    }


def _look_at_programs(plan: Plan, folder: Path) -> None:
    """Dialplans that are programs are not run: what they may call a context exists."""
    plan.is_open = plan.is_open or (folder / "extensions.lua").is_file()
    python = folder / "extensions.py"
    if not python.is_file():
        return
    try:
        tree = ast.parse(python.read_text(encoding="utf-8", errors="replace"))
    except (SyntaxError, ValueError, RecursionError):
        plan.is_open = True
        return
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    plan.opaque.update(value for value in constants if isinstance(value, str))
