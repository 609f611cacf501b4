"""JSON_DECODE: one value out of a JSON text.

Family: Texts
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from switchroom.base.errors import DialplanError
from switchroom.base.text import LONG_MAX, LONG_MIN
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class JsonOptions:
    """Option letters of JSON_DECODE."""

    count: bool = option("c", "Read the number of items of a list.")


@function("JSON_DECODE")
def json_decode(
    channel: Channel,
    name: str,
    item: str,
    separator: str = ".",
    options: JsonOptions = JsonOptions(),
) -> str:
    """A value out of a JSON text.

    Args:
        channel: The channel.
        name: The variable that holds the text, without ``${}``.
        item: The value's key; of keys within keys, and of places in a list counted from 0, a path.
        separator: What stands between the keys of a path.
        options: Option letters.

    Examples:
        Set(json={"customer":{"name":"Ann","orders":[7,9]}})
        Set(x=${JSON_DECODE(json,customer.name)})  ; => Ann
        Set(x=${JSON_DECODE(json,customer.orders.1)})  ; => 9
        Set(x=${JSON_DECODE(json,customer.orders,,c)})  ; => 2
    """
    if not item:
        raise DialplanError("JSON_DECODE: which item?")
    found = _parsed(channel.pbx.dialplan.read_variable(channel, name))
    for key in item.split(separator):
        # Asterisk: a path that goes on behind a plain value ends there (22).
        if not isinstance(found, dict | list):
            break
        found = _within(found, key)
    if isinstance(found, list) and options.count:
        return str(len(found))
    try:
        return found if isinstance(found, str) else _written(found)
    except RecursionError as error:
        raise DialplanError("JSON_DECODE: what is there is nested too deep") from error


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text, parse_int=_integer, parse_constant=_refuse)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # half of a pair is no character
    except (ValueError, RecursionError) as error:
        raise DialplanError(f"JSON_DECODE: this is not JSON: {text[:80]!r}") from error
    if not isinstance(value, dict | list):
        raise DialplanError("JSON_DECODE: neither an object nor a list")
    return value


def _integer(text: str) -> int:
    value = int(text) if len(text) < 30 else LONG_MAX + 1
    if not LONG_MIN <= value <= LONG_MAX:
        raise ValueError(text)
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _within(found: dict[str, Any] | list[Any], key: str) -> Any:
    if isinstance(found, dict):
        return found.get(key)
    index = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else len(found)
    return found[index] if index < len(found) else None


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            return f"{value:.17g}"
        case dict() | list():
            return _compact(value)
        case _:
            return str(value)


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        members = (f"{_string(key)}:{_compact(each)}" for key, each in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    if isinstance(value, float):
        text = f"{value:.17g}"
        return text if set(text) & set(".e") else text + ".0"
    return _string(value)


def _string(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
