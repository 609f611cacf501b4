"""``indications.conf``: the signal tones of each country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.config.country_tones import COUNTRY_TONES
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Section

DEFAULT_COUNTRY = "us"

#: Options of a country that are no tones.
_OTHERS = frozenset({"description", "ringcadence", "alias"})

#: Other names of the same tones.
_SYNONYMS = MappingProxyType(
    {
        "ringing": "ring", "dialtone": "dial", "callwait": "callwaiting",
        "ring": "ringing", "dial": "dialtone",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToneZone:
    """The tones of one country, as written."""

    name: str
    description: str = ""
    tones: Mapping[str, str] = field(default_factory=dict)
    ring_cadence: tuple[int, ...] = ()  #: milliseconds, on and off in turn

    def tone(self, name: str) -> str:
        """A tone by its name or another name of it; empty where there is none."""
        name = name.lower()
        return self.tones.get(name) or self.tones.get(_SYNONYMS.get(name, ""), "")


def built_in_zone(name: str) -> ToneZone | None:
    """The tones of a country that are known without a file."""
    tones = COUNTRY_TONES.get(name)
    if tones is None:
        return None
    others = {key: value for key, value in tones.items() if key not in _OTHERS}
    return ToneZone(name, tones["description"], MappingProxyType(others))


@dataclass(frozen=True, slots=True)
class IndicationsConfig:
    """All zones, by lower-case name, and the one of who has set none."""

    country: str = DEFAULT_COUNTRY
    zones: Mapping[str, ToneZone] = field(default_factory=dict)  #: those of the file
    is_configured: bool = False  #: whether there is a file
    warnings: tuple[ConfigWarning, ...] = ()

    def zone(self, name: str) -> ToneZone | None:
        """A zone of the file; a country's built-in tones, once there is a file.

        Without a file the original knows no zone at all, and dialplans can ask for that.
        """
        if not self.is_configured:
            return None
        return self.zones.get(name.lower()) or built_in_zone(name.lower())

    @property
    def default(self) -> ToneZone:
        """The zone of who has set none."""
        found = self.zone(self.country) or built_in_zone(DEFAULT_COUNTRY)
        assert found is not None
        return found


def read_indications(file: ConfigFile) -> IndicationsConfig:
    """Read an ``indications.conf``; a known country's section may leave tones out."""
    warnings = Warnings()
    zones: dict[str, ToneZone] = {}
    for section in file.sections:
        if section.name.lower() != "general":
            zones.update(_read_zone(section, zones, warnings))
    general = file.section("general")
    country = (general.get("country") if general is not None else "").strip().lower()
    config = IndicationsConfig(
        country or DEFAULT_COUNTRY, MappingProxyType(zones), is_configured=True
    )
    if general is not None and config.zone(config.country) is None:
        line = next((e.line for e in general.entries if e.name == "country"), general.line)
        warnings.add(f"country = {country}: there is no such country", general.path, line)
    return IndicationsConfig(
        config.country, config.zones, is_configured=True, warnings=tuple(warnings.entries)
    )


def _read_zone(
    section: Section, zones: Mapping[str, ToneZone], warnings: Warnings
) -> dict[str, ToneZone]:
    name = section.name.lower()
    if alias := section.get("alias").strip().lower():
        meant = zones.get(alias) or built_in_zone(alias)
        if meant is None:
            warnings.add(f"alias = {alias}: there is no such country", section.path, section.line)
            return {}
        return {name: ToneZone(name, meant.description, meant.tones, meant.ring_cadence)}
    known = built_in_zone(name)
    tones = dict(known.tones) if known is not None else {}
    for entry in section.entries:
        if entry.name.lower() not in _OTHERS:
            tones[entry.name.lower()] = entry.value.strip()
    cadence = tuple(
        int(word) for word in section.get("ringcadence").split(",") if word.strip().isdecimal()
    )
    description = section.get("description") or (known.description if known is not None else "")
    return {name: ToneZone(name, description, MappingProxyType(tones), cadence)}
