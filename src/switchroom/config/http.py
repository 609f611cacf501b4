"""``http.conf``: where browsers reach the node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.acl import ANYBODY, AddressRules, NamedRules, read_rules
from switchroom.config.language.options import ConfigWarning, Kind, Option, Warnings, read_options
from switchroom.config.language.reader import ConfigFile
from switchroom.config.language.values import parse_bind
from switchroom.config.tls import SERVER_TLS_OPTIONS, TlsConfig, read_sip_tls

PORT = 8088
TLS_PORT = 8089

_GENERAL: Mapping[str, Option] = MappingProxyType(
    {
        "acl": Option(Kind.TEXT, honoured=True),
        "bindaddr": Option(Kind.TEXT, honoured=True),
        "bindport": Option(Kind.NUMBER, str(PORT), honoured=True),
        "deny": Option(Kind.TEXT, honoured=True),
        "enable_static": Option(Kind.FLAG, "no"),
        "enable_status": Option(Kind.FLAG, "yes"),
        "enabled": Option(Kind.FLAG, "no", honoured=True),
        "enablestatic": Option(Kind.FLAG, "no"),
        "permit": Option(Kind.TEXT, honoured=True),
        "prefix": Option(Kind.TEXT, honoured=True),
        "redirect": Option(Kind.TEXT),
        "servername": Option(Kind.TEXT, "Asterisk", honoured=True),
        "session_inactivity": Option(Kind.NUMBER, "30000"),
        "session_keep_alive": Option(Kind.NUMBER, "15000"),
        "sessionlimit": Option(Kind.NUMBER, "100"),
        **SERVER_TLS_OPTIONS,
    }
)


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """What ``http.conf`` says; without the file there is no HTTP."""

    plain: tuple[str, int] | None = None
    tls: tuple[str, int] | None = None
    tls_options: TlsConfig = field(default_factory=TlsConfig)
    server_name: str = "Asterisk"  #: the header ``Server``
    prefix: str = ""  #: in front of every path; with a slash in front, none behind
    rules: AddressRules = ANYBODY  #: from where anything at all may come
    warnings: tuple[ConfigWarning, ...] = ()


def read_http(file: ConfigFile, named: NamedRules | None = None) -> HttpConfig:
    """Read an ``http.conf``.

    Args:
        file: The file.
        named: The lists of ``acl.conf``.

    Raises:
        ConfigError: An unknown option, a value that is none, or a list that does not exist.
    """
    section = next((each for each in file.sections if each.name == "general"), None)
    if section is None:
        return HttpConfig()
    warnings = Warnings()
    options = read_options(section, _GENERAL, what="http.conf", warnings=warnings)

    def text(*names: str) -> str:
        return next((found for name in names if (found := options.text(name))), "")

    def address(port: int, *names: str) -> tuple[str, int] | None:
        written = next((name for name in names if options.text(name)), "")
        if not written:
            return None
        try:
            return parse_bind(options.text(written), port=port)
        except ValueError as error:
            line = options.line_of(written)
            raise ConfigError(f"{written}: {error}", path=section.path, line=line) from error

    plain = address(options.number("bindport"), "bindaddr")
    # Asterisk: TLS listens where plain HTTP does unless it is told otherwise.
    encrypted = address(TLS_PORT, "tlsbindaddr", "sslbindaddr") or (plain and (plain[0], TLS_PORT))
    wants_tls = options.flag("tlsenable") or options.flag("sslenable")
    prefix = options.text("prefix").strip("/")
    return HttpConfig(
        plain=plain if options.flag("enabled") else None,
        tls=encrypted if options.flag("enabled") and wants_tls else None,
        tls_options=read_sip_tls(text, ""),
        server_name=options.text("servername"),
        prefix=f"/{prefix}" if prefix else "",
        rules=read_rules(section.entries, named),
        warnings=tuple(warnings.entries),
    )
