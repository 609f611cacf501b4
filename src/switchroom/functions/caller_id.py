"""CALLERID and CONNECTEDLINE: who the parties of a call are.

Family: Parties of a call
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.parties import (
    Path,
    parse_party,
    path_of,
    read_dialed,
    read_party,
    write_dialed,
    write_party,
)
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.caller_id import CallerId, PartyId
from switchroom.pbx.channel import Channel
from switchroom.pbx.connected_line import tell_line
from switchroom.pbx.telling import tell_caller, tell_connected


def _party(caller: CallerId, path: Path) -> tuple[PartyId, Path]:
    """The party a path begins with, and the rest of the path."""
    match path:
        case ("priv", *rest):
            return caller.private, tuple(rest)
        case ("ani",):
            return caller.ani, ("num",)
        case ("ani", *rest):
            return caller.ani, tuple(rest)
        case _:
            return caller, path


def _shown(party: PartyId) -> tuple[object, ...]:
    """What others see of a party, and hear of when it changes."""
    return party.name, party.number, party.presentation, party.is_number_known


def _read(channel: Channel, path: Path) -> str | None:
    caller = channel.caller
    match path:
        case ("rdnis",):
            return channel.redirecting.sender.number
        case ("dnid", *rest):
            return read_dialed(caller.dialed, tuple(rest))
        case ("ani2",):
            return str(caller.ani2)
        case ("ton",):
            return str(caller.number_plan)
        case _:
            return read_party(*_party(caller, path))


def _write(channel: Channel, path: Path, value: str) -> bool:
    caller = channel.caller
    match path:
        case ("rdnis",):
            return write_party(channel.redirecting.sender, ("num",), value)
        case ("dnid", *rest):
            return write_dialed(caller.dialed, tuple(rest), value)
        case ("ani2",):
            caller.ani2 = leading_int(value) or 0
            return True
        case ("ton",):
            caller.number_plan = leading_int(value) or 0
            return True
        case _:
            return write_party(*_party(caller, path), value)


@function("CALLERID")
def caller_id(channel: Channel, item: str, caller: Rest = "") -> str:
    """Who calls, as this channel knows it.

    Items: ``all``, ``name``, ``num`` (or ``number``), ``pres``, ``tag``, ``subaddr``, and behind
    ``name`` and ``num`` ``-valid``, ``-pres``, ``name-charset`` and ``num-plan``; the same behind
    ``priv-`` and ``ani-``; ``ani``, ``ani2``, ``dnid``, ``dnid-num-plan``, ``dnid-subaddr`` and
    ``rdnis``.

    Args:
        channel: The channel.
        item: Which item.
        caller: ``"Name" <number>``: asks about this text instead; cannot be written.

    Examples:
        Set(CALLERID(all)="Ann Lee" <100>)
        NoOp(${CALLERID(name)} has ${CALLERID(num)})  ; => Ann Lee has 100
        Set(CALLERID(pres)=prohib)
        Set(x=${CALLERID(num,"Bob" <200>)})  ; => 200
    """
    path = path_of(item)
    if caller:
        name, number = parse_party(caller)
        found = read_party(PartyId(name, number), path)
    else:
        found = _read(channel, path)
    if found is None:
        raise DialplanError(f"CALLERID: there is no {item!r}")
    return found


@function("CALLERID", write=True)
def set_caller_id(channel: Channel, value: str, item: str, caller: Rest = "") -> None:
    """Say who calls.

    Args:
        channel: The channel.
        value: What it becomes.
        item: Which item.
        caller: ``"Name" <number>``: asks about this text instead; cannot be written.
    """
    before = _shown(channel.caller)
    if not _write(channel, path_of(item), value):
        raise DialplanError(f"CALLERID: there is no {item!r}")
    if _shown(channel.caller) != before:
        tell_caller(channel)


@function("CONNECTEDLINE")
def connected_line(channel: Channel, item: str, option: str = "") -> str:
    """Who is at the other end of this channel.

    Items: those of CALLERID, without ``ani``, ``dnid`` and ``rdnis``.

    Args:
        channel: The channel.
        item: Which item.
        option: ``i`` when writing: do not tell the party yet, more is to follow.

    Examples:
        Set(CONNECTEDLINE(name,i)=Sales)
        Set(CONNECTEDLINE(num)=500)
        NoOp(${CONNECTEDLINE(name)} ${CONNECTEDLINE(num)})  ; => Sales 500
    """
    found = read_party(*_party(channel.connected, path_of(item)))
    if found is None:
        raise DialplanError(f"CONNECTEDLINE: there is no {item!r}")
    return found


@function("CONNECTEDLINE", write=True)
def set_connected_line(channel: Channel, value: str, item: str, option: str = "") -> None:
    """Say who is at the other end of this channel.

    Args:
        channel: The channel.
        value: What it becomes.
        item: Which item.
        option: ``i`` when writing: do not tell the party yet, more is to follow.
    """
    before = _shown(channel.connected)
    if not write_party(*_party(channel.connected, path_of(item)), value):
        raise DialplanError(f"CONNECTEDLINE: there is no {item!r}")
    if _shown(channel.connected) != before:
        tell_connected(channel)
    if "i" not in option:
        tell_line(channel)
