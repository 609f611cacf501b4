"""``pjsip_wizard.conf``: one section for all objects of pjsip.conf that a phone or trunk needs."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Kind, Option, Options, Warnings, read_options
from switchroom.config.language.reader import ConfigFile, Entry, Section

_WIZARD = MappingProxyType(
    {
        "type": Option(Kind.TEXT, honoured=True),
        "transport": Option(Kind.TEXT, honoured=True),
        "remote_hosts": Option(Kind.LIST, honoured=True),
        "outbound_proxy": Option(Kind.TEXT, honoured=True),
        "sends_auth": Option(Kind.FLAG, "no", honoured=True),
        "accepts_auth": Option(Kind.FLAG, "no", honoured=True),
        "sends_registrations": Option(Kind.FLAG, "no", honoured=True),
        "sends_line_with_registrations": Option(Kind.FLAG, "no", honoured=True),
        "accepts_registrations": Option(Kind.FLAG, "no", honoured=True),
        "has_phoneprov": Option(Kind.FLAG, "no", honoured=True),
        "server_uri_pattern": Option(Kind.TEXT, "sip:${REMOTE_HOST}", honoured=True),
        "client_uri_pattern": Option(Kind.TEXT, "sip:${USERNAME}@${REMOTE_HOST}", honoured=True),
        "contact_pattern": Option(Kind.TEXT, "sip:${REMOTE_HOST}", honoured=True),
        "has_hint": Option(Kind.FLAG, "no"),
        "hint_context": Option(Kind.TEXT),
        "hint_exten": Option(Kind.TEXT),
        "hint_application": Option(Kind.TEXT),
    }
)
_PARTS = (
    "endpoint", "aor", "inbound_auth", "outbound_auth", "identify", "registration", "phoneprov",
)  # fmt: skip


def expand_wizards(file: ConfigFile, warnings: Warnings) -> list[Section]:
    """The sections of pjsip.conf that the wizards of a file stand for.

    Raises:
        ConfigError: A section of another type, an unknown option, or a trunk without its host.
    """
    sections: list[Section] = []
    for section in file.sections:
        if section.is_template:
            continue
        if section.get("type").lower() != "wizard":
            message = f"[{section.name}] needs `type = wizard`"
            raise ConfigError(message, path=section.path, line=section.line)
        sections += _Wizard(section, warnings).objects()
    return sections


class _Wizard:
    def __init__(self, section: Section, warnings: Warnings) -> None:
        self._section = section
        self._parts: dict[str, list[Entry]] = {part: [] for part in _PARTS}
        own = Section(section.name, section.path, section.line)
        for entry in section.entries:
            part, slash, name = entry.name.partition("/")
            part = part.strip().lower()
            if not slash:
                own.entries.append(entry)
            elif part in self._parts:
                moved = Entry(name.strip(), entry.value, entry.path, entry.line)
                self._parts[part].append(moved)
            else:
                message = f"unknown object {part!r} of wizard [{section.name}]"
                raise ConfigError(message, path=entry.path, line=entry.line)
        self._options: Options = read_options(own, _WIZARD, what="wizard", warnings=warnings)
        self._hosts = self._options.words("remote_hosts")
        if self._options.flag("sends_registrations") and not self._hosts:
            message = f"wizard [{section.name}] sends registrations and needs remote_hosts"
            raise ConfigError(message, path=section.path, line=section.line)

    def objects(self) -> Iterator[Section]:
        """All of them; each with what was written for it, and what follows from the rest."""
        name, options = self._section.name, self._options
        yield self._make("endpoint", name, **self._of_endpoint())
        yield self._make("aor", name, **self._of_aor())
        if options.flag("accepts_auth"):
            yield self._make("auth", f"{name}-iauth", "inbound_auth", username=name)
        if options.flag("sends_auth"):
            yield self._make("auth", f"{name}-oauth", "outbound_auth", username=name)
        if options.flag("has_phoneprov"):
            yield self._make("phoneprov", name, endpoint=name)
        if self._hosts and not options.flag("accepts_registrations"):
            hosts = ",".join(host.partition(":")[0] for host in self._hosts)
            yield self._make("identify", f"{name}-identify", endpoint=name, match=hosts)
        if options.flag("sends_registrations"):
            for number, host in enumerate(self._hosts):
                section = f"{name}-reg-{number}"
                yield self._make("registration", section, **self._of_registration(host))

    def _of_endpoint(self) -> dict[str, str]:
        name, options = self._section.name, self._options
        found = {"aors": name, **self._shared()}
        if options.flag("accepts_auth"):
            found["auth"] = f"{name}-iauth"
        if options.flag("sends_auth"):
            found["outbound_auth"] = f"{name}-oauth"
        if options.text("transport"):
            found["transport"] = options.text("transport")
        return found

    def _of_aor(self) -> dict[str, str]:
        if self._options.flag("accepts_registrations"):
            return {"max_contacts": "1", **self._shared()}
        contacts = [self._filled("contact_pattern", host) for host in self._hosts]
        return {**({"contact": ",".join(contacts)} if contacts else {}), **self._shared()}

    def _of_registration(self, host: str) -> dict[str, str]:
        name, options = self._section.name, self._options
        found = {
            "server_uri": self._filled("server_uri_pattern", host),
            "client_uri": self._filled("client_uri_pattern", host),
            **self._shared(),
        }
        if options.flag("sends_auth"):
            found["outbound_auth"] = f"{name}-oauth"
        if options.flag("sends_line_with_registrations"):
            found |= {"line": "yes", "endpoint": name}
        if options.text("transport"):
            found["transport"] = options.text("transport")
        return found

    def _shared(self) -> dict[str, str]:
        proxy = self._options.text("outbound_proxy")
        return {"outbound_proxy": proxy} if proxy else {}

    def _filled(self, pattern: str, host: str) -> str:
        auth = Section("", self._section.path, 0, self._parts["outbound_auth"])
        user = auth.get("username") or self._section.name
        text = self._options.text(pattern)
        return text.replace("${REMOTE_HOST}", host).replace("${USERNAME}", user)

    def _make(self, kind: str, name: str, part: str = "", /, **follows: str) -> Section:
        """An object: what follows stands first, so that what was written counts."""
        own = self._section
        written = self._parts[part or kind]
        named = {entry.name.lower() for entry in written}
        entries = [
            Entry(option, value, own.path, own.line)
            for option, value in {"type": kind, **follows}.items()
            if option not in named
        ]
        return Section(name, own.path, own.line, [*entries, *written])
