"""Endpoints and peers of pjsip.conf and sip.conf: which are trunks, who may call as whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from switchroom.config.language.reader import Section
from switchroom.tools.check.project import Project
from switchroom.tools.check.resources import Resource

_ANONYMOUS = "anonymous"
#: What contexts are called that strangers get into, where no file says who comes in.
_GUEST_NAMES = frozenset({"default", "anonymous", "guest", "guests"})
#: Technologies whose channels always lead out of the house.
_ALWAYS_TRUNKS = frozenset({"dahdi", "zap", "iax2", "misdn", "ooh323", "h323", "motif", "vpb"})
_NO = frozenset({"no", "false", "off", "n", "f", "0"})


@dataclass(frozen=True, slots=True)
class Party:
    """One endpoint or peer."""

    name: str
    file: str  #: ``pjsip.conf`` or ``sip.conf``
    context: str
    is_trunk: bool
    is_open: bool  #: whether calls are taken from it without a password
    path: Path
    line: int


@dataclass(eq=False)
class Parties:
    """All of them."""

    by_name: dict[str, Party]
    is_known: bool  #: whether there is a file at all that lists them
    guest_contexts: dict[str, str]  #: contexts that strangers get into, with the reason

    def trunk_of(self, resource: Resource) -> bool:
        """Whether a resource leads out of the house."""
        if resource.key in _ALWAYS_TRUNKS:
            return True
        if resource.key not in {"pjsip", "sip"}:
            return False
        party = self.by_name.get(resource.party.text)
        if party is not None:
            return party.is_trunk
        if not self.is_known:
            return resource.number is not None
        host = resource.party.text
        is_address = re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", host) is not None
        return (is_address and resource.number is not None) or "sip:" in resource.target.text


def parties_of(project: Project) -> Parties:
    """Read them from the files as they are, for the files' lines."""
    found = {**_pjsip(project), **_sip(project)}
    guests: dict[str, str] = {}
    for party in found.values():
        if party.file == "pjsip.conf" and party.name == _ANONYMOUS:
            guests[party.context] = "the endpoint anonymous of pjsip.conf"
    general = next((s for s in project.sections("sip.conf") if s.name == "general"), None)
    if general is not None and general.get("allowguest", "yes").lower() not in _NO:
        guests[general.get("context") or "default"] = "guests of sip.conf (allowguest)"
    is_known = any(name in project.files for name in ("pjsip.conf", "sip.conf"))
    if not is_known:
        guests = {
            name: f"whoever gets into [{name}]"
            for name in project.plan.contexts
            if name.lower() in _GUEST_NAMES
        }
    return Parties(found, is_known, guests)


def _pjsip(project: Project) -> dict[str, Party]:
    sections = project.sections("pjsip.conf")
    static = {
        section.name
        for section in sections
        if _type(section) == "aor" and any(e.name.lower() == "contact" for e in section.entries)
    }
    parties: dict[str, Party] = {}
    for section in sections:
        if _type(section) != "endpoint":
            continue
        aors = {word.strip() for word in (section.get("aors") or "").split(",")}
        is_open = not section.get("auth")
        is_trunk = bool(section.get("outbound_auth")) or (is_open and bool(aors & static))
        parties[section.name] = Party(
            section.name, "pjsip.conf", section.get("context") or "default", is_trunk, is_open,
            section.path, section.line,
        )  # fmt: skip
    return parties


def _sip(project: Project) -> dict[str, Party]:
    general = next((s for s in project.sections("sip.conf") if s.name == "general"), None)
    default = (general.get("context") if general is not None else "") or "default"
    parties: dict[str, Party] = {}
    for section in project.sections("sip.conf"):
        if section.name in {"general", "authentication"}:
            continue
        host = section.get("host", "dynamic").lower()
        has_secret = bool(section.get("secret") or section.get("md5secret"))
        insecure = "invite" in section.get("insecure").lower()
        parties[section.name] = Party(
            section.name, "sip.conf", section.get("context") or default,
            is_trunk=host not in {"dynamic", ""},
            is_open=not has_secret or insecure,
            path=section.path, line=section.line,
        )  # fmt: skip
    return parties


def _type(section: Section) -> str:
    return section.get("type").lower()
