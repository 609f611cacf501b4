"""Objects of SIP that programs push: kept in memory or in the AstDB, at work without a reload.

``sorcery.conf`` says which kinds may be pushed and where they are kept. An object that refers to
one that is not there yet (an endpoint pushed before its auth) is kept, and at work as soon as it
is complete: nobody is let in without the password that he should have.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.endpoint import SipSettings
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.acl import NamedRules
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.rtp import RtpConfig
from switchroom.config.sorcery import PUSHABLE, Sorcery
from switchroom.pbx.config_objects import Attributes
from switchroom.storage.database import Database

logger = logging.getLogger(__name__)

PLACE = Path("pushed")  #: instead of a file, in messages

#: Where the objects of each kind are in :class:`PjsipConfig`.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "endpoint": "endpoints",
        "auth": "auths",
        "aor": "aors",
        "identify": "identifies",
        "domain_alias": "domain_aliases",
        "registration": "registrations",
    }
)
#: Options that name auths; an endpoint's own must be there.
_AUTHS = MappingProxyType(
    {"endpoint": ("auth", "outbound_auth"), "registration": ("outbound_auth",)}
)

Name = tuple[str, str]  #: kind and name


class PushedObjects:
    """What was pushed, put beside what files say.

    Args:
        astdb: Keeps what is to outlive the node.
    """

    def __init__(self, astdb: Database) -> None:
        self._astdb = astdb
        self.sorcery = Sorcery()  #: what is kept where
        self._rtp = RtpConfig()
        self._named: NamedRules | None = None
        self._as_read = SipSettings()
        self._files = SipSettings()  #: what the files say, as far as it counts
        self._kept: dict[Name, Section] = {}
        self._users: dict[str, set[Name]] = {}  #: of each auth, those that refer to it

    def use(self, sorcery: Sorcery, rtp: RtpConfig, named: NamedRules | None = None) -> bool:
        """Go by other files from the next :meth:`joined` on; what is in memory stays.

        Args:
            sorcery: What is kept where.
            rtp: What counts for the audio of all.
            named: The lists of ``acl.conf``.

        Returns:
            Whether they say something else than before.
        """
        before = (self.sorcery, self._rtp, self._named)
        self.sorcery, self._rtp, self._named = sorcery, rtp, named
        return before != (sorcery, rtp, named)

    def kept(self, kind: str, name: str) -> Section | None:
        """A pushed object, whether it is complete or not."""
        return self._kept.get((kind, name))

    def is_written(self, kind: str, name: str) -> bool:
        """Whether a file has an object of this name that counts."""
        return _key(kind, name) in getattr(self._files.pjsip, FIELDS[kind])

    # from files

    def joined(self, files: SipSettings) -> SipSettings:
        """What counts: what the files say, and what was pushed.

        Args:
            files: Read just now.
        """
        self._as_read = files
        self._files = self._without_hidden(files)
        self._load()
        if not self._kept:
            return self._files
        try:
            return self._built(self._files, self._kept)
        except ConfigError:
            self._drop_bad()
        return self._built(self._files, self._kept)

    def joined_again(self) -> SipSettings:
        """The same once more, after :meth:`use`."""
        return self.joined(self._as_read)

    def _without_hidden(self, files: SipSettings) -> SipSettings:
        hidden = {kind for kind in PUSHABLE if self._is_hidden(kind)}
        if not hidden:
            return files
        none: dict[str, Any] = {FIELDS[kind]: MappingProxyType({}) for kind in hidden}
        changes: dict[str, Any] = {"pjsip": replace(files.pjsip, **none)}
        if "endpoint" in hidden:
            changes["endpoints"] = {
                name: each for name, each in files.endpoints.items() if each.technology != "PJSIP"
            }
        if "aor" in hidden:
            of_pjsip = files.pjsip.aors
            changes["aors"] = {n: each for n, each in files.aors.items() if n not in of_pjsip}
        for kind, field in (("identify", "identifies"), ("registration", "registrations")):
            if kind in hidden:
                written = getattr(files.pjsip, field)
                found = getattr(files, field)
                changes[field] = tuple(each for each in found if each.name not in written)
        if "domain_alias" in hidden:
            changes["domain_aliases"] = {}
        return replace(files, **changes)

    def _is_hidden(self, kind: str) -> bool:
        """Whether those of ``pjsip.conf`` do not count; for tables realtime knows itself."""
        keepers = self.sorcery.keepers.get(kind, ())
        is_pushed = any(each.wizard in {"astdb", "memory"} for each in keepers)
        return is_pushed and not self.sorcery.is_in_file(kind)

    def _load(self) -> None:
        """Have what stands in the AstDB, and what was pushed into memory and may stay there."""
        before, self._kept = self._kept, {}
        for kind in PUSHABLE:
            for keeper in self.sorcery.keepers.get(kind, ()):
                if keeper.wizard == "astdb":
                    self._load_stored(kind, f"{keeper.name}/{kind}")
                elif keeper.wizard == "memory":
                    found = {key: each for key, each in before.items() if key[0] == kind}
                    self._kept = {**found, **self._kept}
        self._kept = {key: each for key, each in self._kept.items() if not self.is_written(*key)}
        self._users = {}
        for key, section in self._kept.items():
            self._refer(key, section)

    def _refer(self, key: Name, section: Section) -> None:
        for auth in _auths(key[0], section):
            self._users.setdefault(auth, set()).add(key)

    def _refer_no_longer(self, key: Name) -> None:
        section = self._kept.get(key)
        for auth in _auths(key[0], section) if section is not None else ():
            users = self._users.get(auth, set())
            users.discard(key)
            if not users:
                self._users.pop(auth, None)

    def _load_stored(self, kind: str, family: str) -> None:
        for key, value in self._astdb.items(family):
            name = key.removeprefix(f"/{family}/")
            try:
                self._kept[kind, name] = section_of(kind, name, _attributes(value))
            except ValueError as error:
                logger.warning("%s in the AstDB is left out: %s", key, error)

    def _drop_bad(self) -> None:
        """Keep only what can be used: somebody else may have written into the AstDB."""
        for (kind, name), section in list(self._kept.items()):
            try:
                self.check(kind, section)
            except ConfigError as error:
                logger.warning("%s %s is left out: %s", kind, name, error)
                self._refer_no_longer((kind, name))
                del self._kept[kind, name]

    # changing

    def check(self, kind: str, section: Section) -> None:
        """Find out whether an object can be used, what it refers to aside.

        Raises:
            ConfigError: It cannot.
        """
        own = ("auth",) if kind == "endpoint" else ()
        entries = [entry for entry in section.entries if entry.name not in own]
        self._read([replace(section, entries=entries)])

    async def store(self, kind: str, name: str, section: Section) -> None:
        """Keep an object, on disk where ``sorcery.conf`` wants it.

        Raises:
            AstDbError: It could not be stored.
        """
        if family := self._family(kind):
            await self._astdb.put(family, name, _stored(section))
        self._refer_no_longer((kind, name))
        self._kept[kind, name] = section
        self._refer((kind, name), section)

    async def forget(self, kind: str, name: str) -> None:
        """Keep an object no longer.

        Raises:
            AstDbError: It could not be deleted.
        """
        if family := self._family(kind):
            await self._astdb.delete(family, name)
        self._refer_no_longer((kind, name))
        self._kept.pop((kind, name), None)

    def _family(self, kind: str) -> str:
        keeper = self.sorcery.keeper_for_new(kind)
        return f"{keeper.name}/{kind}" if keeper is not None and keeper.wizard == "astdb" else ""

    def changed(self, settings: SipSettings, kind: str, name: str) -> SipSettings:
        """Settings in which one object has changed, with those that refer to it.

        Args:
            settings: As they are.
            kind: Of the object.
            name: Of the object.
        """
        names = {(kind, name)}
        if kind == "auth":
            names |= self._users.get(name, set())
        return self._built(settings, names)

    # building

    def _built(self, settings: SipSettings, names: Iterable[Name]) -> SipSettings:
        """These objects made anew, or taken away where they are kept no longer."""
        affected = list(names)
        wanted: dict[Name, Section] = {}
        for key in affected:
            wanted.update(self._complete(key))
        part = self._read(list(wanted.values()))
        built = merge(part, None, user_agent="", rtp=self._rtp)
        parts: dict[str, Any] = {
            field: dict(getattr(settings.pjsip, field)) for field in FIELDS.values()
        }
        endpoints, aors = dict(settings.endpoints), dict(settings.aors)
        for kind, name in affected:
            parts[FIELDS[kind]].pop(_key(kind, name), None)
            if kind == "endpoint":
                _put_back(endpoints, name, self._files.endpoints)
            elif kind == "aor":
                _put_back(aors, name, self._files.aors)
        for field, objects in parts.items():
            objects.update(getattr(part, field))
        endpoints.update(built.endpoints)
        aors.update(built.aors)
        identifies = {name for kind, name in affected if kind == "identify"}
        registrations = {name for kind, name in affected if kind == "registration"}
        return replace(
            settings,
            endpoints=endpoints,
            aors=aors,
            identifies=(*_others(settings.identifies, identifies), *built.identifies),
            registrations=(*_others(settings.registrations, registrations), *built.registrations),
            domain_aliases=parts["domain_aliases"],
            pjsip=replace(settings.pjsip, **parts),
        )

    def _complete(self, key: Name) -> dict[Name, Section]:
        """An object with the auths it refers to; nothing while one is missing that must not be."""
        section = self._kept.get(key)
        if section is None:
            return {}
        found = {key: section}
        for name in _auths(key[0], section):
            auth = self._kept.get(("auth", name)) or self._written_auth(name)
            if auth is not None:
                found["auth", name] = auth
            elif key[0] == "endpoint" and name in _words(section, "auth"):
                logger.info("endpoint %s waits for its auth %s", key[1], name)
                return {}
        return found

    def _written_auth(self, name: str) -> Section | None:
        auth = self._files.pjsip.auths.get(name)
        return None if auth is None else auth.options.section

    def _read(self, sections: Sequence[Section]) -> PjsipConfig:
        return read_pjsip(ConfigFile(PLACE, list(sections)), self._named)


def section_of(kind: str, name: str, attributes: Attributes) -> Section:
    """The section of a file that says the same."""
    entries = [Entry("type", kind, PLACE, 0)]
    entries += [Entry(n.lower(), v, PLACE, 0) for n, v in attributes if n.lower() != "type"]
    return Section(name, PLACE, 0, entries)


def _attributes(stored: str) -> list[tuple[str, str]]:
    """What an object is stored as, read.

    Raises:
        ValueError: It is no JSON object of texts.
    """
    found = json.loads(stored)
    if not isinstance(found, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004  # as bad JSON is told
    return [
        (name, str(value))
        for name, values in found.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def _stored(section: Section) -> str:
    """The JSON object that the original stores; what is written several times is a list."""
    found: dict[str, str | list[str]] = {}
    for entry in section.entries:
        if entry.name == "type":
            continue
        before = found.get(entry.name)
        if before is None:
            found[entry.name] = entry.value
        else:
            found[entry.name] = [*([before] if isinstance(before, str) else before), entry.value]
    return json.dumps(found)


def _key(kind: str, name: str) -> str:
    return name.lower() if kind == "domain_alias" else name


def _words(section: Section, option: str) -> list[str]:
    texts = [entry.value for entry in section.entries if entry.name == option]
    return [word.strip() for text in texts for word in text.split(",") if word.strip()]


def _auths(kind: str, section: Section) -> list[str]:
    return [name for option in _AUTHS.get(kind, ()) for name in _words(section, option)]


def _put_back(objects: dict[str, Any], name: str, files: Mapping[str, Any]) -> None:
    """Take an object away; that of a file of the old channel counts again."""
    objects.pop(name, None)
    if name in files:
        objects[name] = files[name]


def _others(objects: Iterable[Any], names: Collection[str]) -> list[Any]:
    return [each for each in objects if each.name not in names]
