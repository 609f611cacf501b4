"""``type = auth`` of pjsip.conf: a user name and what proves it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options
from switchroom.sip.digest import ALGORITHMS

#: What each kind needs besides a user name: one of these.
_NEEDED = {
    "digest": ("password", "password_digest"),
    "md5": ("md5_cred",),
    "userpass": ("password",),
}
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class AuthConfig:
    """One user name and what proves it."""

    name: str
    auth_type: str  #: ``userpass``, ``md5`` or ``digest``
    username: str
    password: str = field(repr=False)
    md5_cred: str = field(repr=False)
    realm: str
    #: Algorithms with what stands for the password in each.
    digests: tuple[tuple[str, str], ...] = field(repr=False)
    options: Options = field(repr=False)


def read_auth(options: Options) -> AuthConfig:
    """Read one.

    Raises:
        ConfigError: Its kind is not supported, or what it needs is not there.
    """
    section = options.section
    kind = options.choice("auth_type")
    if kind not in _NEEDED:
        message = f"auth_type = {kind} is not supported; use digest, userpass or md5"
        raise ConfigError(message, path=section.path, line=options.line_of("auth_type"))
    needed = _NEEDED[kind]
    if not options.text("username") or not any(options.text(name) for name in needed):
        message = f"auth [{section.name}] of type {kind} needs username and {' or '.join(needed)}"
        raise ConfigError(message, path=section.path, line=section.line)
    return AuthConfig(
        name=section.name,
        auth_type=kind,
        username=options.text("username"),
        password=options.text("password"),
        md5_cred=options.text("md5_cred"),
        realm=options.text("realm"),
        digests=tuple(_digest(options, line) for line in options.lines("password_digest")),
        options=options,
    )


def _digest(options: Options, line: str) -> tuple[str, str]:
    """``SHA-256:`` and the hexadecimal digest of user name, realm and password."""
    algorithm, _, digest = (part.strip() for part in line.partition(":"))
    if algorithm.upper() not in ALGORITHMS or not _HEX.fullmatch(digest):
        known = " or ".join(ALGORITHMS)
        message = f"password_digest is an algorithm ({known}), a colon and hexadecimal digits"
        path, at = options.section.path, options.line_of("password_digest")
        raise ConfigError(message, path=path, line=at)
    return algorithm.upper(), digest.lower()


def read_algorithms(options: Options) -> tuple[str, ...]:
    """``default_auth_algorithms_uas``: names of RFC 7616, in any case of letters."""
    name = "default_auth_algorithms_uas"
    wanted = tuple(word.upper() for word in options.words(name))
    unknown = [word for word in wanted if word not in ALGORITHMS]
    if unknown or not wanted:
        known = " and ".join(ALGORITHMS)
        message = f"{name}: {', '.join(unknown) or 'nothing'} is no algorithm here; {known} are"
        raise ConfigError(message, path=options.section.path, line=options.line_of(name))
    return wanted
