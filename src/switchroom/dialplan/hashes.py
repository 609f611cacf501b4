"""Hashes: variables of a channel that have a name and a key, ``~HASH~name~key~``.

They are variables like others, so that they are inherited, dumped and told as such.
"""

from __future__ import annotations

from switchroom.pbx.channel import Channel


def _prefix(name: str) -> str:
    return f"~HASH~{name}~"


def hash_value(channel: Channel, name: str, key: str) -> str:
    """A value, or an empty text."""
    return channel.variables.get(f"{_prefix(name)}{key}~", "")


def set_hash_value(channel: Channel, name: str, key: str, value: str) -> None:
    """Set a value."""
    variable = f"{_prefix(name)}{key}~"
    channel.variables.pop(variable, None)  # so that the one that was set last is last
    channel.set_variable(variable, value)


def hash_keys(channel: Channel, name: str) -> list[str]:
    """The keys that are set, the last one first."""
    prefix = _prefix(name)
    keys = [v[len(prefix) : -1] for v in channel.variables if v.startswith(prefix)]
    return keys[::-1]


def clear_hash(channel: Channel, name: str) -> None:
    """Forget all values."""
    for key in hash_keys(channel, name):
        del channel.variables[f"{_prefix(name)}{key}~"]
