"""The files that the core of a node is made with, as one value."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from switchroom.channels.sip.endpoints.endpoint import SipSettings
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.transports import websocket_warnings
from switchroom.cli.version import version_text
from switchroom.config.acl import NamedRules, read_acl
from switchroom.config.asterisk_conf import AsteriskConfig, load_asterisk_conf
from switchroom.config.guard import GuardConfig, read_guard
from switchroom.config.http import HttpConfig, read_http
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, read_config
from switchroom.config.modules import ModulesConfig, read_modules
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.pjsip.wizard import expand_wizards
from switchroom.config.rtp import RtpConfig, read_rtp
from switchroom.config.sip.peers import SipConfig, read_sip
from switchroom.node.static_files import with_static_files

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SipFiles:
    """``pjsip.conf`` and ``sip.conf``, as written and as the one model of both."""

    pjsip: PjsipConfig
    settings: SipSettings
    warnings: tuple[ConfigWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a node is started with."""

    asterisk: AsteriskConfig
    rtp: RtpConfig
    sip: SipFiles
    missing: tuple[Path, ...] = field(default=())  #: files that were looked for in vain

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.asterisk.directories.astetcdir

    def log_warnings(self) -> None:
        """Say once what is accepted without effect, and what is missing."""
        for path in self.missing:
            logger.warning("%s does not exist", path)
        for warning in (*self.asterisk.warnings, *self.rtp.warnings, *self.sip.warnings):
            logger.warning("%s", warning)


def load_configuration(where: Path) -> Configuration:
    """Read what the core is made with: neither the dialplan nor what parts read for themselves.

    Args:
        where: A configuration folder, or an ``asterisk.conf``.

    Raises:
        ConfigError: The first file that cannot be used, with its line.
    """
    asterisk = with_static_files(load_asterisk_conf(where))
    rtp = _read(asterisk, "rtp.conf", read_rtp) or RtpConfig()
    sip, missing = load_sip(asterisk)
    return Configuration(asterisk, rtp, sip, missing)


def load_sip(asterisk: AsteriskConfig) -> tuple[SipFiles, tuple[Path, ...]]:
    """Read ``pjsip.conf`` and ``sip.conf``, either will do, and what belongs to them.

    Raises:
        ConfigError: One of them is wrong.
    """
    wizards = Warnings()
    named = _read(asterisk, "acl.conf", read_acl)
    modules = _read(asterisk, "modules.conf", read_modules) or ModulesConfig()
    left_out = modules.left_out(("chan_sip", "res_pjsip"))
    pjsip: PjsipConfig | None = None
    sip: SipConfig | None = None
    if "res_pjsip" not in left_out:
        pjsip = _read_pjsip(asterisk, wizards, named)
    if "chan_sip" not in left_out:
        sip = _read(asterisk, "sip.conf", lambda file: read_sip(file, named))
    folder = asterisk.directories.astetcdir
    missing = (folder / "pjsip.conf",) if pjsip is None and sip is None else ()
    pjsip = pjsip or PjsipConfig()
    guard = _read(asterisk, "guard.conf", read_guard) or GuardConfig()
    http = _read(asterisk, "http.conf", lambda file: read_http(file, named)) or HttpConfig()
    rtp: RtpConfig | None = _read(asterisk, "rtp.conf", read_rtp)
    warnings = (
        *pjsip.warnings,
        *(sip.warnings if sip is not None else ()),
        *guard.warnings,
        *http.warnings,
        *websocket_warnings(pjsip, http),
        *wizards.entries,
    )
    settings = merge(pjsip, sip, user_agent=version_text(), http=http, rtp=rtp)
    settings = replace(settings, guard=guard)
    return SipFiles(pjsip, settings, warnings), missing


def _read_pjsip(
    asterisk: AsteriskConfig, warnings: Warnings, named: NamedRules | None
) -> PjsipConfig | None:
    """``pjsip.conf`` with what ``pjsip_wizard.conf`` stands for; None where neither exists."""
    file = _read(asterisk, "pjsip.conf", lambda file: file)
    wizards = _read(asterisk, "pjsip_wizard.conf", lambda file: file)
    if wizards is not None:
        expanded = expand_wizards(wizards, warnings)
        file = file or ConfigFile(wizards.path)
        file = ConfigFile(file.path, [*file.sections, *expanded], {**wizards.texts, **file.texts})
    return None if file is None else read_pjsip(file, named)


def _read(asterisk: AsteriskConfig, name: str, read: Callable[[ConfigFile], T]) -> T | None:
    path = asterisk.file(name)
    if not path.exists():
        return None
    return read(read_config(path, allow_exec=asterisk.exec_includes))
