"""IFMODULE: whether the original's module of that name would have something to do here.

Family: Files, commands and the machine
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx

#: What stands for a module whose name is not that of its application or function.
_REPRESENTATIVES: Mapping[str, str] = MappingProxyType(
    {
        "app_stack": "gosub", "app_db": "dbdeltree", "app_cdr": "resetcdr",
        "app_directed_pickup": "pickup", "app_sayunixtime": "sayunixtime",
        "app_bridgewait": "bridgewait", "func_strings": "LEN", "func_logic": "IF",
        "func_uri": "URIENCODE", "func_base64": "BASE64_ENCODE", "func_groupcount": "GROUP",
        "func_devstate": "DEVICE_STATE", "func_dialplan": "DIALPLAN_EXISTS",
        "func_extstate": "EXTENSION_STATE", "func_aes": "AES_ENCRYPT", "func_module": "IFMODULE",
        "func_json": "JSON_DECODE", "func_config": "AST_CONFIG",
        "func_presencestate": "PRESENCE_STATE", "func_evalexten": "EVAL_EXTEN",
        "func_srv": "SRVQUERY", "func_enum": "ENUMLOOKUP",
    }
)  # fmt: skip


#: Modules that are no application, function or channel technology, and whose work is done here.
_BUILT_IN = frozenset(
    {"bridge_builtin_features", "bridge_holding", "bridge_native_rtp", "bridge_simple",
     "bridge_softmix", "cdr_csv", "codec_alaw", "codec_g722", "codec_gsm", "codec_opus",
     "codec_resample", "codec_ulaw", "format_gsm", "format_pcm", "format_sln", "format_wav",
     "pbx_ael", "pbx_config", "pbx_spool", "res_clialiases", "res_manager_devicestate",
     "res_manager_presencestate", "res_musiconhold", "res_parking", "res_pjsip",
     "res_pjsip_messaging", "res_pjsip_notify", "res_pjsip_outbound_registration",
     "res_pjsip_pubsub", "res_pjsip_registrar", "res_pjsip_session",
     "res_pjsip_transport_websocket", "res_rtp_asterisk", "res_srtp"}
)  # fmt: skip


def is_module(pbx: Pbx, name: str) -> bool:
    """Whether what a module of the original offers is there; ``name`` with or without ``.so``."""
    module = name.strip().lower().removesuffix(".so")
    kind, _, rest = module.partition("_")
    stands = _REPRESENTATIVES.get(module, rest)
    match kind:
        case "app":
            return stands in pbx.dialplan.applications
        case "func":
            return stands.upper() in pbx.dialplan.functions
        case "chan":
            return stands.upper() in pbx.technologies
        case _:
            return module in _BUILT_IN


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
