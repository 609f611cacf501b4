"""``phoneprov.conf``: which files phones fetch, and from what they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry, Section

GENERAL = frozenset({"serveraddr", "serveriface", "serverport", "default_profile"})


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file that phones of a profile fetch."""

    name: str  #: as it is asked for; of a template with ``${MAC}`` and its like
    source: str  #: a path below the folder of provisioning
    mime_type: str = ""
    is_template: bool = False


@dataclass(frozen=True, slots=True)
class PhoneProfile:
    """What phones of one kind fetch."""

    name: str
    mime_type: str = ""  #: of files that say nothing of their own
    files: tuple[ServedFile, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PhoneprovConfig:
    """All of the file."""

    server: str = ""  #: what phones are told to register at; empty: where they ask
    port: str = ""
    default_profile: str = ""
    variables: tuple[tuple[str, str], ...] = ()  #: of all profiles
    profiles: Mapping[str, PhoneProfile] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


def read_phoneprov(file: ConfigFile) -> PhoneprovConfig:
    """Read a ``phoneprov.conf``; what is not understood in it is passed over with a warning."""
    warnings = Warnings()
    general = file.section("general") or Section("general", file.path, 0)
    profiles: dict[str, PhoneProfile] = {}
    for section in file.sections:
        if section.name.lower() not in {"general", "authentication"} and not section.is_template:
            profiles[section.name] = _read_profile(section)
    for entry in general.entries:
        name = entry.name.lower()
        if name == "serveriface":
            message = "serveriface has no effect; serveraddr has, or the address that phones ask at"
            warnings.add(message, entry.path, entry.line)
        elif name not in GENERAL | {"setvar"}:
            warnings.add(f"phoneprov.conf: there is no option {name!r}", entry.path, entry.line)
    return PhoneprovConfig(
        server=general.get("serveraddr"),
        port=general.get("serverport"),
        default_profile=general.get("default_profile"),
        variables=tuple(_variable(each) for each in general.entries if _is_variable(each)),
        profiles=MappingProxyType(profiles),
        warnings=tuple(warnings.entries),
    )


def _read_profile(section: Section) -> PhoneProfile:
    folder, mime_type = section.get("staticdir").strip("/"), section.get("mime_type").strip()
    files: list[ServedFile] = []
    for entry in section.entries:
        name = entry.name.lower()
        source, _, kind = (part.strip() for part in entry.value.partition(","))
        if name == "static_file":
            path = f"{folder}/{source}" if folder else source
            files.append(ServedFile(source.lstrip("/"), path, kind or mime_type))
        elif name not in {"staticdir", "mime_type", "setvar"}:
            files.append(
                ServedFile(entry.name.lstrip("/"), source, kind or mime_type, is_template=True)
            )
    variables = tuple(_variable(each) for each in section.entries if _is_variable(each))
    return PhoneProfile(section.name, mime_type, tuple(files), variables)


def _is_variable(entry: Entry) -> bool:
    return entry.name.lower() == "setvar"


def _variable(entry: Entry) -> tuple[str, str]:
    name, _, value = entry.value.partition("=")
    return name.strip(), value.strip()
