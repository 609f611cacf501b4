"""``aeap.conf``: programs that recognise speech, on WebSockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile
from switchroom.config.language.values import parse_codecs

SPEECH_TO_TEXT = "speech_to_text"

_CLIENT: Mapping[str, Option] = MappingProxyType(
    {
        "type": Option(Kind.CHOICE, "client", ("client",), honoured=True),
        "url": Option(Kind.TEXT, honoured=True),
        "protocol": Option(Kind.TEXT, SPEECH_TO_TEXT, honoured=True),
        "codecs": Option(Kind.CODECS, honoured=True),
    }
)
CUSTOM = "@"  #: before names of what is only passed on


@dataclass(frozen=True, slots=True)
class AeapClient:
    """A program that we come to."""

    name: str
    url: str
    protocol: str = SPEECH_TO_TEXT
    codecs: tuple[str, ...] = ()  #: as in ``allow=``, what we like best first; none: all of ours
    #: What it is told at first besides: ``@name = value`` of the section.
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class AeapClients:
    """All of them, by name, in the order of the file."""

    clients: Mapping[str, AeapClient] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


def read_aeap(file: ConfigFile) -> AeapClients:
    """Read an ``aeap.conf``.

    Raises:
        ConfigError: An unknown option, or a value that is none for its option.
    """
    warnings = Warnings()
    clients: dict[str, AeapClient] = {}
    for section in file.sections:
        if section.name == "general":
            continue
        ours = [entry for entry in section.entries if not entry.name.startswith(CUSTOM)]
        options = read_options(
            replace(section, entries=ours), _CLIENT, what="aeap client", warnings=warnings
        )
        url, protocol = options.text("url"), options.text("protocol")
        if not url:
            warnings.add(f"aeap client {section.name} has no url", section.path, section.line)
        elif protocol.lower() != SPEECH_TO_TEXT:
            warnings.add(
                f"aeap client {section.name}: there is no protocol {protocol!r}",
                section.path, section.line,
            )  # fmt: skip
        else:
            clients[section.name] = AeapClient(
                section.name,
                url,
                protocol,
                parse_codecs([("allow", line) for line in options.lines("codecs")]),
                MappingProxyType(
                    {
                        entry.name.removeprefix(CUSTOM): entry.value
                        for entry in section.entries
                        if entry.name.startswith(CUSTOM)
                    }
                ),
            )
    return AeapClients(MappingProxyType(clients), tuple(warnings.entries))
