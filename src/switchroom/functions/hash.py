"""HASH and HASHKEYS: variables with a key each; ARRAY: several variables at once.

Family: Variables
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.hashes import hash_keys, hash_value, set_hash_value
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel


def _columns(channel: Channel) -> list[str]:
    """The names of the last SQL result's columns: the keys of a hash that is used without one."""
    return separate(variable(channel, "~ODBCFIELDS~"))


@function("HASH")
def read_hash(channel: Channel, name: str, key: Rest = "") -> str:
    """A value of a hash.

    Args:
        channel: The channel.
        name: The hash.
        key: Which value; without one, those of an SQL result's columns, in order.

    Examples:
        Set(HASH(price,apple)=3)
        Set(HASH(price,pear)=4)
        NoOp(${HASH(price,pear)})  ; => 4
    """
    if key:
        return hash_value(channel, name, key)
    return ",".join(hash_value(channel, name, column) for column in _columns(channel))


@function("HASH", write=True)
def write_hash(channel: Channel, value: str, name: str, key: Rest = "") -> None:
    """Set a value of a hash.

    Args:
        channel: The channel.
        value: The value; without a key, those of an SQL result's columns.
        name: The hash.
        key: Which value; without one, those of an SQL result's columns, in order.
    """
    if key:
        set_hash_value(channel, name, key, value)
        return
    columns = _columns(channel)
    if not columns:
        raise DialplanError(f"HASH({name}): which key?")
    for column, each in zip(columns, separate(value), strict=False):
        set_hash_value(channel, name, column, each)


@function("HASHKEYS")
def read_hash_keys(channel: Channel, name: str) -> str:
    """The keys of a hash, separated by commas, the one that was set last first.

    Args:
        channel: The channel.
        name: The hash.

    Examples:
        Set(HASH(price,apple)=3)
        Set(HASH(price,pear)=4)
        NoOp(${HASHKEYS(price)})  ; => pear,apple
    """
    return ",".join(hash_keys(channel, name))


@function("ARRAY", write=True)
async def write_array(channel: Channel, value: str, *names: str) -> None:
    """Set several variables at once.

    Args:
        channel: The channel.
        value: The values, separated by commas; a variable without one becomes empty.
        names: The variables.

    Examples:
        Set(ARRAY(first,second)=1,2)
        NoOp(${first} and ${second})  ; => 1 and 2
    """
    if not names:
        raise DialplanError("ARRAY: which variables?")
    values = separate(value)
    for index, name in enumerate(names):
        waiting = assign(channel, name, values[index] if index < len(values) else "")
        if waiting is not None:
            await waiting
