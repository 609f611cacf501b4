"""What phones fetch when they start: files, and templates filled with what an endpoint is."""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from switchroom.base.daylight import ClockChange, daylight_of
from switchroom.base.text import leading_int
from switchroom.config.language.reader import Section
from switchroom.config.phoneprov import PhoneProfile, PhoneprovConfig, ServedFile
from switchroom.pbx.channel import Channel
from switchroom.pbx.outsider import outsider

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService
    from switchroom.config.pjsip.objects import PjsipConfig

logger = logging.getLogger(__name__)

FOLDER = "phoneprov"  #: below the folder of data
MAX_TEMPLATE = 1024 * 1024  #: octets

_NO_MAC = re.compile(r"[^0-9a-f]")


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A line of a phone: a section of type ``phoneprov``."""

    name: str
    endpoint: str
    mac: str
    profile: str
    variables: tuple[tuple[str, str], ...]

    @property
    def number(self) -> int:
        """Which of its phone's lines it is."""
        return leading_int(dict(self.variables).get("LINE", "")) or 1


@dataclass(frozen=True, slots=True)
class Route:
    """What is served at one path."""

    file: ServedFile
    profile: PhoneProfile
    line: PhoneLine | None = None  #: whose template it is


def plain_mac(text: str) -> str:
    """A hardware address in small letters, without what separates its octets."""
    return _NO_MAC.sub("", text.strip().lower())


class Provisioning:
    """Phones and their files, by ``pbx.datastore(Provisioning)``."""

    def __init__(self) -> None:
        self.config = PhoneprovConfig()
        self.service: SipService | None = None
        self._read: tuple[PhoneprovConfig, tuple[Section, ...]] | None = None
        self._lines: tuple[PhoneLine, ...] = ()
        self._routes: Mapping[str, Route] = {}

    @property
    def lines(self) -> tuple[PhoneLine, ...]:
        """All lines of all phones, those of one phone in their order."""
        sections = self.service.settings.pjsip.phones if self.service is not None else ()
        read = self._read
        if read is None or read[0] is not self.config or read[1] is not sections:
            found = (_line(each, self.config.default_profile) for each in sections)
            lines = [each for each in found if each is not None]
            self._lines = tuple(sorted(lines, key=lambda each: (each.mac, each.number)))
            self._read, self._routes = (self.config, sections), {}
        return self._lines

    def lines_of(self, mac: str) -> list[PhoneLine]:
        """Those of one phone."""
        wanted = plain_mac(mac)
        return [each for each in self.lines if each.mac == wanted]

    async def routes(self) -> Mapping[str, Route]:
        """What is served, by path."""
        lines = self.lines
        if not self._routes:
            self._routes = await self._make_routes(lines)
        return self._routes

    async def _make_routes(self, lines: tuple[PhoneLine, ...]) -> Mapping[str, Route]:
        found: dict[str, Route] = {}
        macs: set[str] = set()
        for line in lines:
            profile = self.config.profiles.get(line.profile)
            if profile is None:
                logger.warning("[%s]: there is no profile %r", line.name, line.profile)
                continue
            is_first = line.mac not in macs
            macs.add(line.mac)
            channel = await self.channel_for(line, "") if is_first else None
            for file in profile.files:
                if not file.is_template:
                    found.setdefault(file.name, Route(file, profile))
                elif channel is not None:
                    name = await channel.pbx.dialplan.substitute(channel, file.name)
                    found.setdefault(name, Route(file, profile, line))
        return MappingProxyType(found)

    async def channel_for(self, line: PhoneLine, server: str) -> Channel:
        """A channel that is no call, and has the variables of a line.

        Args:
            line: The line.
            server: The address that the phone asks at.
        """
        assert self.service is not None
        channel = outsider(self.service.pbx)
        own = dict(line.variables)
        channel.variables.update(self._facts(line, server))
        channel.variables.update(own)
        channel.variables.update(_times(own.get("TIMEZONE", ""), self.service.pbx.now()))
        profile = self.config.profiles.get(line.profile)
        for name, value in (*self.config.variables, *(profile.variables if profile else ())):
            if name not in own:
                text = await channel.pbx.dialplan.substitute(channel, value)
                channel.variables[name] = text
        return channel

    def _port(self) -> str:
        assert self.service is not None
        transports = self.service.settings.transports
        return next((str(each.port) for each in transports if each.protocol == "udp"), "5060")

    def _facts(self, line: PhoneLine, server: str) -> dict[str, str]:
        """What follows from the endpoint."""
        assert self.service is not None
        pjsip = self.service.settings.pjsip
        endpoint = self.service.settings.endpoints.get(line.endpoint)
        user, secret = _account(pjsip, line.endpoint)
        number = endpoint.caller.number if endpoint is not None else ""
        name = endpoint.caller.name if endpoint is not None else ""
        return {
            "MAC": line.mac,
            "PROFILE": line.profile,
            "USERNAME": user,
            "SECRET": secret,
            "CALLERID": number or line.endpoint,
            "DISPLAY_NAME": name or line.endpoint,
            "LABEL": number or line.endpoint,
            "LINE": "1",
            "LINEKEYS": "1",
            "SERVER": self.config.server or server,
            "SERVER_PORT": self.config.port or self._port(),
        }


def _line(section: Section, default_profile: str) -> PhoneLine | None:
    known = {"type": "", "endpoint": "", "mac": "", "profile": ""}
    variables: list[tuple[str, str]] = []
    for entry in section.entries:
        name = entry.name.lower()
        if name in known:
            known[name] = entry.value.strip()
        else:
            variables.append((entry.name, entry.value.strip()))
    mac = plain_mac(known["mac"])
    if not mac or not known["endpoint"]:
        logger.warning(
            "%s:%s: [%s] needs MAC and endpoint", section.path, section.line, section.name
        )
        return None
    profile = known["profile"] or default_profile
    return PhoneLine(section.name, known["endpoint"], mac, profile, tuple(variables))


def _account(pjsip: PjsipConfig, name: str) -> tuple[str, str]:
    """What a phone registers with."""
    endpoint = pjsip.endpoints.get(name)
    names = endpoint.options.words("auth") if endpoint is not None else ()
    auths = [pjsip.auths[each] for each in names if each in pjsip.auths]
    return (auths[0].username or name, auths[0].password) if auths else (name, "")


def _times(name: str, now: float) -> Iterator[tuple[str, str]]:
    """When the clocks of a time zone change."""
    if not name:
        return
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        logger.warning("phoneprov: there is no time zone %r", name)
        return
    daylight = daylight_of(zone, datetime.fromtimestamp(now, UTC).year)
    yield "TZOFFSET", str(daylight.offset)
    if daylight.forward is None or daylight.back is None:
        yield "DST_ENABLE", "0"
        return
    yield "DST_ENABLE", "1"
    yield from _change("DST_START", daylight.forward)
    yield from _change("DST_END", daylight.back)


def _change(prefix: str, change: ClockChange) -> Iterator[tuple[str, str]]:
    yield f"{prefix}_MONTH", str(change.month)
    yield f"{prefix}_MDAY", str(change.day)
    yield f"{prefix}_HOUR", str(change.hour)


def path_of(folder: Path, source: str) -> Path:
    """Where a file of the configuration stands.

    Args:
        folder: Of data.
        source: As written.

    Raises:
        OSError: It leads out of the folder of provisioning.
    """
    root = folder / FOLDER
    path = root / source
    try:
        is_within = path.resolve().is_relative_to(root.resolve())
    except ValueError:  # a null in it
        is_within = False
    if not is_within:
        raise OSError(errno.EACCES, f"it is not in {root}")
    return path


def read_template(path: Path) -> str:
    """Its text. Blocking.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file.read(MAX_TEMPLATE).decode("utf-8", "surrogateescape")
