"""Modules of the original: what of them is here, and setting aside what should not be there.

Applications and functions can be unloaded, by the console, AMI and ARI or by ``modules.conf``: the
dialplan does not know them then. What else a module does (a channel technology, a codec, a door) is
part of the node and stays.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from switchroom.pbx.pbx import Pbx

#: What a module is for, where its applications and functions do not tell.
_DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {"app_dial": "Dialing Application", "pbx_config": "Text Extension Configuration",
     "res_parking": "Call Parking Resource", "res_pjsip": "Basic SIP resource",
     "chan_pjsip": "PJSIP Channel Driver", "res_musiconhold": "Music On Hold Resource"}
)  # fmt: skip


@functools.cache
def _contents() -> Mapping[str, tuple[str, ...]]:
    """The applications and functions of each module of the original."""
    text = Path(__file__).with_name("modules.json").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in json.loads(text).items()}


#: Modules that are no application, function or channel technology, and whose work is done here.
_BUILT_IN = frozenset(
    {"bridge_builtin_features", "bridge_holding", "bridge_native_rtp", "bridge_simple",
     "bridge_softmix", "cdr_csv", "codec_alaw", "codec_g722", "codec_gsm", "codec_opus",
     "codec_resample", "codec_ulaw", "format_gsm", "format_pcm", "format_sln", "format_wav",
     "res_ari", "res_ari_applications", "res_ari_asterisk", "res_ari_bridges", "res_ari_channels",
     "res_ari_device_states", "res_ari_endpoints", "res_ari_events", "res_ari_mailboxes",
     "res_ari_model", "res_ari_playbacks", "res_ari_recordings", "res_ari_sounds",
     "res_http_websocket", "res_stasis", "res_stasis_answer", "res_stasis_device_state",
     "res_stasis_mailbox", "res_stasis_playback", "res_stasis_recording", "res_stasis_snoop",
     "pbx_ael", "pbx_config", "pbx_spool", "res_clialiases", "res_manager_devicestate",
     "res_manager_presencestate", "res_musiconhold", "res_parking", "res_pjsip",
     "res_pjsip_messaging", "res_pjsip_notify", "res_pjsip_outbound_registration",
     "res_pjsip_pubsub", "res_pjsip_registrar", "res_pjsip_session",
     "res_pjsip_transport_websocket", "res_rtp_asterisk", "res_srtp"}
)  # fmt: skip


#: Parts of the core that can be named where a module can be reloaded, though they have no file.
_CORE = frozenset(
    {"acl", "cdr", "cel", "cli", "codecs", "dnsmgr", "enum", "extconfig", "features", "http",
     "indications", "logger", "manager", "udptl"}
)  # fmt: skip


def can_be_reloaded(pbx: Pbx, name: str) -> bool:
    """Whether it is a module, or a part of the core that reads files."""
    return name.strip().lower() in _CORE or is_module(pbx, name)


def is_module(pbx: Pbx, name: str) -> bool:
    """Whether what a module of the original offers is there; ``name`` with or without ``.so``."""
    module = _bare(name)
    kind, _, rest = module.partition("_")
    if kind == "chan":
        return rest.upper() in pbx.technologies
    return module in _BUILT_IN or bool(_here(pbx, _contents().get(module, ())))


def _here(pbx: Pbx, names: Iterable[str]) -> list[str]:
    """Which of the applications and functions there are."""
    dialplan = pbx.dialplan
    return [
        name
        for name in names
        if name.lower() in dialplan.applications or name in dialplan.functions
    ]


def modules(pbx: Pbx) -> list[tuple[str, str]]:
    """The modules whose work is done here, and what they do."""
    found = dict.fromkeys(_BUILT_IN, "")
    found |= {f"chan_{name.lower()}": "Channel technology" for name in pbx.technologies}
    for module, names in _contents().items():
        if here := _here(pbx, names):
            found[module] = ", ".join(here)
    return sorted((name, _DESCRIPTIONS.get(name) or text) for name, text in found.items())


# setting aside


class Outcome(StrEnum):
    """What came of loading or unloading; as AMI tells it."""

    SUCCESS = "Success"
    ALREADY = "Already"
    FAILURE = "Failure"


@dataclass(frozen=True, slots=True)
class ModuleLoaded:
    """A module was loaded, or could not be (AMI: Load)."""

    module: str
    status: str  #: ``Success`` or ``Failure``


@dataclass(frozen=True, slots=True)
class ModuleUnloaded:
    """A module was unloaded (AMI: Unload)."""

    module: str


class Unloaded(set[str]):
    """Modules that were unloaded, by their names; a datastore of the core."""


def names_unloaded(pbx: Pbx) -> set[str]:
    """The applications and functions of unloaded modules, in lower case."""
    return {each.lower() for name in pbx.datastore(Unloaded) for each in _contents()[name]}


def use_count(pbx: Pbx, name: str) -> int:
    """How many channels are in an application of a module."""
    names = {each.lower() for each in _contents().get(_bare(name), ())}
    return sum(each.application.lower() in names for each in pbx.channels.values())


def can_be_unloaded(pbx: Pbx, name: str) -> bool:
    """Whether it consists of applications and functions alone, and is there."""
    module = _bare(name)
    is_more = module in _BUILT_IN or module.startswith("chan_")
    return module in _contents() and not is_more and is_module(pbx, name)


def unload(pbx: Pbx, name: str, *, forced: bool = False) -> Outcome:
    """Let the dialplan know the applications and functions of a module no longer.

    Args:
        pbx: The core.
        name: Of the module, with or without ``.so``.
        forced: Also while channels are in one of its applications; they stay there.
    """
    if not can_be_unloaded(pbx, name) or (use_count(pbx, name) and not forced):
        return Outcome.FAILURE
    _set_aside(pbx, pbx.datastore(Unloaded) | {_bare(name)})
    if pbx.events.wants(ModuleUnloaded):
        pbx.events.publish(ModuleUnloaded(f"{_bare(name)}.so"))
    return Outcome.SUCCESS


def load(pbx: Pbx, name: str) -> Outcome:
    """Let the dialplan know what was unloaded again."""
    module, unloaded = _bare(name), pbx.datastore(Unloaded)
    if module in unloaded:
        _set_aside(pbx, unloaded - {module})
        outcome = Outcome.SUCCESS
    else:
        outcome = Outcome.ALREADY if is_module(pbx, name) else Outcome.FAILURE
    if pbx.events.wants(ModuleLoaded) and outcome is not Outcome.ALREADY:
        pbx.events.publish(ModuleLoaded(f"{module}.so", outcome))
    return outcome


def set_aside(pbx: Pbx, modules: Iterable[str]) -> None:
    """Have these unloaded and no others, as ``modules.conf`` says."""
    _set_aside(pbx, {_bare(name) for name in modules if _bare(name) in _contents()})


def all_modules() -> Collection[str]:
    """The names of all modules of the original that offer something to the dialplan."""
    return _contents().keys()


def _set_aside(pbx: Pbx, modules: set[str]) -> None:
    unloaded = pbx.datastore(Unloaded)
    if modules == unloaded:
        return
    unloaded.clear()
    unloaded |= modules
    pbx.dialplan.set_aside([name for module in modules for name in _contents()[module]])


def _bare(name: str) -> str:
    return name.strip().lower().removesuffix(".so")
