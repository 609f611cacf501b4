"""IFMODULE: whether the original's module of that name would have something to do here.

Family: Files, commands and the machine
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

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


@function("IFMODULE")
def has_module(channel: Channel, name: str) -> str:
    """1 where what a module of Asterisk offers can be used here, 0 where not.

    Args:
        channel: The channel.
        name: Of the module, ``app_queue.so``, ``func_odbc.so``, ``chan_pjsip.so``.

    Examples:
        NoOp(${IFMODULE(func_strings.so)} ${IFMODULE(app_nothing.so)})  ; => 1 0
    """
    module = name.strip().lower().removesuffix(".so")
    kind, _, rest = module.partition("_")
    stands = _REPRESENTATIVES.get(module, rest)
    dialplan = channel.pbx.dialplan
    match kind:
        case "app":
            known = stands in dialplan.applications
        case "func":
            known = stands.upper() in dialplan.functions
        case "chan":
            known = stands.upper() in channel.pbx.technologies
        case _:
            known = False
    return "1" if known else "0"
