"""The TLS options of pjsip.conf's transports, and of sip.conf, http.conf and manager.conf."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Kind, Option, Options
from switchroom.config.language.values import is_true, parse_yes_no

#: Words for a version, old ones included, with what they mean today; empty: 1.2 and newer.
_METHODS = {
    "": "",
    "default": "",
    "unspecified": "",
    "sslv23": "",
    "tlsv1": "tlsv1",
    "tlsv1_1": "tlsv1_1",
    "tlsv1_2": "tlsv1_2",
    "tlsv1_3": "tlsv1_3",
}


@dataclass(frozen=True, slots=True)
class TlsConfig:
    """How to speak TLS; paths as they were written."""

    certificate: Path | None = None
    private_key: Path | None = None
    password: str = field(default="", repr=False)
    authorities: Path | None = None
    authorities_folder: Path | None = None
    method: str = ""
    ciphers: str = ""
    verifies_server: bool = False
    verifies_client: bool = False
    requires_client: bool = False


#: What ``[general]`` of http.conf and of manager.conf say of TLS, in both of its spellings.
SERVER_TLS_OPTIONS: Mapping[str, Option] = MappingProxyType(
    {
        "sslbindaddr": Option(Kind.TEXT, honoured=True),
        "sslcert": Option(Kind.TEXT, honoured=True),
        "sslcipher": Option(Kind.TEXT, honoured=True),
        "sslclientmethod": Option(Kind.TEXT),
        "sslenable": Option(Kind.FLAG, "no", honoured=True),
        "sslprivatekey": Option(Kind.TEXT, honoured=True),
        "tlsbindaddr": Option(Kind.TEXT, honoured=True),
        "tlscadir": Option(Kind.TEXT, honoured=True),
        "tlscafile": Option(Kind.TEXT, honoured=True),
        "tlscapath": Option(Kind.TEXT, honoured=True),
        "tlscert": Option(Kind.TEXT, honoured=True),
        "tlscertfile": Option(Kind.TEXT, honoured=True),
        "tlscipher": Option(Kind.TEXT, honoured=True),
        "tlsclientmethod": Option(Kind.TEXT),
        "tlsdisablev1": Option(Kind.FLAG, "yes"),
        "tlsdisablev11": Option(Kind.FLAG, "yes"),
        "tlsdisablev12": Option(Kind.FLAG, "no"),
        "tlsdontverifyserver": Option(Kind.TEXT),
        "tlsenable": Option(Kind.FLAG, "no", honoured=True),
        "tlsprivatekey": Option(Kind.TEXT, honoured=True),
        "tlsservercipherorder": Option(Kind.FLAG, "yes"),
        "tlsverifyclient": Option(Kind.TEXT, honoured=True),
    }
)


def parse_method(text: str) -> str:
    """``method`` or ``tlsclientmethod``: the one version to speak; empty: 1.2 and newer.

    Raises:
        ValueError: It is none, or one that no library speaks any more.
    """
    word = text.strip().lower()
    if word in {"sslv2", "sslv3"}:
        raise ValueError(f"{text} is broken and nothing speaks it any more; leave the option out")
    if word not in _METHODS:
        known = ", ".join(name for name in _METHODS if name)
        raise ValueError(f"expected one of {known}, not {text!r}")
    return _METHODS[word]


def parse_ciphers(text: str) -> str:
    """A list of ciphers with commas, colons or blanks; those of TLS 1.3 are always there."""
    words = text.replace(",", " ").replace(":", " ").split()
    return ":".join(word for word in words if not word.startswith("TLS_"))


def read_pjsip_tls(options: Options) -> TlsConfig:
    """The TLS options of a transport.

    Raises:
        ConfigError: A value that is none.
    """
    return TlsConfig(
        certificate=_path(options.text("cert_file")),
        private_key=_path(options.text("priv_key_file")),
        password=options.text("password"),
        authorities=_path(options.text("ca_list_file")),
        authorities_folder=_path(options.text("ca_list_path")),
        method=_parsed(options, "method", parse_method),
        ciphers=parse_ciphers(",".join(options.lines("cipher"))),
        verifies_server=_flag(options, "verify_server"),
        verifies_client=_flag(options, "verify_client"),
        requires_client=_flag(options, "require_client_cert"),
    )


def _parsed(options: Options, name: str, parse: Callable[[str], str]) -> str:
    try:
        return parse(options.text(name))
    except ValueError as error:
        path, line = options.section.path, options.line_of(name)
        raise ConfigError(f"{name}: {error}", path=path, line=line) from error


def _flag(options: Options, name: str) -> bool:
    def parse(text: str) -> str:
        return "yes" if text and parse_yes_no(text) else ""

    return bool(_parsed(options, name, parse))


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def read_sip_tls(text: Callable[..., str], method: str) -> TlsConfig:
    """The ``tls…`` options of sip.conf's ``[general]``.

    Args:
        text: Gives the value of the first of some options that says something.
        method: What :func:`parse_method` made of ``tlsclientmethod``.
    """
    asks = is_true(text("tlsverifyclient"))
    return TlsConfig(
        certificate=_path(text("tlscertfile", "tlscert", "sslcert") or "asterisk.pem"),
        private_key=_path(text("tlsprivatekey", "sslprivatekey")),
        authorities=_path(text("tlscafile")),
        authorities_folder=_path(text("tlscadir", "tlscapath")),
        method=method,
        ciphers=parse_ciphers(text("tlscipher", "sslcipher")),
        verifies_server=not is_true(text("tlsdontverifyserver")),
        verifies_client=asks,
        requires_client=asks,
    )
