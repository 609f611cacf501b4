"""``stir_shaken.conf``: what numbers of callers are vouched for with, and what is believed.

What a section does not say is taken from the one behind it: a ``tn`` from the profile of the
endpoint, that from ``[attestation]`` and ``[verification]``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.base.text import telephone_digits
from switchroom.config.acl import AddressRules, NamedRules, read_rules
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import parse_network, parse_yes_no

LEVELS = ("A", "B", "C")

_OF_TN: Mapping[str, Option] = MappingProxyType(
    {
        "type": Option(Kind.TEXT, honoured=True),
        "private_key_file": Option(Kind.TEXT, honoured=True),
        "public_cert_url": Option(Kind.TEXT, honoured=True),
        "attest_level": Option(Kind.CHOICE, choices=("a", "b", "c", ""), honoured=True),
        "check_tn_cert_public_url": Option(Kind.FLAG, "false", honoured=True),
        "send_mky": Option(Kind.FLAG, "no", honoured=True),
    }
)
_OF_CALLERS: Mapping[str, Option] = MappingProxyType(
    {
        **_OF_TN,
        "unknown_tn_attest_level": Option(Kind.CHOICE, choices=("a", "b", "c", ""), honoured=True),
    }
)
_OF_VERIFICATION: Mapping[str, Option] = MappingProxyType(
    {
        "type": Option(Kind.TEXT, honoured=True),
        "load_system_certs": Option(Kind.FLAG, "no", honoured=True),
        "ca_file": Option(Kind.TEXT, honoured=True),
        "ca_path": Option(Kind.TEXT, honoured=True),
        "crl_file": Option(Kind.TEXT, honoured=True),
        "crl_path": Option(Kind.TEXT, honoured=True),
        "untrusted_cert_file": Option(Kind.TEXT, honoured=True),
        "untrusted_cert_path": Option(Kind.TEXT, honoured=True),
        "cert_cache_dir": Option(Kind.TEXT, honoured=True),
        "curl_timeout": Option(Kind.NUMBER, "2", honoured=True),
        "max_cache_entry_age": Option(Kind.NUMBER, "60", honoured=True),
        "max_cache_size": Option(Kind.NUMBER, "1000", honoured=True),
        "max_iat_age": Option(Kind.NUMBER, "15", honoured=True),
        "max_date_header_age": Option(Kind.NUMBER, "15", honoured=True),
        "failure_action": Option(
            Kind.CHOICE,
            "continue",
            choices=("continue", "reject_request", "continue_return_reason"),
            honoured=True,
        ),
        "use_rfc9410_responses": Option(Kind.FLAG, "no", honoured=True),
        "ignore_sip_date_header": Option(Kind.FLAG, "no", honoured=True),
        "relax_x5u_port_scheme_restrictions": Option(Kind.FLAG, "no", honoured=True),
        "relax_x5u_path_restrictions": Option(Kind.FLAG, "no", honoured=True),
        "x5u_acl": Option(Kind.TEXT, honoured=True),
        "x5u_permit": Option(Kind.TEXT, honoured=True),
        "x5u_deny": Option(Kind.TEXT, honoured=True),
    }
)
_DISABLE = {"global_disable": Option(Kind.FLAG, "no", honoured=True)}
_TABLES: Mapping[str, Mapping[str, Option]] = MappingProxyType(
    {
        "attestation": {**_OF_CALLERS, **_DISABLE},
        "verification": {**_OF_VERIFICATION, **_DISABLE},
        "profile": {
            **_OF_CALLERS,
            **_OF_VERIFICATION,
            "endpoint_behavior": Option(
                Kind.CHOICE, "off", choices=("off", "attest", "verify", "on"), honoured=True
            ),
        },
        "tn": _OF_TN,
    }
)
#: Types that the original had until version 18.22, with what stands for each now.
_FORMER = {"general": "verification", "store": "verification", "certificate": "tn"}
_RULES = {"x5u_acl": "acl", "x5u_permit": "permit", "x5u_deny": "deny"}

#: Where nobody on the internet has a web server (RFC 6890 and those after it): what a stranger
#: names is not looked for there, unless the configuration permits it.
_NOT_PUBLIC = AddressRules(
    tuple(
        (False, parse_network(text))
        for text in (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            # Of IPv6 also what holds an address of IPv4: translated, tunnelled, compatible.
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
            "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        )
    )
)  # fmt: skip


class FailureAction(StrEnum):
    """What becomes of a call whose caller is not proven; the values are the file's."""

    CONTINUE = "continue"
    REJECT = "reject_request"
    RETURN_REASON = "continue_return_reason"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a call is signed with."""

    private_key_file: str = ""
    certificate_url: str = ""  #: where others find what the key belongs to
    level: str = ""  #: ``A``, ``B``, ``C``; empty: it is not signed
    sends_media_keys: bool = False  #: the fingerprints of the offer are signed, too
    is_checked: bool = False  #: whether the certificate must be found where others will look

    @property
    def is_complete(self) -> bool:
        """Whether a call can be signed with it."""
        return bool(self.private_key_file and self.certificate_url and self.level)


@dataclass(frozen=True, slots=True)
class Verification:
    """How signed calls are looked at."""

    trusts_system: bool = False  #: whom the system trusts
    authorities: tuple[str, ...] = ()  #: files and folders of those that are trusted
    revocations: tuple[str, ...] = ()  #: files and folders of CRLs
    untrusted: tuple[str, ...] = ()  #: files and folders of certificates between
    cache_folder: str = ""  #: of certificates that were fetched; empty: they are kept in memory
    patience: float = 2.0  #: seconds that fetching a certificate may take
    cache_age: float = 60.0  #: seconds that one is kept at most
    cache_size: int = 1000  #: certificates
    token_age: float = 15.0  #: seconds
    date_age: float = 15.0  #: seconds
    action: FailureAction = FailureAction.CONTINUE
    tells_by_stir: bool = False  #: failures are told as RFC 9410 has it
    needs_date: bool = True  #: a Date header
    allows_any_port: bool = False  #: and ``http:``
    allows_any_path: bool = False  #: with a query, a user
    rules: AddressRules = _NOT_PUBLIC  #: from where certificates may be fetched


@dataclass(frozen=True, slots=True)
class Profile:
    """A named way of an endpoint."""

    name: str
    behaviour: str  #: ``off``, ``attest``, ``verify``, ``on``; empty: as the endpoint says
    options: Options = field(repr=False)
    verification: Verification


@dataclass(frozen=True, slots=True)
class StirShakenConfig:
    """All of the file."""

    attests: bool = False
    verifies: bool = False
    verification: Verification = field(default_factory=Verification)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    numbers: Mapping[str, Options] = field(default_factory=dict)  #: by their digits
    attestation: Options | None = None
    warnings: tuple[ConfigWarning, ...] = ()

    def attestation_of(self, number: str, profile: Profile | None) -> Attestation:
        """What calls of a number are signed with.

        Args:
            number: Its digits; empty or not configured: one that is nobody's.
            profile: Of the endpoint that is called.
        """
        own = self.numbers.get(number)
        layers = [own, profile.options if profile is not None else None, self.attestation]
        known = [each for each in layers if each is not None]
        level = _text(known, "attest_level" if own is not None else "unknown_tn_attest_level")
        return Attestation(
            _text(known, "private_key_file"),
            _text(known, "public_cert_url"),
            level.upper(),
            _flag(known, "send_mky"),
            _flag(known, "check_tn_cert_public_url"),
        )


def read_stir_shaken(
    file: ConfigFile, named: NamedRules | None = None, *, cache_folder: str = ""
) -> StirShakenConfig:
    """Read a ``stir_shaken.conf``.

    Args:
        file: As read.
        named: The lists of ``acl.conf``.
        cache_folder: Where fetched certificates are kept unless the file says.

    Raises:
        ConfigError: A section of an unknown type, an unknown option, a value that is none.
    """
    return _Builder(named, cache_folder).build(file)


class _Builder:
    def __init__(self, named: NamedRules | None, cache_folder: str) -> None:
        self._named = named
        self._cache_folder = cache_folder
        self._warnings = Warnings()
        self._found: dict[str, dict[str, Options]] = {kind: {} for kind in _TABLES}

    def build(self, file: ConfigFile) -> StirShakenConfig:
        for section in file.sections:
            if not section.is_template:
                self._add(section)
        attestation = next(iter(self._found["attestation"].values()), None)
        general = next(iter(self._found["verification"].values()), None)
        behind = [general] if general is not None else []
        profiles = {
            name: Profile(
                name,
                each.choice("endpoint_behavior") if "endpoint_behavior" in each.written else "",
                each,
                self._verification([each, *behind]),
            )
            for name, each in self._found["profile"].items()
        }
        return StirShakenConfig(
            attests=attestation is None or not attestation.flag("global_disable"),
            verifies=general is None or not general.flag("global_disable"),
            verification=self._verification(behind),
            profiles=MappingProxyType(profiles),
            numbers=MappingProxyType(self._found["tn"]),
            attestation=attestation,
            warnings=tuple(self._warnings.entries),
        )

    def _add(self, section: Section) -> None:
        written = [e.value.strip().lower() for e in section.entries if e.name.lower() == "type"]
        kind = written[-1] if written else section.name.lower()
        if kind in _FORMER:
            message = f"type={kind} is of former versions and has no effect: {_FORMER[kind]}"
            self._warnings.add(message, section.path, section.line)
            return
        if kind not in _TABLES:
            message = f"[{section.name}] needs a type: {', '.join(_TABLES)}"
            raise ConfigError(message, path=section.path, line=section.line)
        name = section.name
        if kind == "tn":
            name = telephone_digits(name)
            if not name and written:
                message = f"[{section.name}] is no telephone number"
                raise ConfigError(message, path=section.path, line=section.line)
        options = read_options(section, _TABLES[kind], what=kind, warnings=self._warnings)
        self._found[kind][name] = options

    def _verification(self, layers: list[Options]) -> Verification:
        def paths(*names: str) -> tuple[str, ...]:
            return tuple(filter(None, (_text(layers, name) for name in names)))

        return Verification(
            _flag(layers, "load_system_certs"),
            paths("ca_file", "ca_path"),
            paths("crl_file", "crl_path"),
            paths("untrusted_cert_file", "untrusted_cert_path"),
            _text(layers, "cert_cache_dir") or self._cache_folder,
            float(_text(layers, "curl_timeout")),
            float(_text(layers, "max_cache_entry_age")),
            int(_text(layers, "max_cache_size")),
            float(_text(layers, "max_iat_age")),
            float(_text(layers, "max_date_header_age")),
            FailureAction(_text(layers, "failure_action").lower()),
            _flag(layers, "use_rfc9410_responses"),
            not _flag(layers, "ignore_sip_date_header"),
            _flag(layers, "relax_x5u_port_scheme_restrictions"),
            _flag(layers, "relax_x5u_path_restrictions"),
            self._rules(layers),
        )

    def _rules(self, layers: list[Options]) -> AddressRules:
        """What is written goes before: the last rule that an address is in decides."""
        for layer in layers:
            entries = [
                dataclasses.replace(entry, name=_RULES[entry.name.lower()])
                for entry in layer.section.entries
                if entry.name.lower() in _RULES
            ]
            if entries:
                return AddressRules(_NOT_PUBLIC.rules + read_rules(entries, self._named).rules)
        return _NOT_PUBLIC


def _text(layers: list[Options], name: str) -> str:
    """The value of the first section that has it."""
    for layer in layers:
        if name in layer.written:
            return layer.text(name)
    return _defaults().get(name, "")


def _flag(layers: list[Options], name: str) -> bool:
    return parse_yes_no(_text(layers, name) or "no")


@cache
def _defaults() -> Mapping[str, str]:
    return {name: option.default for table in _TABLES.values() for name, option in table.items()}
