"""DB and its like: the AstDB from the dialplan.

Family: AstDB
"""

from __future__ import annotations

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel


def _path(name: str, path: str) -> tuple[str, str]:
    family, slash, key = path.partition("/")
    if not slash or not family or not key:
        raise BadArgumentsError(f"{name}: expected family/key, not {path!r}")
    return family, key


@function("DB")
@escalates
def db(channel: Channel, path: Rest) -> str:
    """A value of the AstDB, empty where there is none.

    Args:
        channel: The channel.
        path: ``family/key``.

    Variables:
        DB_RESULT: The value that was read.

    Examples:
        Set(DB(pin/100)=1234)
        NoOp(${DB(pin/100)})  ; => 1234
        NoOp(${DB(pin/${CALLERID(num)})})  ; =>
    """
    value = channel.pbx.astdb.get(*_path("DB", path)) or ""
    channel.variables["DB_RESULT"] = value
    return value


@function("DB", write=True)
@escalates
async def set_db(channel: Channel, value: str, path: Rest) -> None:
    """Put a value into the AstDB; it is on disk when the dialplan goes on.

    Args:
        channel: The channel.
        value: Any text.
        path: ``family/key``.
    """
    await channel.pbx.astdb.put(*_path("DB", path), value)


@function("DB_EXISTS")
def db_exists(channel: Channel, path: Rest) -> str:
    """1 where the AstDB has the key, 0 where not.

    Args:
        channel: The channel.
        path: ``family/key``.

    Variables:
        DB_RESULT: The value, where there is one.

    Examples:
        Set(DB(pin/100)=1234)
        NoOp(${DB_EXISTS(pin/100)} ${DB_EXISTS(pin/101)})  ; => 1 0
        NoOp(${DB_RESULT})  ; => 1234
    """
    value = channel.pbx.astdb.get(*_path("DB_EXISTS", path))
    if value is None:
        return "0"
    channel.variables["DB_RESULT"] = value
    return "1"


@function("DB_DELETE")
@escalates
async def db_delete(channel: Channel, path: Rest) -> str:
    """Delete a key and read what it was.

    Args:
        channel: The channel.
        path: ``family/key``.

    Variables:
        DB_RESULT: What it was.

    Examples:
        Set(DB(pin/100)=1234)
        NoOp(was ${DB_DELETE(pin/100)})  ; => was 1234
        NoOp(is ${DB(pin/100)})  ; => is
        Set(DB_DELETE(pin/101)=)
    """
    family, key = _path("DB_DELETE", path)
    value = channel.pbx.astdb.get(family, key) or ""
    await channel.pbx.astdb.delete(family, key)
    channel.variables["DB_RESULT"] = value
    return value


@function("DB_DELETE", write=True)
@escalates
async def delete_key(channel: Channel, value: str, path: Rest) -> None:
    """Delete a key, without reading what it was.

    Args:
        channel: The channel.
        value: Is not looked at.
        path: ``family/key``.
    """
    await channel.pbx.astdb.delete(*_path("DB_DELETE", path))


def _next_parts(channel: Channel, prefix: str) -> list[str]:
    family, _, rest = prefix.strip("/").partition("/")
    below = f"/{prefix.strip('/')}/" if prefix.strip("/") else "/"
    keys = [key for key, _ in channel.pbx.astdb.items(f"{family}/{rest}" if rest else family)]
    parts = (key[len(below) :].partition("/")[0] for key in keys if key.startswith(below))
    return list(dict.fromkeys(part for part in parts if part))


@function("DB_KEYS")
def db_keys(channel: Channel, prefix: Rest = "") -> str:
    """The next parts of the keys below a prefix, separated by commas.

    Args:
        channel: The channel.
        prefix: ``family[/beginning]``; without it, the families.

    Examples:
        Set(DB(phone/100/name)=Ann)
        Set(DB(phone/101/name)=Bob)
        NoOp(${DB_KEYS(phone)})  ; => 100,101
        NoOp(${DB_KEYS(phone/100)})  ; => name
    """
    return ",".join(_next_parts(channel, prefix))


@function("DB_KEYCOUNT")
def db_key_count(channel: Channel, prefix: Rest = "") -> str:
    """How many keys there are directly below a prefix.

    Args:
        channel: The channel.
        prefix: ``family[/beginning]``; without it, the families.

    Examples:
        Set(DB(phone/100/name)=Ann)
        Set(DB(phone/101/name)=Bob)
        NoOp(${DB_KEYCOUNT(phone)})  ; => 2
    """
    return str(len(_next_parts(channel, prefix)))
