"""IFMODULE: whether the original's module of that name would have something to do here.

Family: Files, commands and the machine
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
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
    module = name.strip().lower().removesuffix(".so")
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


@function("IFMODULE")
def has_module(channel: Channel, name: str) -> str:
    """1 where what a module of Asterisk offers can be used here, 0 where not.

    Args:
        channel: The channel.
        name: Of the module, ``app_queue.so``, ``func_odbc.so``, ``chan_pjsip.so``.

    Examples:
        NoOp(${IFMODULE(func_strings.so)} ${IFMODULE(app_nothing.so)})  ; => 1 0
    """
    return "1" if is_module(channel.pbx, name) else "0"
