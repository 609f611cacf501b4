"""``sorcery.conf``: which objects of SIP are in files or tables, and which programs push."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry

SECTIONS = frozenset(
    {
        "res_pjsip",
        "res_pjsip_endpoint_identifier_ip",
        "res_pjsip_outbound_registration",
        "res_pjsip_publish_asterisk",
        "res_pjsip_outbound_publish",
        "res_pjsip_pubsub",
    }
)
KINDS = ("endpoint", "auth", "aor", "identify", "contact", "domain_alias", "registration")

#: Those that programs may push; contacts are the registrar's own.
PUSHABLE = ("endpoint", "auth", "aor", "identify", "domain_alias", "registration")


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """Where objects of one kind are."""

    families: tuple[str, ...] = ()  #: of ``extconfig.conf``
    is_in_file: bool = False  #: those of ``pjsip.conf`` count as well
    keep_for: float = 0.0  #: seconds that a copy counts without being asked for (``memory_cache``)


@dataclass(frozen=True, slots=True)
class Keeper:
    """One place where objects of a kind are; the original says wizard."""

    wizard: str  #: ``config``, ``realtime``, ``astdb`` or ``memory``
    name: str = ""  #: of the file, of the family, or what keys in the AstDB begin with


@dataclass(frozen=True, slots=True)
class MemoryCache:
    """Copies of one kind of objects, and how long they are believed without a look."""

    name: str
    kind: str
    keep_for: float  #: seconds


@dataclass(frozen=True, slots=True)
class Sorcery:
    """All of ``sorcery.conf`` that leads elsewhere than to ``pjsip.conf``."""

    kinds: Mapping[str, ObjectSource] = field(default_factory=dict)  #: those in a database
    keepers: Mapping[str, tuple[Keeper, ...]] = field(default_factory=dict)  #: as written
    caches: tuple[MemoryCache, ...] = ()
    warnings: tuple[ConfigWarning, ...] = ()

    def is_in_file(self, kind: str) -> bool:
        """Whether those of ``pjsip.conf`` count: unless all that is written leads elsewhere."""
        keepers = self.keepers.get(kind, ())
        return not keepers or any(each.wizard == "config" for each in keepers)

    def keeper_for_new(self, kind: str) -> Keeper | None:
        """Where a pushed object goes; None: this kind only stands in the file."""
        return next((each for each in self.keepers.get(kind, ()) if each.wizard != "config"), None)


def read_sorcery(file: ConfigFile) -> Sorcery:
    """Read a ``sorcery.conf``; what is not understood is left out, with a warning."""
    warnings = Warnings()
    reader = _Reader(warnings)
    for section in file.sections:
        if section.name in SECTIONS:
            for entry in section.entries:
                reader.add(entry, section.name)
    caches = tuple(reader.caches.values())
    return Sorcery(reader.sources(), reader.keepers(), caches, tuple(warnings.entries))


class _Reader:
    def __init__(self, warnings: Warnings) -> None:
        self._warnings = warnings
        self._families: dict[str, list[str]] = {}
        self._in_file: set[str] = set()
        self._keep_for: dict[str, float] = {}
        self._keepers: dict[str, list[Keeper]] = {}
        self.caches: dict[str, MemoryCache] = {}

    def add(self, entry: Entry, section: str) -> None:
        kind, slash, _ = entry.name.strip().partition("/")
        words = [word.strip() for word in entry.value.split(",")]
        wizard = words[0].lower()
        if slash or wizard == "memory_cache":
            options = dict(word.partition("=")[::2] for word in words[1:])
            seconds = options.get("object_lifetime_maximum") or options.get("object_lifetime_stale")
            if seconds and seconds.isdigit():
                self._keep_for[kind] = float(seconds)
            name = options.get("name") or f"{section}/{kind}"
            self.caches[name] = MemoryCache(name, kind, self._keep_for.get(kind, 0.0))
        elif wizard == "config":
            self._in_file.add(kind)
        elif wizard == "realtime" and len(words) > 1 and kind in KINDS:
            self._families.setdefault(kind, []).append(words[1])
        elif wizard not in {"memory", "astdb"}:
            message = f"{entry.name}={entry.value} has no effect here"
            self._warnings.add(message, entry.path, entry.line)
            return
        is_whole = wizard in {"config", "memory"} or len(words) > 1
        if kind in PUSHABLE and not slash and wizard != "memory_cache" and is_whole:
            keeper = Keeper(wizard, words[1] if len(words) > 1 else "")
            self._keepers.setdefault(kind, []).append(keeper)

    def keepers(self) -> dict[str, tuple[Keeper, ...]]:
        return {kind: tuple(found) for kind, found in self._keepers.items()}

    def sources(self) -> dict[str, ObjectSource]:
        return {
            kind: ObjectSource(
                tuple(families), kind in self._in_file, self._keep_for.get(kind, 0.0)
            )
            for kind, families in self._families.items()
        }
