"""Endpoints that stand in tables of a database: looked up when they are needed.

Before a request is identified, and before an endpoint is dialled, its rows are read; what changed
in them is built anew, the rest stays. While the database is gone the last known rows count, for
nobody waits for one that is known to be gone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.endpoint import Endpoint, Identify, SipSettings
from switchroom.channels.sip.endpoints.realtime_peers import RealtimePeers
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.rows import decoded, section_of
from switchroom.config.pjsip.objects import PjsipConfig, options_of, read_pjsip
from switchroom.config.rtp import RtpConfig
from switchroom.config.sorcery import Sorcery
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.flow import Flow
from switchroom.sip.message import Request
from switchroom.sip.uri import parse_uri
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.statements import Condition

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

MOST_LOOK_UPS = 200  #: requests that wait for rows; beyond that they go by what is known

Row = Mapping[str, str]


@dataclass(slots=True)
class _Objects:
    """The rows that one endpoint is made of, or an identify or a registration."""

    sections: list[Section] = field(default_factory=list)

    def same_as(self, other: _Objects | None) -> bool:
        return other is not None and self.sections == other.sections


class RealtimeEndpoints:
    """Keeps the settings of a SIP service in step with its tables.

    Args:
        service: Whose settings.
        realtime: Finds rows.
        sorcery: Which objects stand where.
        rtp: What counts for the audio of all.
    """

    def __init__(
        self, service: SipService, realtime: Realtime, sorcery: Sorcery, rtp: RtpConfig
    ) -> None:
        self._service = service
        self._realtime = realtime
        self._kinds = sorcery.kinds
        self._rtp = rtp
        self._base = service.settings  #: what the files say
        self._applied: SipSettings | None = None  #: what we have made of it
        self._made: dict[str, _Objects] = {}  #: by endpoint
        self._looked_at: dict[str, float] = {}  #: on the loop's clock
        self._looking = 0
        self._identify_sections: Sequence[Section] = ()
        self._own_identifies: tuple[Identify, ...] = ()  #: that we have made
        self.peers: RealtimePeers | None = None  #: those of the old channel

    def use(self, sorcery: Sorcery, rtp: RtpConfig) -> None:
        """The files were read anew: go by them, and by what is known of the tables."""
        self._kinds, self._rtp = sorcery.kinds, rtp
        if self._service.settings is not self._applied:
            self._base = self._service.settings
        self._applied = None
        self._made.clear()
        self._looked_at.clear()
        self.build_all()

    # looking up

    async def look_up(self, request: Request, username: str, flow: Flow) -> None:
        """Read the rows of who sends a request.

        Args:
            request: The request.
            username: Of its credentials; empty: none.
            flow: Where it came from.
        """
        names = names_in(request, username)
        if (by_address := self._service.endpoint_at(flow.remote[0])) is not None:
            names.append(by_address.name)
        await self.freshen(names)
        if self.peers is not None:
            await self.peers.freshen((), flow.remote[0])

    async def freshen(self, names: Collection[str]) -> None:
        """Read the rows of endpoints with these names, if any have them."""
        now = asyncio.get_running_loop().time()
        keep_for = self._kinds["endpoint"].keep_for if "endpoint" in self._kinds else 0.0
        wanted = [name for name in dict.fromkeys(names) if name]
        never = float("-inf")
        if any(now - self._looked_at.get(name, never) < keep_for for name in wanted):
            return
        if not wanted or self._looking >= MOST_LOOK_UPS:
            return
        self._looking += 1
        try:
            await asyncio.gather(self._identifies(), *(self._look_up(name) for name in wanted))
            more = self._newly_identified() - set(wanted)
            await asyncio.gather(*(self._look_up(name) for name in more))
        finally:
            self._looking -= 1
        self._build([*wanted, *more])
        if self.peers is not None:
            await self.peers.freshen(wanted)
        if keep_for:
            self._looked_at.update(dict.fromkeys(self._made.keys() & set(wanted), now))

    def forget(self, name: str = "") -> bool:
        """Believe no copy without a look, however young it is; of one endpoint or of all."""
        had_any = bool(self._looked_at) if not name else name in self._looked_at
        if name:
            self._looked_at.pop(name, None)
        else:
            self._looked_at.clear()
        return had_any

    def ages(self) -> dict[str, float]:
        """The endpoints that were looked at, and how many seconds ago."""
        now = asyncio.get_running_loop().time()
        return {name: now - at for name, at in self._looked_at.items()}

    def _newly_identified(self) -> set[str]:
        """The endpoints that an identify leads to which is new."""
        sections = self._sections_of_all("identify")
        return {
            section.get("endpoint")
            for section in sections
            if section not in self._identify_sections and section.get("endpoint")
        }

    async def _look_up(self, name: str) -> None:
        """Have the rows of one endpoint read; they stand in the copies then."""
        (endpoint, *_) = await self._find("endpoint", name) or ({},)
        auths = {*_names(endpoint, "auth"), *_names(endpoint, "outbound_auth")}
        aors = _names(endpoint, "aors")
        await asyncio.gather(
            *(self._find("auth", each) for each in auths),
            *(self._find("aor", each) for each in aors),
            *(self._contacts(each) for each in aors),
        )

    async def _find(self, kind: str, name: str) -> Sequence[Row]:
        for family in self._families(kind):
            if rows := await self._realtime.find(family, Condition("id", name)):
                return rows
        return ()

    async def _contacts(self, aor: str) -> None:
        for family in self._families("contact"):
            await self._realtime.find(family, _contacts_of(aor))

    async def _identifies(self) -> None:
        await asyncio.gather(*(self._realtime.refresh(f) for f in self._families("identify")))

    def _families(self, kind: str) -> Sequence[str]:
        source = self._kinds.get(kind)
        return source.families if source is not None else ()

    # building

    def build_all(self) -> None:
        """Go by the copies of whole tables."""
        known = {row.get("id", "") for f in self._families("endpoint") for row in self._known(f)}
        self._build({*known, *self._made}, whole=self._applied is None)
        if self.peers is not None:
            self.peers.build_all()

    def _known(self, family: str, *conditions: Condition) -> list[dict[str, str]]:
        return self._realtime.known(family, *conditions)

    def _build(self, names: Iterable[str], *, whole: bool = False) -> None:
        """Make the settings of these endpoints anew, as far as their rows have changed."""
        changed = {name: made for name in names if (made := self._changed(name)) is not None}
        identifies = self._sections_of_all("identify")
        if not changed and not whole and identifies == self._identify_sections:
            return
        self._identify_sections = identifies
        settings = self._without_hidden(self._base) if whole else self._service.settings
        endpoints, aors = dict(settings.endpoints), dict(settings.aors)
        pjsip = settings.pjsip
        parts: dict[str, dict[str, Any]] = {
            kind: dict(getattr(pjsip, kind)) for kind in ("endpoints", "auths", "aors")
        }
        for name, objects in changed.items():
            part = self._read(objects.sections)
            if part is None or name not in part.endpoints:
                self._forget(name, endpoints, parts)
                continue
            built = merge(part, None, user_agent="", rtp=self._rtp)
            endpoints.update(built.endpoints)
            aors.update(built.aors)
            for kind, objects_of_kind in parts.items():
                objects_of_kind.update(getattr(part, kind))
        found = self._read(identifies) if identifies else None
        more = merge(found, None, user_agent="").identifies if found is not None else ()
        others = (each for each in settings.identifies if each not in self._own_identifies)
        self._own_identifies = tuple(more)
        self._applied = replace(
            settings,
            endpoints=endpoints,
            aors=aors,
            identifies=(*others, *more),
            pjsip=replace(
                pjsip, endpoints=parts["endpoints"], auths=parts["auths"], aors=parts["aors"]
            ),
        )
        self._service.take_changed(self._applied)

    def _changed(self, name: str) -> _Objects | None:
        """The rows of an endpoint, if they are others than before."""
        rows = [
            r for f in self._families("endpoint") for r in self._known(f, Condition("id", name))
        ]
        before = self._made.get(name)
        if not rows:
            if before is None:
                return None
            self._made.pop(name)
            return _Objects()
        objects = _Objects([self._section("endpoint", name, rows[0])])
        auths = dict.fromkeys((*_names(rows[0], "auth"), *_names(rows[0], "outbound_auth")))
        objects.sections += self._sections("auth", auths)
        objects.sections += self._sections("aor", _names(rows[0], "aors"))
        if objects.same_as(before):
            return None
        self._made[name] = objects
        return objects

    def _sections(self, kind: str, names: Iterable[str]) -> list[Section]:
        found: list[Section] = []
        for name in names:
            rows = [r for f in self._families(kind) for r in self._known(f, Condition("id", name))]
            if rows:
                section = self._section(kind, name, rows[0])
                if kind == "aor":
                    section.entries += self._contact_entries(name, section.path)
                found.append(section)
            elif (written := self._written(kind, name)) is not None:
                found.append(written)
        return found

    def _written(self, kind: str, name: str) -> Section | None:
        """The section of the file that an endpoint of a table refers to."""
        if self._is_hidden(kind):
            return None
        pjsip = self._base.pjsip
        if kind == "auth":
            options = pjsip.auths[name].options if name in pjsip.auths else None
        else:
            options = pjsip.aors[name].options if name in pjsip.aors else None
        return None if options is None else options.section

    def _section(self, kind: str, name: str, row: Row) -> Section:
        family = self._families(kind)[0]
        return section_of(name, row, options_of(kind), family=family, kind=kind)

    def _contact_entries(self, aor: str, path: Path) -> list[Entry]:
        now = time.time()  # noqa: TID251  # the table holds wall-clock time
        rows = [r for f in self._families("contact") for r in self._known(f, _contacts_of(aor))]
        return [
            Entry("contact", decoded(row["uri"]), path, 0)
            for row in rows
            if row.get("uri") and float(row.get("expiration_time") or now + 1) > now
        ]

    def _sections_of_all(self, kind: str) -> list[Section]:
        return [
            self._section(kind, row["id"], row)
            for family in self._families(kind)
            for row in self._known(family)
            if row.get("id")
        ]

    def _read(self, sections: Sequence[Section]) -> PjsipConfig | None:
        """The objects of sections; None where one of them cannot be used."""
        if not sections:
            return None
        try:
            return read_pjsip(ConfigFile(sections[0].path, list(sections)))
        except ConfigError as error:
            logger.warning("%s", error)
            return None

    def _forget(
        self, name: str, endpoints: dict[str, Endpoint], parts: Mapping[str, dict[str, Any]]
    ) -> None:
        """An endpoint has no rows any more: that of the file counts, if there is one."""
        written = self._without_hidden(self._base)
        if name in written.endpoints:
            endpoints[name] = written.endpoints[name]
            parts["endpoints"][name] = written.pjsip.endpoints[name]
        else:
            endpoints.pop(name, None)
            parts["endpoints"].pop(name, None)

    def _is_hidden(self, kind: str) -> bool:
        """Whether those of ``pjsip.conf`` do not count."""
        source = self._kinds.get(kind)
        return source is not None and not source.is_in_file

    def _without_hidden(self, settings: SipSettings) -> SipSettings:
        if self._is_hidden("identify"):
            settings = replace(settings, identifies=())
        if not self._is_hidden("endpoint"):
            return settings
        endpoints = {n: e for n, e in settings.endpoints.items() if e.technology != "PJSIP"}
        return replace(settings, endpoints=endpoints, pjsip=replace(settings.pjsip, endpoints={}))


def names_in(request: Request, username: str) -> list[str]:
    """The names by which whoever sends a request may be known.

    Args:
        request: A request.
        username: Of its credentials; empty: none.
    """
    names = [username]
    for uri in (request.from_.uri, request.to.uri if request.method == "REGISTER" else ""):
        with suppress(RemoteSipError):
            parsed = parse_uri(uri)
            names += [f"{parsed.user}@{parsed.host}", parsed.user]
    return [name for name in dict.fromkeys(names) if name.strip("@")]


def _names(row: Row, column: str) -> list[str]:
    return [word.strip() for word in row.get(column, "").split(",") if word.strip()]


def _contacts_of(aor: str) -> Condition:
    escaped = aor.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Condition("id", f"{escaped};@%", "LIKE")
