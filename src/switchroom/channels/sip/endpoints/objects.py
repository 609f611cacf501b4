"""The configuration objects of SIP as programs see and change them, wherever they are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.pushed import FIELDS, PLACE, PushedObjects, section_of
from switchroom.config.language.options import Options, Warnings, read_options
from switchroom.config.language.reader import Entry, Section
from switchroom.config.language.rows import section_of as section_of_row
from switchroom.config.pjsip.objects import EndpointConfig, options_of
from switchroom.config.sorcery import PUSHABLE, Keeper
from switchroom.pbx.config_objects import (
    Attributes,
    BadObjectError,
    UnchangeableObjectError,
    UnknownObjectError,
)
from switchroom.storage.astdb import AstDbError
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.statements import Condition

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

#: Options that nobody is told, however he asks.
SECRETS = frozenset(
    {"md5_cred", "oauth_secret", "password", "password_digest", "priv_key_file", "refresh_token"}
)
MAX_NAME = 200  #: characters of a name; keys of the AstDB hold 255 octets
MAX_CHANGES = 500

_FIELDS = MappingProxyType({**FIELDS, "transport": "transports"})
#: The kinds of each class besides ``res_pjsip``, which has all of them.
_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "res_pjsip_endpoint_identifier_ip": "identify",
        "res_pjsip_outbound_registration": "registration",
    }
)


class SipObjects:
    """Fulfils :class:`~switchroom.pbx.config_objects.ConfigObjects`.

    Args:
        service: Whose endpoints.
        pushed: What is kept in memory and in the AstDB.
        realtime: What is kept in tables.
    """

    def __init__(self, service: SipService, pushed: PushedObjects, realtime: Realtime) -> None:
        self._service = service
        self._pushed = pushed
        self._realtime = realtime
        self._lock = asyncio.Lock()  # a change is made of what the last one left

    async def find(self, config_class: str, kind: str, name: str) -> Attributes:
        """See :class:`~switchroom.pbx.config_objects.ConfigObjects`."""
        _check_class(config_class, kind)
        if (found := self._at_work(kind, name)) is not None:
            return found
        section = self._pushed.kept(kind, name) or await self._row(kind, name)
        if section is None:
            raise UnknownObjectError(f"There is no {kind} {name!r}")
        return _shown(kind, section)

    def _at_work(self, kind: str, name: str) -> Attributes | None:
        objects = getattr(self._service.settings.pjsip, _FIELDS[kind])
        found = objects.get(name.lower() if kind == "domain_alias" else name)
        if found is None:
            return None
        if isinstance(found, str):
            return [("domain", found)]
        if isinstance(found, EndpointConfig):
            return found.parameters()
        return shown(found.options)

    async def put(self, config_class: str, kind: str, name: str, changes: Attributes) -> Attributes:
        """See :class:`~switchroom.pbx.config_objects.ConfigObjects`."""
        keeper = self._writable(config_class, kind, name)
        _check_name(name)
        if len(changes) > MAX_CHANGES:
            raise BadObjectError(f"at most {MAX_CHANGES} attributes may be given")
        async with self._lock:
            if keeper.wizard == "realtime":
                await self._put_row(keeper.name, kind, name, changes)
                return await self.find(config_class, kind, name)
            section = _changed(kind, name, self._pushed.kept(kind, name), changes)
            try:
                self._pushed.check(kind, section)
                await self._pushed.store(kind, name, section)
            except ConfigError as error:
                raise BadObjectError(error.message) from error
            except AstDbError as error:
                raise UnchangeableObjectError(str(error)) from error
            self._apply(kind, name)
        return await self.find(config_class, kind, name)

    async def delete(self, config_class: str, kind: str, name: str) -> None:
        """See :class:`~switchroom.pbx.config_objects.ConfigObjects`."""
        await self.find(config_class, kind, name)
        keeper = self._writable(config_class, kind, name)
        async with self._lock:
            try:
                if keeper.wizard == "realtime":
                    await self._realtime.destroy(keeper.name, [Condition("id", name)])
                    await self._freshen(kind, name)
                    return
                await self._pushed.forget(kind, name)
            except (AstDbError, SqlError) as error:
                raise UnchangeableObjectError(str(error)) from error
            self._apply(kind, name)

    def _writable(self, config_class: str, kind: str, name: str) -> Keeper:
        """Where objects of a kind are pushed to.

        Raises:
            ConfigObjectError: Nowhere, or a file says what this one is.
        """
        _check_class(config_class, kind)
        keeper = self._pushed.sorcery.keeper_for_new(kind) if kind in PUSHABLE else None
        if keeper is None or self._pushed.is_written(kind, name):
            message = f"Could not change {kind} {name!r}: it is read from a file"
            raise UnchangeableObjectError(message)
        return keeper

    def _apply(self, kind: str, name: str) -> None:
        service = self._service
        service.take_changed(self._pushed.changed(service.settings, kind, name))

    # in tables

    async def _row(self, kind: str, name: str) -> Section | None:
        for keeper in self._pushed.sorcery.keepers.get(kind, ()):
            if keeper.wizard == "realtime":
                for row in await self._realtime.find(keeper.name, Condition("id", name)):
                    known = options_of(kind)
                    return section_of_row(name, row, known, family=keeper.name, kind=kind)
        return None

    async def _put_row(self, family: str, kind: str, name: str, changes: Attributes) -> None:
        before = await self._row(kind, name)
        section = _changed(kind, name, before, changes)
        values: dict[str, str] = {attribute.lower(): "" for attribute, _ in changes}
        for entry in section.entries:
            if entry.name in values:
                text = entry.value.replace(";", "^3B")
                values[entry.name] = ";".join(x for x in (values[entry.name], text) if x)
        values.pop("type", None)
        try:
            self._pushed.check(kind, section)
            if before is None:
                await self._realtime.store(family, {"id": name, **values})
            else:
                await self._realtime.update(family, [Condition("id", name)], values)
        except ConfigError as error:
            raise BadObjectError(error.message) from error
        except SqlError as error:
            raise UnchangeableObjectError(str(error)) from error
        await self._freshen(kind, name)

    async def _freshen(self, kind: str, name: str) -> None:
        """Go by the tables as they are now; auths and aors are read with their endpoint's call."""
        if self._service.directory is not None:
            self._service.directory.forget()
            await self._service.directory.freshen([name] if kind == "endpoint" else [])


def shown(options: Options) -> tuple[tuple[str, str], ...]:
    """All options as text, without the secrets."""
    names = sorted(options.table.keys() - SECRETS - {"type"})
    return tuple((name, options.shown(name)) for name in names)


def _shown(kind: str, section: Section) -> Attributes:
    return shown(read_options(section, options_of(kind), what=kind, warnings=Warnings()))


def _check_class(config_class: str, kind: str) -> None:
    if config_class != "res_pjsip" and config_class not in _CLASSES:
        raise UnknownObjectError(f"There is no configuration class {config_class!r}")
    if kind not in _FIELDS or _CLASSES.get(config_class, kind) != kind:
        raise UnknownObjectError(f"{config_class} has no objects of type {kind!r}")


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME or not name.isprintable() or set(name) & set("/[]"):
        raise BadObjectError(f"{name!r} cannot be the name of an object")


def _changed(kind: str, name: str, before: Section | None, changes: Attributes) -> Section:
    """An object with some of its attributes changed."""
    touched = {attribute.lower() for attribute, _ in changes}
    stays = [entry for entry in (before.entries if before else ()) if entry.name not in touched]
    section = section_of(kind, name, [(a, v) for a, v in changes if v.strip()])
    return Section(name, PLACE, 0, [*_without_type(stays), *section.entries])


def _without_type(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.name != "type"]
