"""The part of a configuration folder that a simulated call needs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.config.asterisk_conf import AsteriskConfig, load_asterisk_conf
from switchroom.config.language.reader import read_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.sip.peers import read_sip
from switchroom.config.voicemail.mailboxes import VoicemailConfig
from switchroom.dialplan.loading import AEL, CONF, PYTHON, LoadingOptions, read_dialplan
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.parser import parse_dialplan
from switchroom.tools.simulate.mailboxes import load_mailboxes


@dataclass(frozen=True, slots=True)
class Configuration:
    """A dialplan and where its sounds are; any number of simulations may share one."""

    where: Path  #: as it was named
    file: Path  #: the extensions.conf
    dialplan: Dialplan
    asterisk: AsteriskConfig
    endpoints: Mapping[str, Endpoint] | None = None  #: None: no readable file says who there is
    endpoints_error: ConfigError | None = None  #: why not
    mailboxes: VoicemailConfig = field(default_factory=VoicemailConfig)

    def endpoint(self, name: str) -> Endpoint:
        """A configured party.

        Raises:
            ConfigError: There is none of that name, or its file cannot be read.
        """
        if self.endpoints_error is not None:
            raise self.endpoints_error
        found = (self.endpoints or {}).get(name)
        if found is None:
            near = difflib.get_close_matches(name, self.endpoints or {}, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"there is no endpoint {name!r}{hint}", path=self.file.parent)
        return found

    @property
    def sound_folders(self) -> tuple[Path, ...]:
        """Where sound files are looked for, the user's own first."""
        folders = self.asterisk.directories
        data, library = folders.astdatadir / "sounds", folders.astvarlibdir / "sounds"
        return tuple(dict.fromkeys((self.file.parent / "sounds", data, library)))


def load_configuration(where: Path) -> Configuration:
    """Read ``extensions.conf``, and ``asterisk.conf`` where there is one.

    Args:
        where: The folder, the ``asterisk.conf`` in it, or a dialplan that stands alone.

    Raises:
        ConfigError: There is no such folder or dialplan, or something in it is wrong.
    """
    if not where.exists():
        raise ConfigError("there is no such file or folder", path=where)
    if where.is_dir() or where.name == "asterisk.conf":
        asterisk = load_asterisk_conf(where)
        file = (where if where.is_dir() else where.parent) / "extensions.conf"
        if not file.exists():
            file = asterisk.directories.astetcdir / "extensions.conf"
        dialplan = _load_dialplan(file.parent, asterisk)
    else:
        asterisk, file = AsteriskConfig(), where
        dialplan = parse_dialplan(read_config(file))
    found = Configuration(where, file, dialplan, asterisk, mailboxes=load_mailboxes(file.parent))
    try:
        return replace(found, endpoints=_endpoints(file.parent))
    except ConfigError as error:
        # The call may do without: whoever names a phone is told.
        return replace(found, endpoints_error=error)


def _load_dialplan(folder: Path, asterisk: AsteriskConfig) -> Dialplan:
    """The dialplan as a node would load it: extensions.conf, extensions.ael, extensions.py."""
    dialplan = read_dialplan(folder, LoadingOptions.of(asterisk))
    if not dialplan.contexts:
        raise ConfigError(f"there is no context in {CONF}, {AEL} or {PYTHON}", path=folder)
    return dialplan


def _endpoints(folder: Path) -> Mapping[str, Endpoint] | None:
    pjsip, sip = folder / "pjsip.conf", folder / "sip.conf"
    if not pjsip.exists() and not sip.exists():
        return None
    settings = merge(
        read_pjsip(read_config(pjsip)) if pjsip.exists() else PjsipConfig(),
        read_sip(read_config(sip)) if sip.exists() else None,
        user_agent="",
    )
    return settings.endpoints
